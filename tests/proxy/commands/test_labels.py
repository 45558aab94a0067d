"""`pingwarden labels` as a person and a script use it: real processes, their output and their exit status."""

import asyncio
import contextlib
import json
import os
import pty
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from click.testing import CliRunner

from proxy.commands import cli
from proxy.errors import PingwardenError
from tests.databases import put_empty
from tests.proxy.commands.running import run
from tests.proxy.labels.blog import PASSWORD, USER, Blog
from tests.stage import serving

LINES = (
    '{"url": "http://a.example/", "kind": "trackback", "title": "Ünïcode", "label": "spam", "mine": {"a": 1}}\n'
    '\n{"url": "http://b.example/", "label": "ham", "source": "admin", "by": "anna", "at": "2026-01-01T00:00:00Z"}\n'
    '{"url": "http://c.example/"}\n'
)


@pytest.fixture
def state(tmp_path: Path) -> Path:
    put_empty(tmp_path)
    return tmp_path


def labels(state: Path, *arguments: str, stdin: str = "", status: int = 0) -> tuple[str, str]:
    """Run `labels …` and return what it printed and what it complained of."""
    done = run("labels", *arguments, stdin=stdin, PINGWARDEN_STATE_DIR=str(state), PINGWARDEN_CONFIG="")
    assert done.returncode == status, done.stderr
    return done.stdout, done.stderr


def here(state: Path, *arguments: str) -> tuple[str, str]:
    """The same in this process, because it starts sooner."""
    done = CliRunner().invoke(cli, ["labels", *arguments, "--state-dir", str(state)], catch_exceptions=False)
    return done.stdout, done.stderr


def test_what_is_imported_is_exported_and_taken_back_without_loss(state: Path, tmp_path: Path) -> None:
    out, told = labels(state, "import", "-", stdin=LINES)
    assert (out, told) == ("", "2 labels are new or changed, 0 were known, 1 lines without a label left out\n")
    file = tmp_path / "labels.jsonl"
    assert here(state, "export", str(file)) == ("", "")
    given = [json.loads(line) for line in LINES.splitlines() if line]
    found = {line["url"]: line for line in map(json.loads, file.read_text(encoding="utf-8").splitlines())}
    for one in given[:2]:
        assert found[one["url"]].items() >= one.items()
    other = tmp_path / "other"
    other.mkdir()
    put_empty(other)
    here(other, "import", str(file))
    assert here(other, "export") == (file.read_text(encoding="utf-8"), "")
    assert here(state, "import", str(file))[1] == "0 labels are new or changed, 2 were known\n"


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("{", "standard input, line 2: Expecting property name"),
        ('["x"]', "standard input, line 2: it is no JSON object"),
        ('{"label": "spam"}', "standard input, line 2: url: is missing"),
        ('{"url": "x", "label": "bad"}', "standard input, line 2: label: 'bad' is neither spam nor ham"),
        (
            '{"url": "x", "label": "spam", "evidence": {"status": "x"}}',
            "standard input, line 2: evidence.status: must be",
        ),
        ('{"url": "x", "label": "spam", "weight": 7}', "standard input, line 2: weight: 7 must be a number over 0"),
    ],
)
def test_a_line_that_cannot_be_read_is_named_and_nothing_is_taken_in(state: Path, line: str, sentence: str) -> None:
    given = LINES.splitlines()[0] + "\n" + line + "\n"
    done = CliRunner().invoke(cli, ["labels", "import", "-", "--state-dir", str(state)], input=given)
    assert isinstance(done.exception, PingwardenError)
    assert str(done.exception).startswith(sentence)
    assert CliRunner().invoke(cli, ["labels", "export", "--state-dir", str(state)]).stdout == ""


def test_without_a_user_nothing_is_synced_and_it_is_said_what_to_set(state: Path) -> None:
    _, told = labels(state, "sync", status=1)
    assert (
        told == "pingwarden: no site lets labels be read: set username and application_password in [sites.wordpress]\n"
    )
    for command in ("sync", "export"):
        _, told = labels(state, command, "--site", "nowhere", status=2)
        assert told == "pingwarden: --site = 'nowhere' needs --config FILE, which says what sites there are\n"


def on_a_terminal(*arguments: str) -> str:
    """Run a command whose complaints and progress go to a terminal; return what stood there."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "proxy", *arguments]
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=theirs, env=os.environ | {"TERM": "xterm"}
    ) as process:
        os.close(theirs)
        shown = b""
        with contextlib.suppress(OSError):  # the terminal ends with the process
            while piece := os.read(ours, 4096):
                shown += piece
    os.close(ours)
    assert process.returncode == 0
    return shown.decode()


@pytest_asyncio.fixture
async def blog() -> AsyncIterator[tuple[Blog, int]]:
    blog = Blog()
    async with serving(blog.handle) as port:
        yield blog, port


async def test_sync_says_what_came_and_nothing_else_in_a_pipe(state: Path, blog: tuple[Blog, int]) -> None:
    wordpress, port = blog
    wordpress.add("pingback", "spam")
    wordpress.add("pingback", "hold")
    file = state / "pingwarden.toml"
    file.write_text(
        f'state_dir = "{state}"\n[[sites]]\nname = "blog"\npublic_url = "http://blog.example"\n'
        f'upstream = "http://127.0.0.1:{port}"\n[sites.wordpress]\nusername = "{USER}"\napplication_password = "{PASSWORD}"\n',
        encoding="utf-8",
    )
    done = await asyncio.to_thread(run, "labels", "sync", "--config", str(file))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (
        "blog: 2 comments and linkbacks looked at by REST; 1 new words for spam, 0 for ham, 0 taken back, "
        "0 of them on linkbacks that came through here\n"
    )
    assert "━" in await asyncio.to_thread(on_a_terminal, "labels", "sync", "--config", str(file))
    wordpress.rest = wordpress.rpc = "closed"
    failed = await asyncio.to_thread(CliRunner().invoke, cli, ["labels", "sync", "--config", str(file)])
    assert (failed.exit_code, failed.stdout) == (1, "")
    assert str(failed.exception).startswith("site blog: neither WordPress's REST API (HTTP 404) nor its XML-RPC")
