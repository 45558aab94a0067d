"""`pingwarden serve`: which configuration its options mean; and a process that starts, answers and stops."""

import importlib
import json
import logging
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from proxy.commands.serve import AtMost
from proxy.config import Config
from tests.proxy.commands.running import call


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[Config]:
    """The configurations that would have been served."""
    found: list[Config] = []
    module = importlib.import_module("proxy.commands.serve")
    monkeypatch.setattr(module, "run", lambda read: found.append(read()))
    monkeypatch.setattr(module, "log_to_stderr", lambda: None)
    return found


def test_an_upstream_alone_is_enough(served: list[Config]) -> None:
    assert call("serve", "--upstream", "http://127.0.0.1:8080").exit_code == 0
    [config] = served
    assert [(site.upstream, site.home) for site in config.sites] == [("http://127.0.0.1:8080",) * 2]


def test_flags_describe_the_site(served: list[Config], tmp_path: Path) -> None:
    flags = {
        "--upstream": "http://127.0.0.1:8080",
        "--public-url": "https://blog.example",
        "--listen": "127.0.0.1:1",
        "--admin-listen": "127.0.0.1:2",
        "--state-dir": str(tmp_path),
    }
    assert call("serve", *(part for flag in flags.items() for part in flag)).exit_code == 0
    [config] = served
    assert (config.sites[0].home, config.listen, config.admin_listen) == (
        "https://blog.example", "127.0.0.1:1", "127.0.0.1:2",
    )  # fmt: skip
    assert config.state_dir == tmp_path


def test_a_file_is_served_and_flags_change_where_it_listens_and_nothing_else(
    served: list[Config], config: Path, tmp_path: Path
) -> None:
    more = 'trusted_proxies = ["10.0.0.0/8"]\n'
    access = '[sites.wordpress]\nusername = "me"\napplication_password = "env:WP"\n[sites.policy]\n'
    config.write_text(more + config.read_text() + access)
    assert call("serve", WP="secret", PINGWARDEN_CONFIG=str(config)).exit_code == 0
    changed = ["--listen", "127.0.0.1:1", "--state-dir", str(tmp_path / "other")]
    done = call("serve", "--config", str(config), *changed, WP="secret")
    assert done.exit_code == 0, done.stderr
    plain, other = served
    assert (other.listen, other.state_dir) == ("127.0.0.1:1", tmp_path / "other")
    assert other.model_copy(update={"listen": plain.listen, "state_dir": plain.state_dir}) == plain


def test_a_file_and_an_upstream_in_one_call_are_refused(served: list[Config], config: Path) -> None:
    done = call("serve", "--config", str(config), "--upstream", "http://127.0.0.1:8080")
    assert done.exit_code == 2
    assert f"give either --config {config} or --upstream http://127.0.0.1:8080" in done.stderr
    assert served == []


def test_a_bad_file_is_a_failure_and_no_wrong_call(served: list[Config], config: Path) -> None:
    config.write_text("workers = 0\n" + config.read_text())
    done = call("serve", "--config", str(config))
    assert (done.exit_code, served) == (1, [])
    assert "workers = 0" in done.stderr


@pytest.mark.parametrize(
    ("options", "environment", "state_dir"),
    [
        (["--config", "{config}"], {"PINGWARDEN_STATE_DIR": "/env"}, "{file}"),
        ([], {"PINGWARDEN_CONFIG": "{config}", "PINGWARDEN_STATE_DIR": "/env"}, "/env"),
        (["--state-dir", "/option"], {"PINGWARDEN_CONFIG": "{config}", "PINGWARDEN_STATE_DIR": "/env"}, "/option"),
        (["--upstream", "http://127.0.0.1:8080"], {"PINGWARDEN_STATE_DIR": "/env"}, "/env"),
    ],
    ids=str,
)
def test_options_count_more_than_the_environment(
    served: list[Config], config: Path, options: list[str], environment: dict[str, str], state_dir: str
) -> None:
    told = [one.format(config=config) for one in options]
    done = call("serve", *told, **{name: value.format(config=config) for name, value in environment.items()})
    assert done.exit_code == 0, done.stderr
    assert served[0].state_dir == Path(state_dir.format(file=config.parent))


def test_an_upstream_counts_more_than_the_file_of_the_environment(served: list[Config], config: Path) -> None:
    assert call("serve", "--upstream", "http://127.0.0.1:8080", PINGWARDEN_CONFIG=str(config)).exit_code == 0
    assert served[0].sites[0].upstream == "http://127.0.0.1:8080"


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


def test_a_public_url_for_a_file_of_sites_is_refused(served: list[Config], config: Path) -> None:
    done = call("serve", "--config", str(config), "--public-url", "https://other.example")
    assert done.exit_code == 2
    assert "--public-url goes with --upstream" in done.stderr
    assert served == []


def test_a_secret_is_looked_up_once(served: list[Config], config: Path) -> None:
    config.write_text(config.read_text() + '[admin]\napi_tokens = ["env:TOKEN"]\n')
    done = call("serve", "--config", str(config), "--listen", "127.0.0.1:1", TOKEN="env:NOSUCH")
    assert done.exit_code == 0, done.stderr
    assert served[0].admin.api_tokens == ("env:NOSUCH",)


def test_a_flood_of_complaints_is_cut_short_and_counted() -> None:
    few = AtMost(2)

    def written(second: int, words: str, value: str) -> str:
        record = logging.LogRecord("pingwarden.door", logging.WARNING, "", 0, words, (value,), None)
        record.created = second + 0.5
        return record.getMessage() if few.filter(record) else "-"

    assert [written(1, "limit ip=%s", ip) for ip in "abcde"] == ["limit ip=a", "limit ip=b", "-", "-", "-"]
    assert written(1, "other %s", "x") == "other x"
    assert written(2, "limit ip=%s", "f") == "limit ip=f (and 3 such lines before)"
    assert [written(2, "limit ip=%s", ip) for ip in "gh"] == ["limit ip=g", "-"]
    assert written(9, "other %s", "y") == "other y"


@pytest.mark.parametrize(("name", "cut"), [("door", True), ("store", True), ("login", False)])
def test_complaints_that_a_flood_brings_are_few_but_fail2ban_gets_every_line(name: str, cut: bool) -> None:
    say = (
        "import logging; from proxy.commands.serve import log_to_stderr; log_to_stderr()\n"
        f"for number in range(500): logging.getLogger('pingwarden.{name}').error('trouble %d', number)"
    )
    done = subprocess.run([sys.executable, "-c", say], capture_output=True, text=True, check=True)
    lines = done.stderr.count("trouble")
    assert lines < 250 if cut else lines == 500
