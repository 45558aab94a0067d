"""Who keeps the budgets: this node for itself, or all nodes together."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from proxy.commons import Commons
from proxy.fetch.budget import MAX_REST_S, WINDOW_S, Budget, Key

# One sliding log for each key. With ARGV[2] = "1" all keys are charged or none; the answer is the wait in ms.
_TAKE = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local window = tonumber(ARGV[1])
local half = #KEYS / 2
local longest = 0
for i = 1, half do
  local limit = tonumber(ARGV[2 + i])
  redis.call('ZREMRANGEBYSCORE', KEYS[i], '-inf', string.format('%.0f', now - window))
  local count = redis.call('ZCARD', KEYS[i])
  if limit <= 0 then
    longest = math.max(longest, window)
  elseif count >= limit then
    local first = redis.call('ZRANGE', KEYS[i], count - limit, count - limit, 'WITHSCORES')
    longest = math.max(longest, first[2] + window - now)
  end
  longest = math.max(longest, redis.call('PTTL', KEYS[half + i]) * 1000)
end
if longest == 0 and ARGV[2] == '1' then
  local stamp = string.format('%.0f', now)
  for i = 1, half do
    redis.call('ZADD', KEYS[i], stamp, stamp .. '-' .. redis.call('INCR', KEYS[i] .. ':number'))
    redis.call('PEXPIRE', KEYS[i], math.ceil(window / 1000))
    redis.call('PEXPIRE', KEYS[i] .. ':number', math.ceil(window / 1000))
  end
end
return math.ceil(longest / 1000)
"""
_REST = "redis.call('SET', KEYS[1], '1', 'PX', ARGV[1])"


class Spending(Protocol):
    """Budgets by sliding minute. The kinds of key are those of `FetchLimits.per_minute`."""

    async def wait_s(self, keys: Sequence[Key]) -> float:
        """Return the seconds until every one of *keys* has room, 0.0 when all have room now."""

    async def take(self, keys: Sequence[Key]) -> float:
        """Charge every one of *keys* and return 0.0, or charge none and return the seconds until there is room."""

    async def rest(self, key: Key, seconds: float) -> None:
        """Let *key* have no room for *seconds*: it asked for that itself."""


class OwnSpending:
    """What this node alone spends; *now* is a steady clock in seconds."""

    def __init__(self, per_minute: Mapping[str, int], now: Callable[[], float]) -> None:
        self._budget = Budget(per_minute)
        self._now = now

    def __len__(self) -> int:
        return len(self._budget)

    def spent(self) -> dict[str, int]:
        """Return, of each kind, the most that this node charged anyone in the last minute."""
        return self._budget.spent(self._now())

    async def wait_s(self, keys: Sequence[Key]) -> float:
        """As `Spending` says."""
        return self._budget.wait_s(keys, self._now())

    async def take(self, keys: Sequence[Key]) -> float:
        """As `Spending` says."""
        return self._budget.take(keys, self._now())

    async def rest(self, key: Key, seconds: float) -> None:
        """As `Spending` says."""
        self._budget.rest(key, seconds, self._now())


class SharedSpending:
    """What all nodes spend together. Each knows its own part besides, for the time when Redis is gone."""

    def __init__(self, commons: Commons, per_minute: Mapping[str, int], own: OwnSpending) -> None:
        self._commons = commons
        self._limits = per_minute
        self._own = own

    async def wait_s(self, keys: Sequence[Key]) -> float:
        """As `Spending` says."""
        wait_s = await self._ask(keys, charge=False)
        return await self._own.wait_s(keys) if wait_s is None else wait_s

    async def take(self, keys: Sequence[Key]) -> float:
        """As `Spending` says."""
        wait_s = await self._ask(keys, charge=True)
        return wait_s or await self._own.take(keys)

    async def rest(self, key: Key, seconds: float) -> None:
        """As `Spending` says."""
        await self._own.rest(key, seconds)
        await self._commons.run(_REST, [_name("rest", key)], [int(min(seconds, MAX_REST_S) * 1000) + 1])

    async def _ask(self, keys: Sequence[Key], *, charge: bool) -> float | None:
        names = [_name("spent", key) for key in keys] + [_name("rest", key) for key in keys]
        limits = [self._limits[key[0]] for key in keys]
        waits_ms = await self._commons.run(_TAKE, names, [int(WINDOW_S * 1e6), int(charge), *limits])
        return None if waits_ms is None else waits_ms / 1000


def _name(what: str, key: Key) -> str:
    return f"{what}:{key[0]}:{key[1]}"
