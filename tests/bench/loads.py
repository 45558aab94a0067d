"""Asking a server over and over: by clients that ask again as soon as they are answered, or at a set pace.

The clients are plain protocols that do next to nothing, so that the server is what is measured. All ends by itself.
"""

import asyncio
import os
import statistics
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")
_LAST_S = 0.2


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run *work* on uvloop, where there is one."""
    try:
        import uvloop
    except ImportError:
        return asyncio.run(work)
    return uvloop.run(work)


def cpu_s(pid: int) -> float:
    """Return the processor time that the threads of a process have used."""
    threads = Path(f"/proc/{pid}/task").glob("*/schedstat")  # the one of the process itself is its first thread's alone
    return sum(int(one.read_text().split()[0]) for one in threads) / 1e9


def rss_mb(pid: int) -> float:
    """Return the memory that a process holds now."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def peak_mb(pid: int) -> float:
    """Return the most memory that a process ever held."""
    line = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def percentile(values: list[float], share: float) -> float:
    """Return the value below which that *share* of *values* lies."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


@dataclass(slots=True)
class Seen:
    """What a load saw. Waits are in seconds."""

    waits: list[float] = field(default_factory=list)
    took_s: float = 0.0
    failed: int = 0

    @property
    def rate(self) -> float:
        """Answers per second."""
        return len(self.waits) / self.took_s

    def p_ms(self, share: float) -> float:
        """The wait below which that *share* lies, in ms."""
        return percentile(self.waits, share) * 1e3


class _Client(asyncio.Protocol):
    """One connection. It asks when it is told to, and tells when it has the answer."""

    def __init__(self, answered: Callable[["_Client"], None]) -> None:
        self._answered = answered
        self._heard = bytearray()
        self._length = -1
        self.lost = False
        self.transport: Any = None
        self.status = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def ask(self, request: bytes) -> None:
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._heard += data
        if self._length < 0:
            end = self._heard.find(b"\r\n\r\n")
            if end < 0:
                return
            head = bytes(self._heard[:end]).lower()
            self.status = int(head[9:12])
            self._length = end + 4 + int(head.partition(b"content-length:")[2].partition(b"\r")[0])
        if len(self._heard) >= self._length:
            self._heard.clear()
            self._length = -1
            self._answered(self)

    def connection_lost(self, _problem: Exception | None) -> None:
        self.lost = True


async def as_fast_as_possible(port: int, next_request: Callable[[], bytes], seconds: float, connections: int) -> Seen:
    """Each connection asks again as soon as it is answered; only answers 200 count."""
    loop, seen = asyncio.get_running_loop(), Seen()
    ends = loop.time() + seconds
    asked_at: dict[_Client, float] = {}

    def answered(client: _Client) -> None:
        at = time.perf_counter()
        if client.status == 200:
            seen.waits.append(at - asked_at[client])
        else:
            seen.failed += 1
        if loop.time() < ends:
            asked_at[client] = time.perf_counter()
            client.ask(next_request())

    clients = [
        (await loop.create_connection(lambda: _Client(answered), "127.0.0.1", port))[1] for _ in range(connections)
    ]
    began = time.perf_counter()
    for client in clients:
        asked_at[client] = time.perf_counter()
        client.ask(next_request())
    await asyncio.sleep(max(0.0, ends - loop.time()))
    seen.took_s = time.perf_counter() - began
    counted = len(seen.waits)
    await asyncio.sleep(_LAST_S)  # nobody hangs up before the last answers
    del seen.waits[counted:]
    seen.failed += sum(client.lost for client in clients)
    for client in clients:
        client.transport.close()
    return seen


async def at_a_pace(
    port: int, next_request: Callable[[], bytes], seconds: float, per_second: float, connections: int
) -> Seen:
    """Requests go out at a set pace, whatever becomes of them; a wait begins when its request was due.

    What is due while every connection is busy goes out late and has waited since it was due.
    """
    loop, seen = asyncio.get_running_loop(), Seen()
    idle: list[_Client] = []
    late: list[float] = []
    due: dict[_Client, float] = {}

    def answered(client: _Client) -> None:
        at = loop.time()
        if client.status == 200:
            seen.waits.append(at - due[client])
        else:
            seen.failed += 1
        if late:
            due[client] = late.pop(0)
            client.ask(next_request())
        else:
            idle.append(client)

    idle += [
        (await loop.create_connection(lambda: _Client(answered), "127.0.0.1", port))[1] for _ in range(connections)
    ]
    clients = list(idle)
    began = loop.time()
    for number in range(int(seconds * per_second)):
        at = began + number / per_second
        if (wait := at - loop.time()) > 0:
            await asyncio.sleep(wait)
        if idle:
            client = idle.pop()
            due[client] = at
            client.ask(next_request())
        else:
            late.append(at)
    await asyncio.sleep(_LAST_S)
    seen.took_s = loop.time() - began
    for client in clients:
        client.transport.close()
    return seen


def median_ratio(ours: list[float], theirs: list[float]) -> float:
    """Return the median of the ratios of what was measured in turns."""
    return statistics.median(one / other for one, other in zip(ours, theirs, strict=True))
