"""From a host's name to its addresses, without ever hanging on a name server."""

import _thread
import asyncio
import socket
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress

from proxy.fetch.turns import QueueFull

# Takes a host, gives its addresses as text, raises OSError when there are none.
Resolve = Callable[[str], Awaitable[Iterable[str]]]

MAX_ANSWER = 64  # addresses; no honest host has more
MAX_THREADS = 16
_KEPT_HOSTS = 1024
_KEPT_S = 60.0
_MAX_ASKING = 512


class ThreadedLookups:
    """Asks the system's resolver (getaddrinfo) in threads of its own.

    getaddrinfo cannot be stopped: a dead name server holds a thread for half a minute after we gave up. So the
    threads are counted rather than pooled (at most `MAX_THREADS`; more callers wait their turn, which their own time
    limit cuts short), and none of them keeps the process from ending. They are the bare threads of the interpreter:
    `threading.Thread.start` waits until the new one runs, which is for ever when that finds no memory to begin with.
    """

    def __init__(self, threads: int = MAX_THREADS) -> None:
        self._turns = asyncio.Semaphore(threads)

    async def __call__(self, host: str) -> list[str]:
        """Return the addresses of *host*, in the system's order of preference. Raises OSError."""
        await self._turns.acquire()
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[list[str]] = loop.create_future()

        def deliver(addresses: list[str], error: OSError | None) -> None:
            self._turns.release()  # only now: the thread counts for as long as it lives
            if answer.done():
                return
            if error is None:
                answer.set_result(addresses)
            else:
                answer.set_exception(error)

        def look_up() -> None:
            addresses, error = _getaddrinfo(host)
            with suppress(RuntimeError):  # the loop is closed: nobody waits any more
                loop.call_soon_threadsafe(deliver, addresses, error)

        try:
            _thread.start_new_thread(look_up, ())
        except RuntimeError as error:  # no more threads to be had
            self._turns.release()
            raise OSError(str(error)) from error
        return await answer


def _getaddrinfo(host: str) -> tuple[list[str], OSError | None]:
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError as error:
        return [], error
    except (UnicodeError, MemoryError) as error:  # a label over 63 characters; no room to look anything up
        return [], OSError(str(error) or "not enough memory")
    return [_spelled(address) for *_, address in found], None


def _spelled(address: tuple[object, ...]) -> str:
    """Return a sockaddr's address; the zone of an IPv6 one stays visible, since it makes the address unusable."""
    scoped = len(address) == 4 and address[3] and "%" not in str(address[0])
    return f"{address[0]}%{address[3]}" if scoped else str(address[0])


class Names:
    """Looks hosts up, each at most once at a time, and remembers answers briefly for those who need not be exact."""

    def __init__(self, resolve: Resolve, timeout_s: float, now: Callable[[], float]) -> None:
        self._resolve = resolve
        self._timeout_s = timeout_s
        self._now = now
        self._asking: dict[str, asyncio.Task[tuple[str, ...]]] = {}
        self._known: OrderedDict[str, tuple[float, tuple[str, ...]]] = OrderedDict()

    async def ask(self, host: str) -> tuple[str, ...]:
        """Return what *host* resolves to now, never empty.

        Raises OSError, of which TimeoutError is one; `QueueFull` when too many look-ups are under way. The look-up
        itself runs on when the caller is cancelled, so that others who wait for it are not disturbed.
        """
        task = self._asking.get(host)
        if task is None:
            if len(self._asking) >= _MAX_ASKING:
                raise QueueFull(host)
            task = asyncio.create_task(self._ask(host), name=f"resolve {host}")
            self._asking[host] = task
            task.add_done_callback(lambda done: self._asked(host, done))
        return await asyncio.shield(task)

    async def recent(self, host: str) -> tuple[str, ...]:
        """Return what *host* resolved to within the last minute, asking if need be; empty if it does not resolve."""
        known = self._known.get(host)
        if known is not None and 0 <= self._now() - known[0] < _KEPT_S:
            return known[1]
        try:
            return await self.ask(host)
        except (OSError, QueueFull):
            return ()

    async def close(self) -> None:
        """Give up what is being asked."""
        tasks = list(self._asking.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _ask(self, host: str) -> tuple[str, ...]:
        async with asyncio.timeout(self._timeout_s):
            addresses = tuple(dict.fromkeys(await self._resolve(host)))
        if not addresses:
            raise OSError(f"{host} has no address")
        if len(addresses) > MAX_ANSWER:
            raise OSError(f"{host} has {len(addresses)} addresses")
        self._known[host] = (self._now(), addresses)
        self._known.move_to_end(host)
        while len(self._known) > _KEPT_HOSTS:
            self._known.popitem(last=False)
        return addresses

    def _asked(self, host: str, task: asyncio.Task[tuple[str, ...]]) -> None:
        self._asking.pop(host, None)
        if not task.cancelled():
            task.exception()  # nobody may be left to hear it
