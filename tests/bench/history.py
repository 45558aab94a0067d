"""How a ping's and a call's time grow with what is in the database: a thousand to a million pings, and the exponent.

python -m tests.bench history

An exponent of 0 is a time that stays as it is, of 1 one that doubles with the history.
"""

import asyncio
import contextlib
import io
import itertools
import math
import tempfile
from pathlib import Path

from proxy.store.database import open_database
from tests.bench.figure import Figure, at_most
from tests.bench.inbox import fill
from tests.bench.judging import ping
from tests.bench.loads import as_fast_as_possible, run
from tests.bench.pass_through import request
from tests.bench.served import Server

COUNTS = (1_000, 10_000, 100_000, 1_000_000)
SECONDS = 4.0


def measure() -> list[Figure]:
    """Fill, then ask; one size after the other."""
    found: dict[str, list[float]] = {"a ping, from sent to answered": [], "a call passed through": []}
    for count in COUNTS:
        with tempfile.TemporaryDirectory(prefix="pingwarden-bench-") as directory:
            for name, took_ms in zip(found, _times(Path(directory), count), strict=True):
                found[name].append(took_ms)
    sizes = [math.log(count) for count in COUNTS]
    figures = []
    for name, times in found.items():
        exponent = slope(sizes, [math.log(took_ms) for took_ms in times])
        seen = f"{exponent:+.3f}: " + ", ".join(
            f"{took_ms:.1f} ms with {count:,}" for count, took_ms in zip(COUNTS, times, strict=True)
        )
        figures.append(at_most(f"growth with history, {name} (exponent, medians)", exponent, 0.1, seen))
    return figures


def _times(state: Path, count: int) -> tuple[float, float]:
    asyncio.run(_make(state / "pingwarden.sqlite3"))
    with contextlib.redirect_stderr(io.StringIO()):
        fill(state / "pingwarden.sqlite3", count)
    upstream, sources = Server("wordpress"), Server("sources")
    ours = Server("judging", upstream.url, str(state / "stacks.json"), str(state))
    numbers = itertools.count()
    call = request(b"/xmlrpc.php")
    try:
        run(as_fast_as_possible(ours.port, lambda: ping(next(numbers), sources.port), 2.0, 2))
        pings = run(as_fast_as_possible(ours.port, lambda: ping(next(numbers), sources.port), SECONDS, 2))
        calls = run(as_fast_as_possible(ours.port, lambda: call, SECONDS, 2))
    finally:
        for server in (ours, upstream, sources):
            server.stop()
    return pings.p_ms(0.5), calls.p_ms(0.5)


async def _make(file: Path) -> None:
    database = await open_database(f"sqlite+aiosqlite:///{file}")
    await database.close()


def slope(xs: list[float], ys: list[float]) -> float:
    """Return the slope of the straight line through the points, by least squares."""
    middle_x, middle_y = sum(xs) / len(xs), sum(ys) / len(ys)
    spread = sum((x - middle_x) ** 2 for x in xs)
    return sum((x - middle_x) * (y - middle_y) for x, y in zip(xs, ys, strict=True)) / spread
