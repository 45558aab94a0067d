"""How much one client, or all clients for one post, may send. Counted in memory, in fixed windows."""

from ipaddress import ip_address, ip_network

from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import FixedWindowRateLimiter

from proxy.clock import now
from proxy.config import Limits

_IPV6_CLIENT_BITS = 64


class Gate:
    """Counts linkbacks by client and by target."""

    def __init__(self, settings: Limits) -> None:
        self._limiter = FixedWindowRateLimiter(MemoryStorage())
        self._per_client = RateLimitItemPerMinute(settings.linkbacks_per_client_per_minute)
        self._per_target = RateLimitItemPerHour(settings.linkbacks_per_target_per_hour)

    async def wait_s(self, remote_ip: str, targets: list[str]) -> int | None:
        """Count one linkback for each of *targets*; None when they may pass, else the seconds to wait."""
        asked: list[tuple[RateLimitItem, str]] = [(self._per_client, "client " + client(remote_ip))] * len(targets)
        asked += [(self._per_target, "target " + target) for target in targets]
        for item, key in asked:
            if not await self._limiter.hit(item, key):
                ends = (await self._limiter.get_window_stats(item, key)).reset_time
                return max(1, round(ends - now().timestamp()))
        return None


def client(remote_ip: str) -> str:
    """Return what counts as one client: an IPv4 address, or the /64 of an IPv6 address."""
    try:
        address = ip_address(remote_ip)
    except ValueError:
        return remote_ip
    return str(address) if address.version == 4 else str(ip_network((address, _IPV6_CLIENT_BITS), strict=False))
