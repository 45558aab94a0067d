"""How much one client, or all clients for one post, may send. Counted in memory of a fixed size.

A count slides: what was counted in the last fixed window weighs as much as of that window still lies within reach,
so that nobody gets twice the limit around a window's edge. Keys are hashed into cells, two for each key, of which the
emptier one counts. So a flood of new clients and invented targets neither takes more memory nor makes us forget
those over their limit; the price is that two clients share a limit once in a great while (both cells the same).
"""

from array import array
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from math import ceil
from time import monotonic

from proxy.config import Limits

_IPV6_CLIENT_BITS = 64
_CELL_BITS = 16
_CELLS = 1 << _CELL_BITS


def _cells() -> "array[int]":
    return array("L", bytes(_CELLS * array("L").itemsize))


@dataclass(slots=True)
class _Row:
    window: "array[int]" = field(default_factory=_cells)
    present: "array[int]" = field(default_factory=_cells)
    before: "array[int]" = field(default_factory=_cells)

    def turn(self, cell: int, window: int) -> None:
        """Bring *cell* to the present *window*."""
        passed = window - self.window[cell]
        if passed:
            self.before[cell] = self.present[cell] if passed == 1 else 0
            self.present[cell] = 0
            self.window[cell] = window


class Windows:
    """At most `limit` in `period_s` seconds for each key."""

    def __init__(self, limit: int, period_s: float) -> None:
        self._limit = limit
        self._period_s = period_s
        self._rows = (_Row(), _Row())

    def wait_s(self, key: str, cost: int, at_s: float) -> float:
        """Return for how many seconds *key* has to wait before *cost* more are within the limit; 0 for not at all."""
        if cost > self._limit:
            return self._period_s
        window, past = divmod(at_s, self._period_s)
        waits = []
        for row, cell in self._places(key):
            row.turn(cell, int(window) + 1)
            waits.append(self._wait(row.before[cell], row.present[cell], cost, past))
        return min(waits)

    def count(self, key: str, cost: int, at_s: float) -> None:
        """Count *cost* for *key*."""
        for row, cell in self._places(key):
            row.turn(cell, int(at_s // self._period_s) + 1)
            row.present[cell] += cost

    def _wait(self, before: int, present: int, cost: int, past_s: float) -> float:
        """Solve for when what is left of *before*, shrinking to nothing over a window, leaves room for *cost*."""
        room = self._limit - cost - present
        if room >= 0:
            return max(0.0, self._period_s * (1 - room / before) - past_s) if before > room else 0.0
        # Only in the next window, in which what was counted in this one shrinks in its turn.
        return self._period_s * (2 - (self._limit - cost) / present) - past_s

    def _places(self, key: str) -> list[tuple[_Row, int]]:
        hashed = hash(key)  # with a secret of this process: nobody can look for two keys of one cell
        return [(row, hashed >> shift & _CELLS - 1) for row, shift in zip(self._rows, (0, _CELL_BITS), strict=True)]


class Gate:
    """Counts linkbacks by client and by target."""

    def __init__(self, settings: Limits, seconds: Callable[[], float] = monotonic) -> None:
        self._seconds = seconds
        self._per_client = Windows(settings.linkbacks_per_client_per_minute, 60)
        self._per_target = Windows(settings.linkbacks_per_target_per_hour, 3600)

    async def wait_s(self, remote_ip: str, targets: Sequence[str]) -> int | None:
        """Count one linkback for each of *targets*; None when they may pass, else the seconds to wait.

        All of them pass or none: those that do not are not counted.
        """
        at_s = self._seconds()
        asked = [(self._per_client, client(remote_ip), len(targets))] if targets else []
        asked += [(self._per_target, target, cost) for target, cost in Counter(targets).items()]
        longest = max((windows.wait_s(key, cost, at_s) for windows, key, cost in asked), default=0)
        if longest > 0:
            return max(1, ceil(longest))
        for windows, key, cost in asked:
            windows.count(key, cost, at_s)
        return None


def client(remote_ip: str) -> str:
    """Return what counts as one client: an IPv4 address, or the /64 of an IPv6 address."""
    try:
        address = ip_address(remote_ip)
    except ValueError:
        return remote_ip
    if address.version == 4:
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ip_network((address, _IPV6_CLIENT_BITS), strict=False))
