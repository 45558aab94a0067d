"""`pingwarden check`: what it looks at, and what it says to mend."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from aiohttp import web

from proxy.wire.response import success_response
from tests.proxy.commands.running import call, point
from tests.stage import serving

MOVED = "PROBLEM  blog: WordPress sends https://blog.example on to https://www.blog.example/: set public_url to that address"
Handle = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


async def good(request: web.BaseRequest) -> web.StreamResponse:
    """A blog whose XML-RPC says hello."""
    if request.method == "POST":
        return web.Response(body=success_response("Hello!"), content_type="text/xml")
    return web.Response(text="a blog", content_type="text/html")


async def moved(request: web.BaseRequest) -> web.StreamResponse:
    if request.method == "GET":
        return web.Response(status=301, headers={"Location": "https://www.blog.example/"})
    return await good(request)


async def without_xml_rpc(request: web.BaseRequest) -> web.StreamResponse:
    if request.method == "POST":
        return web.Response(status=403, text="Forbidden", content_type="text/html")
    return await good(request)


@pytest.mark.parametrize(
    ("handle", "status", "sentences"),
    [
        (good, 0, ["answers for https://blog.example (HTTP 200)", "ok       blog: /xmlrpc.php speaks XML-RPC"]),
        (
            moved,
            1,
            [MOVED],
        ),
        (without_xml_rpc, 1, ["PROBLEM  blog: /xmlrpc.php does not speak XML-RPC (HTTP 403): is it blocked"]),
    ],
    ids=["all is well", "another address", "no XML-RPC"],
)
async def test_wordpress_is_asked(config: Path, handle: Handle, status: int, sentences: list[str]) -> None:
    async with serving(handle) as port:
        point(config, port)
        done = await asyncio.to_thread(call, "check", "--config", str(config))
    assert done.exit_code == status, done.stdout
    for sentence in sentences:
        assert sentence in done.stdout
    assert ("PROBLEM" in done.stdout) is bool(status)


def test_check_says_what_is_wrong_and_how_to_mend_it(config: Path) -> None:
    done = call("check", "--config", str(config))
    assert done.exit_code == 1
    assert "ok       configuration: 1 site(s)" in done.stdout
    assert "ok       database: takes writes" in done.stdout
    assert "ok       model: in force, approves below " in done.stdout
    assert "PROBLEM  blog: http://127.0.0.1:9: The site behind this proxy cannot be reached." in done.stdout


def test_a_state_directory_that_cannot_be_made_is_said(config: Path) -> None:
    state = config.parent / "file" / "state"
    state.parent.write_text("no directory")
    done = call("check", "--config", str(config), "--state-dir", str(state))
    assert done.exit_code == 1
    assert f"PROBLEM  database: {state} cannot be made (Not a directory): set state_dir" in done.stdout


def test_of_a_state_directory_alone_what_is_there_is_looked_at(config: Path, tmp_path: Path) -> None:
    done = call("check", "--state-dir", str(config.parent))
    assert done.exit_code == 0, done.output
    assert "a state directory alone, so no site is known" in done.stdout
    assert [line.split(":")[0] for line in done.stdout.splitlines()] == [
        "ok       configuration", "ok       database", "ok       model",
    ]  # fmt: skip
    nowhere = tmp_path / "mistyped"
    done = call("check", "--state-dir", str(nowhere))
    assert done.exit_code == 1
    assert f"PROBLEM  database: there is no state directory {nowhere}" in done.stdout
    assert not nowhere.exists()


def test_a_model_that_may_not_be_used_is_said(config: Path) -> None:
    models = config.parent / "models"
    (models / "mine").mkdir(parents=True)
    (models / "in-force").write_text("mine\n")
    done = call("check", "--config", str(config))
    assert done.exit_code == 1
    assert "PROBLEM  model: " in done.stdout
