"""Limits that all nodes keep together, by sliding windows in what they have in common.

The sums are those of `proxy.limits.Windows`. Without a Redis there is nothing to wait for here, and each node's own
count decides alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

from proxy.commons import Commons

# ARGV: "look", "take" (all are counted or none) or "count" (whatever the limits), then period in ms, limit and cost
# for each key. The answer is the longest wait in ms.
_SCRIPT = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local longest = 0
local present_keys = {}
for i, key in ipairs(KEYS) do
  local period, limit, cost = tonumber(ARGV[3 * i - 1]), tonumber(ARGV[3 * i]), tonumber(ARGV[3 * i + 1])
  local window = math.floor(now / period)
  local past = now - window * period
  present_keys[i] = key .. ':' .. window
  local present = tonumber(redis.call('GET', present_keys[i]) or '0')
  local before = tonumber(redis.call('GET', key .. ':' .. (window - 1)) or '0')
  local room = limit - cost - present
  local wait = 0
  if cost > limit then
    wait = period
  elseif room < 0 then
    wait = period * (2 - (limit - cost) / present) - past
  elseif before > room then
    wait = period * (1 - room / before) - past
  end
  longest = math.max(longest, wait)
end
if ARGV[1] == 'count' or (ARGV[1] == 'take' and longest <= 0) then
  for i, key in ipairs(present_keys) do
    redis.call('INCRBY', key, ARGV[3 * i + 1])
    redis.call('PEXPIRE', key, 2 * ARGV[3 * i - 1])
  end
end
return math.ceil(longest)
"""


@dataclass(frozen=True, slots=True)
class Charge:
    """*cost* more for *key*, of which *limit* are allowed in *period_s*; *name* says what is counted."""

    name: str
    key: str
    cost: int
    limit: int
    period_s: float


class Tally:
    """What was counted on all nodes."""

    def __init__(self, commons: Commons | None = None) -> None:
        self._commons = commons or Commons("")

    async def wait_s(self, charges: Sequence[Charge]) -> float:
        """Return the seconds until all *charges* are within their limits, 0 if they are now or nobody knows."""
        return await self._ask("look", charges)

    async def take(self, charges: Sequence[Charge]) -> float:
        """Count all *charges* and return 0, or none of them and return the seconds to wait."""
        return await self._ask("take", charges)

    async def count(self, charge: Charge) -> None:
        """Count *charge*, be it within its limit or not."""
        await self._ask("count", [charge])

    async def _ask(self, mode: str, charges: Sequence[Charge]) -> float:
        if not self._commons.answers:
            return 0.0
        names = [f"{charge.name}:{blake2b(charge.key.encode(), digest_size=12).hexdigest()}" for charge in charges]
        told = [number for one in charges for number in (int(one.period_s * 1000), one.limit, one.cost)]
        wait_ms = await self._commons.run(_SCRIPT, names, [mode, *told])
        return (wait_ms or 0) / 1000
