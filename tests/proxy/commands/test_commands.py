"""The command line as a person and a script use it: real processes, their output and their exit status."""

import json
import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.databases import put_empty


def run(*arguments: str, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `pingwarden ARGUMENTS` and return what it printed."""
    return subprocess.run(
        [sys.executable, "-m", "proxy", *arguments],
        input=stdin,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env=os.environ | environment,
    )


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A configuration whose upstream nobody listens at."""
    put_empty(tmp_path)
    path = tmp_path / "pingwarden.toml"
    path.write_text(
        f'state_dir = "{tmp_path}"\nlisten = "127.0.0.1:0"\nadmin_listen = "127.0.0.1:0"\n'
        '[[sites]]\nname = "blog"\npublic_url = "https://blog.example"\nupstream = "http://127.0.0.1:9"\n',
        encoding="utf-8",
    )
    return path


def test_the_demo_shows_every_verdict_as_it_should_be() -> None:
    done = run("demo", "--once", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("as it should be") == 8


@pytest.mark.parametrize(
    ("arguments", "status", "sentence"),
    [
        (["nonsense"], 2, "No such command 'nonsense'"),
        (["pings", "list"], 1, "say which site is meant: --config FILE or --state-dir DIR"),
        (["serve"], 1, "say what stands behind: --config FILE, or --upstream URL"),
        (["serve", "--upstream", "nonsense"], 1, "sites.0.upstream = 'nonsense': must look like"),
        (["pings", "list", "--config", "/nonexistent"], 2, "File '/nonexistent' does not exist"),
        (["rules", "add", "--action", "fly", "--when", "kind=pingback"], 2, "'fly' is not one of"),
        (["send", "pingback", "http://127.0.0.1:9/a", "http://127.0.0.1:9/b"], 1, "cannot be asked"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_a_wrong_call_is_one_sentence_on_stderr(arguments: list[str], status: int, sentence: str) -> None:
    done = run(*arguments, PINGWARDEN_CONFIG="", PINGWARDEN_STATE_DIR="")
    assert done.returncode == status
    assert done.stdout == ""
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


def test_check_says_what_is_wrong_and_how_to_mend_it(config: Path) -> None:
    done = run("check", "--config", str(config))
    assert done.returncode == 1
    assert "ok       configuration: 1 site(s)" in done.stdout
    assert "ok       database: takes writes" in done.stdout
    assert "PROBLEM  blog: http://127.0.0.1:9: The site behind this proxy cannot be reached." in done.stdout


def test_rules_are_added_listed_tested_and_removed(config: Path) -> None:
    at = ["--config", str(config)]
    added = run("rules", "add", "--action", "reject", "--when", "source_domain=spam.example", "--name", "no spam", *at)
    assert added.returncode == 0, added.stderr
    rule_id = added.stdout.split()[0]
    listed = json.loads(run("rules", "list", "--json", *at).stdout)
    assert listed["when"] == {"source_domain": ["spam.example"]}
    target = ["--target", "https://blog.example/a/"]
    tested = run("rules", "test", "--source", "http://www.spam.example/x", *target, *at)
    assert f"owner:{rule_id}: your rule “no spam” matches" in tested.stdout
    assert tested.stdout.endswith("-> reject\n")
    assert run("rules", "remove", rule_id, *at).returncode == 0
    gone = run("rules", "remove", rule_id, *at)
    assert (gone.returncode, gone.stderr) == (1, f"pingwarden: there is no rule {rule_id}\n")


def test_a_bad_condition_names_what_is_allowed(config: Path) -> None:
    done = run("rules", "add", "--action", "reject", "--when", "colour=red", "--config", str(config))
    assert done.returncode == 1
    assert "when.colour is unknown; allowed are kind, source_host" in done.stderr


def test_pings_that_are_not_there_are_said(config: Path) -> None:
    assert run("pings", "list", "--config", str(config)).stderr == "no linkbacks\n"
    done = run("pings", "approve", "NOSUCH", "--config", str(config))
    assert (done.returncode, done.stderr) == (1, "pingwarden: there is no ping NOSUCH\n")


def test_score_answers_line_by_line_in_the_same_order(tmp_path: Path) -> None:
    lines = [
        {
            "id": "1",
            "kind": "trackback",
            "url": "http://cheap-pills.example/viagra",
            "title": "Buy cheap viagra online",
        },
        {"id": "2", "kind": "pingback", "url": "http://garden.example/2026/tomatoes", "title": "My tomatoes this year"},
    ]
    done = run("score", "--state-dir", str(tmp_path), stdin="\n".join(map(json.dumps, lines)))
    assert done.returncode == 0, done.stderr
    spam, ham = (json.loads(line) for line in done.stdout.splitlines())
    assert (spam["id"], ham["id"]) == ("1", "2")
    assert spam["spam_probability"] > ham["spam_probability"]
    assert set(spam) == {"id", "spam_probability", "action", "reasons"}
    assert set(spam["reasons"][0]) == {"rule", "points", "text"}


def test_score_names_the_line_that_is_wrong(tmp_path: Path) -> None:
    done = run("score", "--state-dir", str(tmp_path), stdin='{"url": "http://a.example/"}\n{"title": 5}\n')
    assert done.returncode == 1
    assert done.stderr.startswith("pingwarden: line 2: ")


@pytest.mark.parametrize("server", ["nginx", "systemd"])
def test_a_printed_configuration_is_complete(config: Path, server: str) -> None:
    done = run("print-config", server, "--config", str(config))
    assert done.returncode == 0, done.stderr
    assert "{{" not in done.stdout
    assert str(config) in done.stdout


def test_serve_says_when_it_is_ready_and_stops_when_told(config: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "proxy", "serve", "--config", str(config)], stderr=subprocess.PIPE, text=True
    )
    try:
        assert process.stderr is not None
        ready = next(line for line in process.stderr if "ready" in line)
        admin = ready.split("admin=")[1].split()[0]
        with urllib.request.urlopen(f"http://{admin}/readyz", timeout=10) as answer:
            assert json.load(answer)["database"] == "ok"
    finally:
        process.send_signal(signal.SIGTERM)
        rest = process.communicate(timeout=30)[1]
    assert process.returncode == 0
    assert "Traceback" not in rest
