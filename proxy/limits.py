"""How much one client, or all clients for one post, may send, and how many passwords it may guess.

Counted in memory of a fixed size.

A count slides: what was counted in the last fixed window weighs as much as of that window still lies within reach,
so that nobody gets twice the limit around a window's edge. Keys are hashed into cells, two for each key, of which the
emptier one counts. So a flood of new clients and invented targets neither takes more memory nor makes us forget
those over their limit; the price is that two clients share a limit once in a great while (both cells the same).

A call with a log-in is counted before its answer is known: as long as it is with WordPress, each pair of name and
password in it may be one more wrong guess. So many calls at once get no further than one after the other. Near the
limit they wait for each other; over it the client has to wait. A pair that WordPress took from a client is known to be
right there and not counted again: an app that makes forty calls at once is not slowed down, and a fault 403 that means
"you may not do this" is no wrong password.
"""

import asyncio
import math
from collections import Counter, OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import ip_address, ip_network
from mmap import mmap
from time import monotonic

from proxy.addresses import is_plain_ipv4
from proxy.commons import Commons
from proxy.config import Limits
from proxy.tally import Charge, Tally
from proxy.wire.logins import LogIns

_IPV6_CLIENT_BITS = 64
_CELL_BITS = 16
_CELLS = 1 << _CELL_BITS
_HOUR_S = 3600.0
_MAX_KNOWN = 4096
_MAX_QUEUE = 64
_QUEUE_S = 30.0


def _cells() -> memoryview:
    """Return zeros. They take memory, page by page, only once something is counted there."""
    return memoryview(mmap(-1, 8 * _CELLS)).cast("Q")


@dataclass(slots=True)
class _Row:
    window: memoryview = field(default_factory=_cells)
    present: memoryview = field(default_factory=_cells)
    before: memoryview = field(default_factory=_cells)

    def turn(self, cell: int, window: int) -> None:
        """Bring *cell* to the present *window*."""
        passed = window - self.window[cell]
        if passed > 0:  # what was begun before a window's edge may be counted after it
            self.before[cell] = self.present[cell] if passed == 1 else 0
            self.present[cell] = 0
            self.window[cell] = window


class Windows:
    """At most `limit` in `period_s` seconds for each key."""

    def __init__(self, limit: int, period_s: float, name: str = "") -> None:
        self._name = name
        self._limit = limit
        self._period_s = period_s
        self._rows = (_Row(), _Row())

    def follow(self, limit: int) -> None:
        """Allow *limit* from now on; what was counted counts."""
        self._limit = limit

    def charge(self, key: str, cost: int) -> Charge:
        """Return what *cost* more for *key* is on all nodes' tally."""
        return Charge(self._name, key, cost, self._limit, self._period_s)

    def wait_s(self, key: str, cost: int, at_s: float) -> float:
        """Return for how many seconds *key* has to wait before *cost* more are within the limit; 0 for not at all."""
        if cost > self._limit:
            return self._period_s
        window, past = divmod(at_s, self._period_s)
        shortest = math.inf
        for row, cell in self._places(key):
            row.turn(cell, int(window) + 1)
            shortest = min(shortest, self._wait(row.before[cell], row.present[cell], cost, past))
        return shortest

    def count(self, key: str, cost: int, at_s: float) -> None:
        """Count *cost* for *key*; a cost below 0 gives back what was counted in this window."""
        for row, cell in self._places(key):
            row.turn(cell, int(at_s // self._period_s) + 1)
            row.present[cell] = max(0, row.present[cell] + cost)

    def _wait(self, before: int, present: int, cost: int, past_s: float) -> float:
        """Solve for when what is left of *before*, shrinking to nothing over a window, leaves room for *cost*."""
        room = self._limit - cost - present
        if room >= 0:
            return max(0.0, self._period_s * (1 - room / before) - past_s) if before > room else 0.0
        # Only in the next window, in which what was counted in this one shrinks in its turn.
        return self._period_s * (2 - (self._limit - cost) / present) - past_s

    def _places(self, key: str) -> tuple[tuple[_Row, int], tuple[_Row, int]]:
        hashed = hash(key)  # with a secret of this process: nobody can look for two keys of one cell
        first, second = self._rows
        return (first, hashed & _CELLS - 1), (second, hashed >> _CELL_BITS & _CELLS - 1)


class Gate:
    """Counts linkbacks by client and by target, calls and their bytes by client; `log_ins` counts failed log-ins.

    With *commons* what all nodes counted together counts too.
    """

    def __init__(
        self, settings: Limits, seconds: Callable[[], float] = monotonic, commons: Commons | None = None
    ) -> None:
        self._seconds = seconds
        self._tally = Tally(commons)
        self.log_ins = LogInGuard(settings.failed_logins_per_client_per_hour, seconds, self._tally)
        self._calls = _windows("calls", settings.calls_per_client_per_minute)
        self._call_bytes = _windows("call-bytes", settings.call_bytes_per_client_per_minute)
        self._per_client = Windows(settings.linkbacks_per_client_per_minute, 60, "clients")
        self._per_target = Windows(settings.linkbacks_per_target_per_hour, 3600, "targets")

    def follow(self, settings: Limits) -> None:
        """Allow what *settings* say from now on; what was counted counts."""
        self.log_ins.follow(settings.failed_logins_per_client_per_hour)
        self._calls = _windows("calls", settings.calls_per_client_per_minute, self._calls)
        self._call_bytes = _windows("call-bytes", settings.call_bytes_per_client_per_minute, self._call_bytes)
        self._per_client.follow(settings.linkbacks_per_client_per_minute)
        self._per_target.follow(settings.linkbacks_per_target_per_hour)

    async def wait_s(self, remote_ip: str, targets: Sequence[str], linkbacks: int | None = None) -> int | None:
        """Count one linkback for each of *targets*; None when they may pass, else the seconds to wait.

        Of the client *linkbacks* are counted: as many as there are targets, unless they are counted at another time.
        All of them pass or none: those that do not are not counted.
        """
        at_s = self._seconds()
        sent = len(targets) if linkbacks is None else linkbacks
        asked = [(self._per_client, client(remote_ip), sent)] if sent else []
        asked += [(self._per_target, target, cost) for target, cost in Counter(targets).items()]
        return await self._all_or_none(asked, at_s)

    async def call_wait_s(self, remote_ip: str, size: int) -> int | None:
        """Count one call of *size* bytes; None when it may pass, else the seconds to wait."""
        costs = ((self._calls, 1), (self._call_bytes, size))
        asked = [(windows, client(remote_ip), cost) for windows, cost in costs if windows is not None]
        return await self._all_or_none(asked, self._seconds()) if asked else None

    async def _all_or_none(self, asked: Sequence[tuple[Windows, str, int]], at_s: float) -> int | None:
        longest = 0.0
        for windows, key, cost in asked:
            longest = max(longest, windows.wait_s(key, cost, at_s))
        if longest <= 0:
            for windows, key, cost in asked:  # before anything is waited for: others must see it
                windows.count(key, cost, at_s)
            longest = await self._tally.take([windows.charge(key, cost) for windows, key, cost in asked])
            if longest > 0:
                for windows, key, cost in asked:
                    windows.count(key, -cost, at_s)
        return max(1, math.ceil(longest)) if longest > 0 else None


@dataclass(frozen=True, slots=True)
class Ticket:
    """A call that may go to WordPress, to be given back with what came of it."""

    remote_ip: str
    tried: LogIns
    guesses: int  # pairs of which nobody knows yet whether they are right


@dataclass(frozen=True, slots=True)
class Outcome:
    """What WordPress made of a call: how many log-ins failed, and whether all of it succeeded."""

    failed: int = 0
    succeeded: bool = False


@dataclass(slots=True)
class _Underway:
    guesses: int = 0
    queued: int = 0
    moved: asyncio.Event = field(default_factory=asyncio.Event)


class LogInGuard:
    """Counts failed log-ins by client. Whoever asks `admit` tells `settle` in the end."""

    def __init__(self, limit: int, seconds: Callable[[], float] = monotonic, tally: Tally | None = None) -> None:
        self._limit = limit
        self._seconds = seconds
        self._tally = tally or Tally()
        self._failed = Windows(limit, _HOUR_S, "log-ins")
        self._underway: dict[str, _Underway] = {}
        self._known: OrderedDict[tuple[str, bytes], None] = OrderedDict()

    def follow(self, limit: int) -> None:
        """Allow *limit* from now on; what was counted counts."""
        self._limit = limit
        self._failed.follow(limit)

    async def wait_s(self, remote_ip: str) -> int | None:
        """Return for how many seconds that client is taken no call from, None while it is."""
        return self._wait_s(client(remote_ip), 1)

    async def admit(self, remote_ip: str, tried: LogIns) -> Ticket | int:
        """Let a call go on, at once or when others have been answered; or return how many seconds it has to wait."""
        key = client(remote_ip)
        new = sum((key, pair) not in self._known for pair in tried.pairs)
        if new == 0:
            return Ticket(remote_ip, tried, 0)
        state = self._underway.setdefault(key, _Underway())
        try:
            wait_s = None
            if self._wait_s(key, new + state.guesses) is not None:
                async with asyncio.timeout(_QUEUE_S):
                    wait_s = await self._in_turn(key, state, new)
            return wait_s or await self._admitted(Ticket(remote_ip, tried, new), key, state)
        except TimeoutError:
            return math.ceil(_QUEUE_S)
        finally:
            self._tidy(key, state)

    async def _admitted(self, ticket: Ticket, key: str, state: _Underway) -> Ticket | int:
        state.guesses += ticket.guesses  # before anything is waited for: others must see it
        elsewhere_s = 1.0
        try:
            elsewhere_s = await self._tally.wait_s([self._failed.charge(key, ticket.guesses)])
        finally:
            if elsewhere_s > 0:
                self._give_back(key, state, ticket.guesses)
        return max(1, math.ceil(elsewhere_s)) if elsewhere_s > 0 else ticket

    async def settle(self, ticket: Ticket, outcome: Outcome) -> int:
        """Note what came of a call, and return how many log-ins were counted as failed."""
        key = client(ticket.remote_ip)
        failed = min(outcome.failed, self._limit) if ticket.guesses else 0
        if failed:
            self._failed.count(key, failed, self._seconds())
            await self._tally.count(self._failed.charge(key, failed))
        elif outcome.succeeded:
            for pair in ticket.tried.proven_by_success:
                self._know(key, pair)
        if ticket.guesses:
            self._give_back(key, self._underway[key], ticket.guesses)
        return failed

    async def _in_turn(self, key: str, state: _Underway, guesses: int) -> int | None:
        while True:
            wait_s = self._wait_s(key, guesses)
            if wait_s is not None:
                return wait_s
            if self._wait_s(key, guesses + state.guesses) is None:
                return None
            if state.queued >= _MAX_QUEUE:
                return math.ceil(_QUEUE_S)
            state.queued += 1
            try:
                await state.moved.wait()
            finally:
                state.queued -= 1

    def _wait_s(self, key: str, guesses: int) -> int | None:
        wait_s = self._failed.wait_s(key, guesses, self._seconds())
        return max(1, math.ceil(wait_s)) if wait_s > 0 else None

    def _know(self, key: str, pair: bytes) -> None:
        self._known[key, pair] = None
        self._known.move_to_end((key, pair))
        if len(self._known) > _MAX_KNOWN:
            self._known.popitem(last=False)

    def _give_back(self, key: str, state: _Underway, guesses: int) -> None:
        state.guesses -= guesses
        if state.queued:
            state.moved.set()
            state.moved = asyncio.Event()
        self._tidy(key, state)

    def _tidy(self, key: str, state: _Underway) -> None:
        if not state.guesses and not state.queued:
            self._underway.pop(key, None)


def _windows(name: str, per_minute: int, present: Windows | None = None) -> Windows | None:
    """Return what counts up to *per_minute*, going on from the *present* counts; None where nothing is limited."""
    if not per_minute:
        return None
    windows = present or Windows(per_minute, 60, name)
    windows.follow(per_minute)
    return windows


@lru_cache(maxsize=4096)
def client(remote_ip: str) -> str:
    """Return what counts as one client: an IPv4 address, or the /64 of an IPv6 address."""
    if is_plain_ipv4(remote_ip):
        return remote_ip
    try:
        address = ip_address(remote_ip)
    except ValueError:
        return remote_ip
    if address.version == 4:
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ip_network((address, _IPV6_CLIENT_BITS), strict=False))
