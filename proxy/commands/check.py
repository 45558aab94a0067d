"""`pingwarden check`: is everything in place, and if not, how to mend it."""

import asyncio
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass

import click

from proxy.commands.setup import configured, known_sites, no_state
from proxy.config import Config, Site
from proxy.errors import StoreUnavailable
from proxy.score import open_judge, shelf_in
from proxy.store.database import open_database
from proxy.upstream import Unanswered, Upstream
from proxy.wire.response import Success, read_response

_HELLO = b"<?xml version='1.0'?><methodCall><methodName>demo.sayHello</methodName><params/></methodCall>"


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that was looked at."""

    what: str
    ok: bool
    sentence: str


@click.command()
@configured
def check(config: Config) -> None:
    """Look at configuration, database, model and upstream; say what is wrong and how to mend it."""
    results = asyncio.run(_all(config))
    for found in results:
        click.echo(f"{'ok     ' if found.ok else 'PROBLEM'}  {found.what}: {found.sentence}")
    if not all(found.ok for found in results):
        sys.exit(1)


async def _all(config: Config) -> list[Found]:
    return [found async for found in _look(config)]


async def _look(config: Config) -> AsyncIterator[Found]:
    sites = known_sites(config)
    if sites:
        yield Found("configuration", True, f"{len(sites)} site(s)")
    else:
        yield Found("configuration", True, "a state directory alone, so no site is known; --config FILE looks at them")
    yield await _database(config)
    judge = open_judge(shelf_in(config.state_dir))
    told = judge.trouble or f"in force, approves below {judge.bands.approve_below:+.1f} points"
    yield Found("model", not judge.trouble, told)
    async with Upstream(10) as upstream:
        for site in sites:
            async for found in _site(upstream, site):
                yield found


async def _database(config: Config) -> Found:
    if not known_sites(config) and not config.state_dir.is_dir():
        return Found("database", False, no_state(config.state_dir))
    if not config.database:
        try:
            config.state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as problem:
            return Found("database", False, f"{config.state_dir} cannot be made ({problem.strerror}): set state_dir")
    try:
        database = await open_database(config.database_url)
        await database.ready()
        await database.close()
    except StoreUnavailable as problem:
        return Found("database", False, f"{problem}: is the path or URL right, and may this user write there?")
    return Found("database", True, "takes writes")


async def _site(upstream: Upstream, site: Site) -> AsyncIterator[Found]:
    front = await upstream.ask(site, "GET", "/", {"Accept": "text/html"})
    if isinstance(front, Unanswered):
        yield Found(site.name, False, f"{site.upstream}: {front.sentence} Is upstream the address of WordPress itself?")
        return
    if front.status in {301, 302, 307, 308}:
        place = front.headers.get("Location", "")
        yield Found(site.name, False, f"WordPress sends {site.home} on to {place}: set public_url to that address")
    else:
        yield Found(site.name, True, f"{site.upstream} answers for {site.home} (HTTP {front.status})")
    base = site.home.partition("://")[2].partition("/")[2]
    path = f"/{base}/xmlrpc.php".replace("//", "/")
    hello = await upstream.ask(site, "POST", path, {"Content-Type": "text/xml"}, _HELLO)
    if isinstance(hello, Unanswered) or not isinstance(read_response(hello.body), Success):
        said = hello.sentence if isinstance(hello, Unanswered) else f"HTTP {hello.status}"
        yield Found(site.name, False, f"{path} does not speak XML-RPC ({said}): is it blocked, or removed by a plugin?")
    else:
        yield Found(site.name, True, f"{path} speaks XML-RPC")
