"""Waiting: one fetch at a time for whoever is asked, and no waiting without end."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, nullcontext

from proxy.commons import Commons

# Longer than any one request may take.
_LEASE_S = 30.0


class QueueFull(Exception):
    """Too many wait for this turn already."""


class Turns:
    """A lock for every key that is in use, and a bound on how many may wait for each.

    With *commons* a turn is held on one of all nodes at a time.
    """

    def __init__(self, max_waiting: int, commons: Commons | None = None) -> None:
        self._max_waiting = max_waiting
        self._commons = commons
        self._locks: dict[str, asyncio.Lock] = {}
        self._users: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._locks)

    @asynccontextmanager
    async def of(self, key: str) -> AsyncIterator[None]:
        """Hold the turn of *key*, first come first served. Raises `QueueFull` at once where too many wait."""
        if self._users[key] > self._max_waiting:
            raise QueueFull(key)
        lock = self._locks.setdefault(key, asyncio.Lock())
        self._users[key] += 1
        try:
            async with lock, self._on_all_nodes(key):
                yield
        finally:
            self._users[key] -= 1
            if not self._users[key]:
                del self._users[key], self._locks[key]

    def _on_all_nodes(self, key: str) -> AbstractAsyncContextManager[None]:
        return self._commons.turn(key, _LEASE_S) if self._commons else nullcontext()


class Patience:
    """Two limits for one fetch, in seconds: for its work, and for standing in queues, which is not its fault."""

    def __init__(self, work: asyncio.Timeout, waiting_s: float) -> None:
        self._work = work
        self._waiting_s = waiting_s

    async def wait(self, held: AsyncExitStack, turn: AbstractAsyncContextManager[object]) -> None:
        """Enter *turn*, to be left with *held*. Raises `QueueFull` when patience ends first."""
        loop = asyncio.get_running_loop()
        started, due = loop.time(), self._work.when()
        self._work.reschedule(None)
        try:
            async with asyncio.timeout(max(self._waiting_s, 0.0)):
                await held.enter_async_context(turn)
        except TimeoutError:
            raise QueueFull("waited too long") from None
        finally:
            spent = loop.time() - started
            self._waiting_s -= spent
            if due is not None:
                self._work.reschedule(due + spent)
