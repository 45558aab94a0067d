"""Pings through the door, judged on one process, with sources that answer at once; and where the time goes.

    python -m tests.bench judging
    python -m tests.bench.judging FLAME.svg     draws a flame graph besides

Each ping is another page on one of many hosts, one of twenty honest, each with a link that a reader sees. Nothing is cut short: each is recorded, its source fetched and read, scored, decided, and delivered if approved.
"""

import asyncio
import itertools
import signal
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

from proxy.wire.response import success_response
from tests.bench import flame
from tests.bench.figure import Figure, at_least
from tests.bench.loads import as_fast_as_possible, run
from tests.bench.served import ROOT, Server, answering, ready

ROUNDS = 5  # a shared machine is not as fast at one moment as at another
SECONDS = 3.0
WARM_S = 2.0
CONNECTIONS = 32
HOSTS = 2000
_POST = "http://blog.example/2026/alpha/"
_HONEST = (
    "In the second week of the trial we measured the starter every six hours and wrote down how far it had risen. "
)
_SPAM = "Cheap casino bonus, free spins, replica watches and loans online, best price, buy now without deposit today. "
_PAGE = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title></head><body><h1>{title}</h1>'
    "<p>{text}</p><p>{text} <a href='" + _POST + "'>Alpha</a> {text}</p></body></html>"
)
_GOOD = _PAGE.format(title="Bread, week two", text=_HONEST * 6).encode()
_BAD = _PAGE.format(title="Casino bonus online", text=_SPAM * 6).encode()
PAGES = [_GOOD, *[_BAD] * 19]  # the approved ones wait for their delivery, one after the other


def ping(number: int, port: int) -> bytes:
    """Return a pingback of a page of its own."""
    source = f"http://host-{number % HOSTS}.example:{port}/{number}"
    call = (
        "<?xml version='1.0'?><methodCall><methodName>pingback.ping</methodName><params><param><value><string>"
        f"{source}</string></value></param><param><value><string>{_POST}</string></value></param></params></methodCall>"
    )
    return (
        "POST /xmlrpc.php HTTP/1.1\r\nHost: blog.example\r\nUser-Agent: WordPress/6.8\r\nContent-Type: text/xml\r\n"
        f"Content-Length: {len(call)}\r\n\r\n{call}"
    ).encode()


def measure(picture: Path | None = None) -> list[Figure]:
    """Send as many pings as are taken, for a while."""
    with tempfile.TemporaryDirectory(prefix="pingwarden-bench-") as directory:
        upstream, sources, noted = Server("wordpress"), Server("sources"), Path(directory) / "stacks.json"
        ours = Server("judging", upstream.url, str(noted))
        try:
            rounds = _asked(ours, sources)
        finally:
            for server in (ours, sources, upstream):
                server.stop()
        stacks = flame.load(noted)
    if picture is not None:
        flame.draw(stacks, picture)
    rate, cpu_ms, wait_ms = (median(column) for column in zip(*rounds, strict=True))
    slowest, fastest = min(rounds)[0], max(rounds)[0]
    rooms = ", ".join(f"{room} {share:.0%}" for room, share in flame.by_room(stacks)[:8])
    said = (
        f"{rate:.0f} pings/s (median; {slowest:.0f} to {fastest:.0f} in {SECONDS:g} s each), {cpu_ms:.1f} ms of CPU each, "
        f"answered within {wait_ms:.0f} ms (median)"
    )
    return [
        at_least("pings judged on one process, sources instant", rate, 400, said),
        Figure("where the processor time of judging goes", rooms),
    ]


def _asked(ours: Server, sources: Server) -> list[tuple[float, float, float]]:
    """Return of each round: pings per second, and of one ping the processor time and the wait in ms."""
    numbers = itertools.count()

    def next_ping() -> bytes:
        return ping(next(numbers), sources.port)

    run(as_fast_as_possible(ours.port, next_ping, WARM_S, CONNECTIONS))
    rounds: list[tuple[float, float, float]] = []
    for _ in range(ROUNDS):
        before = ours.cpu_s()
        seen = run(as_fast_as_possible(ours.port, next_ping, SECONDS, CONNECTIONS))
        rounds.append((seen.rate, (ours.cpu_s() - before) / len(seen.waits) * 1e3, seen.p_ms(0.5)))
    return rounds


async def serve_wordpress() -> None:
    """A site that takes every ping, at once."""
    body = success_response("Pingback registered.")
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml; charset=UTF-8\r\nContent-Length: %d\r\n\r\n"
    await answering(lambda: head % len(body) + body)


async def serve_sources() -> None:
    """The web: every page of every host, at once."""
    answers = itertools.cycle(
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: %d\r\n\r\n%s" % (len(page), page)
        for page in PAGES
    )
    await answering(lambda: next(answers))


async def serve_judging(upstream: str, noted: str, state: str = "") -> None:
    """Pingwarden with a web of its own and without limits, noting where its time goes."""
    from proxy.app import running
    from proxy.commands.serve import settle_memory
    from proxy.config import from_mapping

    async def resolve(_host: str) -> list[str]:
        return ["127.0.0.1"]

    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    sampler = flame.Sampler()
    with tempfile.TemporaryDirectory(dir=ROOT, prefix=".bench-") as fresh:  # on a real disk: /tmp may be in memory
        async with running(from_mapping(settings(upstream, state or fresh)), resolve) as proxy:
            settle_memory()
            sampler.start()
            ready(proxy.address[1])
            await stop.wait()
            flame.dump(sampler.stop(), Path(noted))


def settings(upstream: str, state: str) -> dict[str, Any]:
    """Return a configuration in which nothing but the work limits how many pings are taken."""
    many = 10**9
    return {
        "listen": "127.0.0.1:0", "admin_listen": "127.0.0.1:0", "state_dir": state,
        "sites": [{"name": "blog", "public_url": "http://blog.example", "upstream": upstream}],
        "fetch": {"allow_networks": ["127.0.0.0/8"]},
        "limits": {
            "linkbacks_per_client_per_minute": many, "linkbacks_per_target_per_hour": many,
            "fetches_per_address_per_minute": many, "fetches_per_domain_per_minute": many,
        },
        "delivery": {"min_interval_s": 0},
    }  # fmt: skip


if __name__ == "__main__":
    for figure in measure(Path(sys.argv[1]) if sys.argv[1:] else None):
        print(figure.what, figure.seen, sep=": ")
