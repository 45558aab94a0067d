"""How often anyone may be asked: a sliding minute per address, per registrable domain and in all. Pure."""

from collections import OrderedDict, deque
from collections.abc import Mapping, Sequence

# A minute, and by how much later than another a request can arrive after it was charged (it has 3 s to connect):
# whoever is asked counts arrivals.
WINDOW_S = 65.0
MAX_REST_S = 3600.0
_MAX_RESTING = 1024

Key = tuple[str, str]  # the kind of limit, and who it protects


class Budget:
    """Counts charges over the last minute; time is passed in, in seconds of any steady clock.

    Nobody is charged more than the limit of the kind within `WINDOW_S`, however the seconds fall. What is remembered is
    what was charged in the last minute and no more; where every charge comes with one of a kind that limits all of
    them, the tables are bounded by that limit, and no flood of other names can push a name's charges out.
    """

    def __init__(self, per_minute: Mapping[str, int]) -> None:
        self._limits = per_minute  # which may change meanwhile
        self._log: deque[tuple[float, Key]] = deque()
        self._charges: dict[Key, deque[float]] = {}
        self._rests: OrderedDict[Key, float] = OrderedDict()

    def __len__(self) -> int:
        return len(self._log)

    def wait_s(self, keys: Sequence[Key], now: float) -> float:
        """Return the seconds until every one of *keys* has room, 0.0 when all have room now."""
        self._forget(now)
        return max((self._wait_s(key, now) for key in keys), default=0.0)

    def take(self, keys: Sequence[Key], now: float) -> float:
        """Charge every one of *keys* and return 0.0, or charge none and return the seconds until there is room."""
        wait = self.wait_s(keys, now)
        if wait == 0.0:
            for key in keys:
                self._charges.setdefault(key, deque()).append(now)
                self._log.append((now, key))
        return wait

    def rest(self, key: Key, seconds: float, now: float) -> None:
        """Let *key* have no room for *seconds*, an hour at most: it asked for that itself (Retry-After)."""
        self._rests[key] = now + min(seconds, MAX_REST_S)
        self._rests.move_to_end(key)
        if len(self._rests) > _MAX_RESTING:
            self._rests.popitem(last=False)

    def spent(self, now: float) -> dict[str, int]:
        """Return, of each kind, the most that anyone was charged in the last minute."""
        self._forget(now)
        most = dict.fromkeys(self._limits, 0)
        for (kind, _), charged in self._charges.items():
            most[kind] = max(most.get(kind, 0), len(charged))
        return most

    def _wait_s(self, key: Key, now: float) -> float:
        return max(self._window_wait_s(key, now), self._rests.get(key, now) - now, 0.0)

    def _window_wait_s(self, key: Key, now: float) -> float:
        limit = self._limits[key[0]]
        charged = self._charges.get(key, ())
        if len(charged) < limit:
            return 0.0
        if limit <= 0:
            return WINDOW_S
        return charged[len(charged) - limit] + WINDOW_S - now

    def _forget(self, now: float) -> None:
        # The same sum as in _window_wait_s, so that rounding never leaves a charge that is neither here nor gone.
        while self._log and self._log[0][0] + WINDOW_S - now <= 0:
            _, key = self._log.popleft()
            charged = self._charges[key]
            charged.popleft()
            if not charged:
                del self._charges[key]
