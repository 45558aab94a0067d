"""Ten thousand linkbacks that name one victim, sent to the real `pingwarden serve` from ten thousand addresses.

    python -m tests.faults.flood [--pings 10000] [--names one|many]

The victim has one name, or thousands of names of unlike domains that lead to its one address. Printed is what it
saw, by how much the proxy grew, and how long honest senders waited whose sources are elsewhere.
"""

import argparse
import asyncio
import sys
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass

import aiohttp

from proxy.wire.xmlrpc import build_ping
from tests.faults.load import quietly
from tests.faults.stage import Stage, on_stage
from tests.faults.world import POST, serving

VICTIM = "127.0.0.2"
HONEST = 8  # hosts with an address of their own
_SENDERS = 48


@dataclass(frozen=True, slots=True)
class Seen:
    """What came of a flood. Times in seconds, memory in MB."""

    sent: int
    took_s: float
    registered: int
    victim_most_a_minute: int
    victim_most_at_once: int
    memory_before_mb: float
    memory_most_mb: float
    honest: int
    honest_slowest_s: float
    recorded: int

    def lines(self) -> list[str]:
        """Return the figures for people."""
        return [
            f"{self.sent} linkbacks in {self.took_s:.0f} s, {self.registered} registered, {self.recorded} on the disk",
            f"the victim saw at most {self.victim_most_a_minute} requests in a minute, {self.victim_most_at_once} at once",
            f"memory: {self.memory_before_mb:.0f} MB before, at most {self.memory_most_mb:.0f} MB",
            f"{self.honest} honest senders were answered, the slowest after {self.honest_slowest_s:.2f} s",
        ]

    @property
    def held(self) -> bool:
        """Whether nobody was hurt."""
        grown_mb = self.memory_most_mb - self.memory_before_mb
        spared = self.victim_most_a_minute <= 10 and self.victim_most_at_once <= 1
        return spared and grown_mb <= 40 and self.honest_slowest_s <= 3 and self.registered <= self.recorded


async def flooded(pings: int, many_names: bool) -> Seen:
    """Flood, and return what was seen."""
    limits = {"fetches_per_address_per_minute": 10, "fetches_per_domain_per_minute": 10}
    async with on_stage(limits=limits) as stage, AsyncExitStack() as stack:
        await _inhabit(stage, stack)
        flood = _Flood(stage, many_names)
        await flood.warmed()
        watching = asyncio.create_task(flood.watch())
        honest = asyncio.create_task(flood.honest_senders())
        began = time.monotonic()
        await asyncio.gather(*(flood.send(range(first, pings, _SENDERS)) for first in range(_SENDERS)))
        took_s = time.monotonic() - began
        await asyncio.sleep(max(0.0, 61 - took_s) if pings >= 1000 else 3)  # a whole minute of it
        await quietly(honest)
        await quietly(watching)
        return await flood.seen(pings, took_s)


async def _inhabit(stage: Stage, stack: AsyncExitStack) -> None:
    """Give the victim and the honest hosts their addresses."""
    lines = ["well", f"victim*.example {VICTIM}"]
    lines += [f"honest{number}.example 127.0.1.{number + 1}" for number in range(HONEST)]
    stage.server.names.write_text("\n".join(lines) + "\n")
    for address in {line.split()[1] for line in lines[1:]}:
        await stack.enter_async_context(serving(stage.sources.handle, stage.sources.port, address))


class _Flood:
    def __init__(self, stage: Stage, many_names: bool) -> None:
        self._stage = stage
        self._many_names = many_names
        self._registered = 0
        self._honest_s: list[float] = []
        self._memory_kb: list[int] = []

    async def warmed(self) -> None:
        """Send a few honest ones first, so that what is only made once is made."""
        for number in range(20):
            await self._ping(
                f"http://honest{number % HONEST}.example:{self._stage.sources.port}/prose/{number}", number
            )
        self._memory_kb = [self._stage.server.status("VmRSS")]

    async def send(self, numbers: range) -> None:
        """Send one linkback after the other."""
        for number in numbers:
            host = f"victim{number}.example" if self._many_names else "victim.example"
            source = f"http://{host}:{self._stage.sources.port}/victim/{number}"
            registered = await self._ping(source, number)
            self._registered += registered

    async def honest_senders(self) -> None:
        """Send an honest one every second or so, and note how long each waits."""
        number = 100
        while True:
            source = f"http://honest{number % HONEST}.example:{self._stage.sources.port}/prose/{number}"
            began = time.monotonic()
            await self._ping(source, 10_000_000 + number)
            self._honest_s.append(time.monotonic() - began)
            number += 1
            await asyncio.sleep(1.0)

    async def watch(self) -> None:
        """Note the memory again and again."""
        while True:
            self._memory_kb.append(self._stage.server.status("VmRSS"))
            await asyncio.sleep(0.25)

    async def _ping(self, source: str, number: int) -> bool:
        server = self._stage.server
        address = f"198.{18 + (number >> 16) % 2}.{number >> 8 & 255}.{number & 255}"
        headers = {"Host": "blog.example", "Content-Type": "text/xml", "X-Forwarded-For": address}
        timeout = aiohttp.ClientTimeout(total=60)
        async with server.http.post(
            f"{server.address}/xmlrpc.php", data=build_ping(source, POST), headers=headers, timeout=timeout
        ) as answer:
            return b"<params>" in await answer.read()

    async def seen(self, pings: int, took_s: float) -> Seen:
        """Sum up."""
        sources = self._stage.sources
        times = sorted(sources.times["victim"])
        most = max((sum(start <= at < start + 60 for at in times) for start in times), default=0)
        stats = await self._stage.server.api("GET", "pings?state=held&limit=1&q=/victim/")
        assert stats["items"]
        recorded = self._stage.server.count("SELECT count(*) FROM pings WHERE source_url LIKE '%/victim/%'")
        return Seen(
            pings, took_s, self._registered, most, sources.most_at_once["victim"],
            self._memory_kb[0] / 1024, max(self._memory_kb) / 1024, len(self._honest_s), max(self._honest_s), recorded,
        )  # fmt: skip


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pings", type=int, default=10_000)
    parser.add_argument("--names", choices=["one", "many"], default="one")
    given = parser.parse_args()
    seen = asyncio.run(flooded(given.pings, given.names == "many"))
    print("\n".join(seen.lines()))
    sys.exit(0 if seen.held else 1)


if __name__ == "__main__":
    main()
