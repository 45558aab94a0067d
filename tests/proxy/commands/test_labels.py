"""`pingwarden labels`: in from files and from WordPress, and out again without loss."""

import asyncio
import json
from pathlib import Path

import pytest

from tests.proxy.commands.running import call, point
from tests.proxy.labels.blog import PASSWORD, USER, Blog
from tests.stage import serving

LINES = [
    {"url": "http://a.example/", "label": "spam", "title": "Pills", "at": "2026-03-03T10:00:00Z"},
    {"url": "http://b.example/", "label": "ham", "by": "anna", "at": "2026-03-03T11:00:00Z"},
]


def text(*lines: object) -> str:
    """Return lines of JSON."""
    return "".join(json.dumps(line) + "\n" for line in lines)


def test_what_is_taken_in_is_given_out_and_taken_in_again(config: Path) -> None:
    at = ["--config", str(config)]
    done = call("labels", "import", "-", *at, stdin=text(*LINES, {"url": "http://c.example/"}) + "\n")
    assert done.exit_code == 0, done.stderr
    assert done.stderr == "2 labels are new or changed, 0 were known, 1 lines without a label left out\n"
    out = call("labels", "export", *at).stdout
    given = [json.loads(line) for line in out.splitlines()]
    assert [(one["url"], one["label"], one["by"]) for one in given] == [
        ("http://a.example/", "spam", "import"), ("http://b.example/", "ham", "anna"),
    ]  # fmt: skip
    assert given[0]["title"] == "Pills"
    again = call("labels", "import", "-", *at, stdin=out)
    assert again.stderr == "0 labels are new or changed, 2 were known\n"


def test_one_line_that_cannot_be_read_and_nothing_is_taken_in(config: Path) -> None:
    at = ["--config", str(config)]
    done = call("labels", "import", "-", *at, stdin=text(LINES[0], LINES[1] | {"label": "maybe"}))
    assert done.exit_code == 1
    assert done.stderr.startswith("pingwarden: line 2: label")
    assert "'maybe'" in done.stderr
    assert call("labels", "export", *at).stdout == ""


@pytest.mark.parametrize(
    ("line", "sentence"),
    [("[]", "it is no JSON object"), ("{", "line 1: "), ('{"label": "spam"}', "url"), ('{"url": 5}', "url")],
)
def test_a_bad_line_is_named(config: Path, line: str, sentence: str) -> None:
    done = call("labels", "import", "-", "--config", str(config), stdin=line + "\n")
    assert done.exit_code == 1
    assert done.stderr.startswith("pingwarden: line 1: ")
    assert sentence in done.stderr


def test_export_writes_a_file_and_knows_the_sites(config: Path, tmp_path: Path) -> None:
    at = ["--config", str(config)]
    call("labels", "import", "-", *at, stdin=text(LINES[0] | {"site": "blog"}, LINES[1] | {"site": "other"}))
    out = tmp_path / "out.jsonl"
    assert call("labels", "export", str(out), "--site", "blog", *at).exit_code == 0
    assert [json.loads(line)["url"] for line in out.read_text().splitlines()] == ["http://a.example/"]
    done = call("labels", "export", "--site", "nonsense", *at)
    assert (done.exit_code, done.stderr) == (1, "pingwarden: there is no site 'nonsense': blog\n")


async def test_sync_tells_what_it_read_from_wordpress(config: Path) -> None:
    blog = Blog()
    blog.add("pingback", "spam")
    blog.add("trackback", "hold")
    async with serving(blog.handle) as port:
        access = f'[sites.wordpress]\nusername = "{USER}"\napplication_password = "{PASSWORD}"\n'
        point(config, port, access)
        done = await asyncio.to_thread(call, "labels", "sync", "--config", str(config))
        blog.rest = blog.rpc = "closed"
        shut = await asyncio.to_thread(call, "labels", "sync", "--config", str(config), "--site", "blog")
    assert done.exit_code == 0, done.stderr
    assert done.stdout == (
        "blog: 2 comments and linkbacks looked at by REST; 1 new words for spam, 0 for ham, 0 taken back, "
        "0 of them on linkbacks that came through here\n"
    )
    assert (shut.exit_code, shut.stdout) == (1, "")
    assert shut.stderr.startswith("pingwarden: site blog: neither WordPress's REST API")


def test_sync_without_a_site_to_ask_says_what_to_set(config: Path) -> None:
    done = call("labels", "sync", "--config", str(config))
    assert done.exit_code == 1
    assert "set username and application_password in [sites.wordpress]" in done.stderr
