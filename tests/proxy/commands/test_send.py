"""`pingwarden send`: a linkback as a blog sends it, and what it prints of the answer."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from aiohttp import web
from click.testing import Result

from proxy.wire.response import fault_response, success_response
from proxy.wire.trackback import error_reply
from proxy.wire.xmlrpc import PingCall, read_call
from tests.proxy.commands.running import call
from tests.stage import serving

SOURCE = "http://a.example/x?y=1&z=2"
Handle = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


def site(
    answer: bytes,
    *,
    page: str = "",
    header: str = "",
    seen: int = 200,
    status: int = 200,
    got: list[bytes] | None = None,
) -> Handle:
    """A site whose post names its endpoint by *header* or in its *page*, and which gives *answer* to a POST."""

    async def handle(request: web.BaseRequest) -> web.StreamResponse:
        if request.method == "GET":
            return web.Response(
                text=page,
                status=seen,
                content_type="text/html",
                headers={"X-Pingback": header.format(request.host)} if header else {},
            )
        if got is not None:
            got.extend([request.path.encode(), await request.read()])
        return web.Response(body=answer, status=status, content_type="text/xml")

    return handle


async def pingback(handle: Handle) -> Result:
    """Send a pingback to the post /alpha/ of a site."""
    async with serving(handle) as port:
        return await asyncio.to_thread(call, "send", "pingback", SOURCE, f"http://127.0.0.1:{port}/alpha/")


@pytest.mark.parametrize(
    ("page", "header", "path"),
    [
        ("", "http://{}/xmlrpc.php", b"/xmlrpc.php"),
        ('<link rel="pingback" href="/rpc" />', "", b"/rpc"),
        ('<link rel="pingback" href="rpc">', "", b"/alpha/rpc"),
        (
            '<link rel="pingback" href="/other">',
            "http://{}/xmlrpc.php",
            b"/xmlrpc.php",
        ),  # the header is looked at first
    ],
)
async def test_the_endpoint_is_discovered_and_gets_the_call(page: str, header: str, path: bytes) -> None:
    got: list[bytes] = []
    done = await pingback(site(success_response("Registered."), page=page, header=header, got=got))
    assert done.exit_code == 0, done.stderr
    assert done.stdout.splitlines()[1:] == ["accepted: Registered."]
    assert done.stdout.splitlines()[0].startswith("endpoint: http://127.0.0.1:")
    assert got[0] == path
    match read_call(got[1], max_members=1):
        case PingCall(source, target):
            assert source == SOURCE
            assert target.endswith("/alpha/")
        case other:
            pytest.fail(f"no ping: {other}")


@pytest.mark.parametrize(
    ("handle", "sentence"),
    [
        (site(fault_response(17, "No link."), header="http://{}/x"), "pingwarden: refused: fault 17: No link.\n"),
        (site(b"", page="<p>no such post", seen=404), "/alpha/ cannot be read: it answers HTTP 404\n"),
        (site(b"", page="<p>no endpoint"), "/alpha/ names no pingback endpoint\n"),
        (
            site(b"<h1>Forbidden</h1>", header="http://{}/x", status=403),
            "the endpoint answered HTTP 403 and no XML-RPC\n",
        ),
        (site(b"", header="mailto:me"), "mailto:me cannot be asked"),
    ],
    ids=["a fault", "an error", "no endpoint", "no XML-RPC", "no address"],
)
async def test_a_refusal_is_one_sentence(handle: Handle, sentence: str) -> None:
    done = await pingback(handle)
    assert done.exit_code == 1
    assert sentence in done.stderr


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["pingback", "foo", "http://a.example/"], "for 'SOURCE': 'foo' is not an absolute http or https URL"),
        (["pingback", "http://a.example/", "bar"], "for 'TARGET': 'bar' is not an absolute http or https URL"),
        (["trackback", "foo", "--url", "http://a.example/", "--title", "x"], "for 'ENDPOINT': 'foo' is not"),
        (["trackback", "http://a.example/", "--url", "foo", "--title", "x"], "for '--url': 'foo' is not"),
    ],
)
def test_what_is_no_url_is_a_wrong_call(arguments: list[str], sentence: str) -> None:
    done = call("send", *arguments)
    assert done.exit_code == 2
    assert sentence in done.stderr


async def test_a_trackback_is_a_form_of_what_was_given_and_its_answer_is_printed() -> None:
    got: list[bytes] = []
    async with serving(site(error_reply("No."), got=got, status=200)) as port:
        where = f"http://127.0.0.1:{port}/alpha/trackback/"
        given = ["--url", SOURCE, "--title", "Ä title"]
        done = await asyncio.to_thread(call, "send", "trackback", where, *given)
    assert done.exit_code == 0, done.stderr
    assert got == [b"/alpha/trackback/", b"url=http%3A%2F%2Fa.example%2Fx%3Fy%3D1%26z%3D2&title=%C3%84+title"]
    assert done.stdout.startswith("HTTP 200\n")
    assert "<error>1</error>" in done.stdout
