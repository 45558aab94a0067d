"""Ordinary calls of a real WordPress while 2,000 spam pings a second arrive: with Pingwarden before it, and without.

    python -m tests.bench flood

It needs what tests/real/install installs. The pings come from as many addresses as there are pings, for a few posts,
with the limits that Pingwarden has by itself. All run on this one machine, those that send the pings too.
"""

import asyncio
import http.client
import random
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from statistics import median
from threading import Thread

from tests.bench.figure import Figure, at_least
from tests.bench.loads import run
from tests.bench.served import ROOT, Server
from tests.real.park import Park
from tests.real.parts import MissingPartError

LINE = "6.8"
ROUNDS = 3
SECONDS = 6.0
PER_SECOND = 2000
_CALLERS = 2
_SENDERS = 128
_HELLO = b"<?xml version='1.0'?><methodCall><methodName>demo.sayHello</methodName><params></params></methodCall>"


def measure() -> list[Figure]:
    """Call with and without the flood, in turns."""
    with tempfile.TemporaryDirectory(prefix="pingwarden-bench-") as directory:
        park = Park(Path(directory) / "park")
        try:
            site = park.wordpress(LINE)
        except (MissingPartError, BaseException) as problem:  # noqa: BLE001 - pytest's skip is no Exception
            print(f"  left out: {problem}", file=sys.stderr)
            park.stop()
            return []
        sources = Server("sources")
        ours = Server("pingwarden", site.address, site.url)
        try:
            targets = [site.permalink(slug) for slug in ("alpha", "beta", "gamma")]
            return _compare(site.port, ours.port, sources.port, targets)
        finally:
            ours.stop()
            sources.stop()
            park.stop()


def _compare(site: int, ours: int, sources: int, targets: list[str]) -> list[Figure]:
    shares: dict[str, list[float]] = {"with": [], "without": []}
    took: list[float] = []
    calm: list[float] = []
    for _ in range(ROUNDS):
        for name, port in (("with", ours), ("without", site)):
            quiet, _ = _calls(port, None)
            flooded, answered = _calls(port, [str(port), str(sources), *targets])
            _settled(site)
            shares[name].append(flooded / quiet)
            print(
                f"  {name}: {quiet:.1f} calls/s, in the flood {flooded:.1f}; {answered:.0f} pings/s answered",
                file=sys.stderr,
            )
            if name == "with":
                took.append(answered)
                calm.append(quiet)
    kept, bare = median(shares["with"]), median(shares["without"])
    seen = (
        f"{kept:.2f} of {median(calm):.0f} calls/s (without Pingwarden {bare:.2f}); {median(took):.0f} pings/s answered"
    )
    return [
        at_least(f"ordinary calls of WordPress {LINE} kept while {PER_SECOND:,} spam pings/s arrive", kept, 0.9, seen)
    ]


def _calls(port: int, flood: list[str] | None) -> tuple[float, float]:
    """Return ordinary calls per second, and pings answered per second."""
    sender = None
    if flood is not None:
        command = ["setpriv", "--pdeathsig", "TERM", sys.executable, "-m", "tests.bench.flood", *flood]
        sender = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        assert sender.stdout is not None
        sender.stdout.readline()  # it has begun
    counts = [0] * _CALLERS
    ends = time.monotonic() + SECONDS
    callers = [Thread(target=_call, args=(port, ends, counts, place)) for place in range(_CALLERS)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    answered = 0.0
    if sender is not None:
        answered = float(sender.communicate()[0] or 0)
    return sum(counts) / SECONDS, answered


def _settled(port: int) -> None:
    """Return when WordPress has got through what was left of a flood, or after a minute."""
    began = time.monotonic()
    while time.monotonic() - began < 60:
        asked, counts = time.monotonic(), [0]
        _call(port, asked + 0.001, counts, 0)
        if counts[0] and time.monotonic() - asked < 0.5:
            return


def _call(port: int, ends: float, counts: list[int], place: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    while time.monotonic() < ends:
        try:
            connection.request("POST", "/xmlrpc.php", _HELLO, {"Content-Type": "text/xml"})
            answer = connection.getresponse()
            counts[place] += answer.status == 200 and b"Hello!" in answer.read()
            answer.read()
        except (OSError, http.client.HTTPException):
            connection.close()
    connection.close()


async def _flood(port: int, sources: int, targets: list[str]) -> None:
    chance, loop = random.Random(5), asyncio.get_running_loop()
    began = loop.time()
    ends = began + SECONDS + 1
    numbers = iter(range(int(PER_SECOND * (SECONDS + 1))))
    answered = 0

    async def send() -> None:
        nonlocal answered
        streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        for number in numbers:
            if (wait := began + number / PER_SECOND - loop.time()) > 0:
                await asyncio.sleep(wait)
            with suppress(OSError, asyncio.IncompleteReadError, ValueError, TimeoutError):
                async with asyncio.timeout(max(0.01, ends - loop.time())):
                    streams = streams or await asyncio.open_connection("127.0.0.1", port)
                    streams[1].write(_spam(number, sources, chance.choice(targets)))
                    head = await streams[0].readuntil(b"\r\n\r\n")
                    length = int(head.lower().partition(b"content-length:")[2].partition(b"\r")[0])
                    await streams[0].readexactly(length)
                    answered += 1
                    if b"connection: close" not in head.lower():
                        continue
            if streams is not None:
                streams[1].close()
                streams = None
            if loop.time() > ends:
                return

    print("begun", flush=True)
    await asyncio.gather(*(send() for _ in range(_SENDERS)))
    print(answered / (loop.time() - began))


def _spam(number: int, sources: int, target: str) -> bytes:
    call = (
        "<?xml version='1.0'?><methodCall><methodName>pingback.ping</methodName><params><param><value><string>"
        f"http://127.0.0.1:{sources}/{number}</string></value></param><param><value><string>{target}</string></value>"
        "</param></params></methodCall>"
    )
    sender = f"{20 + number % 100}.{number // 100 % 250}.{number // 25_000 % 250}.7"
    return (
        f"POST /xmlrpc.php HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Forwarded-For: {sender}\r\nContent-Type: text/xml\r\n"
        f"Content-Length: {len(call)}\r\n\r\n{call}"
    ).encode()


if __name__ == "__main__":
    run(_flood(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]))
