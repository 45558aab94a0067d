"""`pingwarden send`: send a linkback as a blog would, and print the answer."""

import asyncio
import re
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urljoin

import click

from proxy.commands.values import URL
from proxy.errors import PingwardenError
from proxy.wire.response import Fault, Success, read_response
from proxy.wire.xmlrpc import build_ping

if TYPE_CHECKING:
    import aiohttp

_TIMEOUT_S = 30
_MAX_BYTES = 1024 * 1024
# Pingback 1.0 §2.2 gives this very pattern for the link element.
_LINK = re.compile(r'<link rel="pingback" href="([^"]+)" ?/?>')


@click.group()
def send() -> None:
    """Send a linkback and print the answer."""


@send.command()
@click.argument("source", type=URL, metavar="SOURCE")
@click.argument("target", type=URL, metavar="TARGET")
def pingback(source: str, target: str) -> None:
    """Tell TARGET that SOURCE links to it; its endpoint is discovered as Pingback 1.0 §2 says."""
    endpoint, status, body = asyncio.run(_pingback(source, target))
    said = read_response(body)
    click.echo(f"endpoint: {endpoint}")
    match said:
        case Success(text):
            click.echo(f"accepted: {text or ''}")
        case Fault(code, text):
            raise PingwardenError(f"refused: fault {code}: {text or '(no reason given)'}")
        case None:
            raise PingwardenError(f"the endpoint answered HTTP {status} and no XML-RPC")


async def _pingback(source: str, target: str) -> tuple[str, int, bytes]:
    seen, page, header = await _ask("GET", target)
    found = _LINK.search(page.decode("utf-8", "replace"))
    endpoint = header or (urljoin(target, found[1].replace("&amp;", "&")) if found else None)
    if endpoint is None and seen >= 400:
        raise PingwardenError(f"{target} cannot be read: it answers HTTP {seen}")
    if endpoint is None:
        raise PingwardenError(f"{target} names no pingback endpoint")
    status, body, _ = await _ask("POST", endpoint, build_ping(source, target), "text/xml")
    return endpoint, status, body


@send.command()
@click.argument("endpoint", type=URL, metavar="ENDPOINT")
@click.option("--url", required=True, type=URL, help="The page that links.")
@click.option("--title", required=True, help="The title of that page.")
@click.option("--excerpt", default="", help="A piece of its text.")
@click.option("--blog-name", default="", help="What its blog is called.")
def trackback(endpoint: str, url: str, title: str, excerpt: str, blog_name: str) -> None:
    """Send a trackback to ENDPOINT."""
    form = {"url": url, "title": title, "excerpt": excerpt, "blog_name": blog_name}
    body = urlencode({key: value for key, value in form.items() if value}).encode()
    status, answer, _ = asyncio.run(_ask("POST", endpoint, body, "application/x-www-form-urlencoded"))
    click.echo(f"HTTP {status}")
    click.echo(answer.decode("utf-8", "replace"))


async def _ask(method: str, url: str, body: bytes | None = None, kind: str = "") -> tuple[int, bytes, str | None]:
    import aiohttp

    headers = {"User-Agent": "Pingwarden (sending a linkback)"} | ({"Content-Type": kind} if kind else {})
    timeout = aiohttp.ClientTimeout(total=_TIMEOUT_S)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.request(method, url, data=body, headers=headers) as answer,
        ):
            return answer.status, await _all(answer.content), answer.headers.get("X-Pingback")
    except (aiohttp.ClientError, TimeoutError, ValueError) as problem:
        raise PingwardenError(f"{url} cannot be asked: {problem or type(problem).__name__}") from None


async def _all(content: "aiohttp.StreamReader") -> bytes:
    """Return what comes, up to 1 MiB: one read gives only what has arrived so far."""
    pieces: list[bytes] = []
    size = 0
    async for piece in content.iter_any():
        pieces.append(piece)
        size += len(piece)
        if size >= _MAX_BYTES:
            break
    return b"".join(pieces)[:_MAX_BYTES]
