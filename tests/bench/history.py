"""How a ping's and a call's time grow with what is in the database: a thousand to a million pings, and the exponent.

python -m tests.bench history

An exponent of 0 is a time that stays as it is, of 1 one that doubles with the history. All sizes are asked in turns: a
shared machine that is half as fast at one moment as at another would else pass for an exponent of 0.1.
"""

import asyncio
import contextlib
import io
import itertools
import math
import tempfile
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from proxy.store.database import open_database
from tests.bench.figure import Figure, at_most
from tests.bench.inbox import fill
from tests.bench.judging import ping
from tests.bench.loads import as_fast_as_possible, run
from tests.bench.pass_through import request
from tests.bench.served import ROOT, Server

COUNTS = (1_000, 10_000, 100_000, 1_000_000)
ROUNDS = 5
SECONDS = 1.5
_CALL = request(b"/xmlrpc.php")


class _Sized:
    """A server with so many pings in its database, and how long it took to answer in each round."""

    def __init__(self, directory: Path, count: int, stack: ExitStack) -> None:
        state = directory / str(count)
        state.mkdir()
        asyncio.run(_make(state / "pingwarden.sqlite3"))
        with contextlib.redirect_stderr(io.StringIO()):
            fill(state / "pingwarden.sqlite3", count)
        self._upstream, self._sources = Server("wordpress"), Server("sources")
        self._ours = Server("judging", self._upstream.url, str(state / "stacks.json"), str(state))
        for server in (self._upstream, self._sources, self._ours):
            stack.callback(server.stop)
        self._numbers = itertools.count()
        self.pings_ms: list[float] = []
        self.calls_ms: list[float] = []

    def round(self) -> None:
        """Ask it for a while."""
        for took_ms, ask in ((self.pings_ms, self._next_ping), (self.calls_ms, lambda: _CALL)):
            took_ms.append(run(as_fast_as_possible(self._ours.port, ask, SECONDS, 2)).p_ms(0.5))

    def _next_ping(self) -> bytes:
        return ping(next(self._numbers), self._sources.port)


def measure() -> list[Figure]:
    """Fill all, then ask them in turns; the first round warms them."""
    with tempfile.TemporaryDirectory(prefix=".bench-", dir=ROOT) as directory, ExitStack() as stack:
        sized = [_Sized(Path(directory), count, stack) for count in COUNTS]
        for _ in range(ROUNDS + 1):
            for one in sized:
                one.round()
        found = {
            "a ping, from sent to answered": [median(one.pings_ms[1:]) for one in sized],
            "a call passed through": [median(one.calls_ms[1:]) for one in sized],
        }
    sizes = [math.log(count) for count in COUNTS]
    figures = []
    for name, times in found.items():
        exponent = slope(sizes, [math.log(took_ms) for took_ms in times])
        seen = f"{exponent:+.3f}: " + ", ".join(
            f"{took_ms:.1f} ms with {count:,}" for count, took_ms in zip(COUNTS, times, strict=True)
        )
        figures.append(at_most(f"growth with history, {name} (exponent, medians)", exponent, 0.1, seen))
    return figures


async def _make(file: Path) -> None:
    database = await open_database(f"sqlite+aiosqlite:///{file}")
    await database.close()


def slope(xs: list[float], ys: list[float]) -> float:
    """Return the slope of the straight line through the points, by least squares."""
    middle_x, middle_y = sum(xs) / len(xs), sum(ys) / len(ys)
    spread = sum((x - middle_x) ** 2 for x in xs)
    return sum((x - middle_x) * (y - middle_y) for x, y in zip(xs, ys, strict=True)) / spread
