"""The limits of fetching, as a configuration sets them."""

from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network

# {public_url} becomes the public URL of the site for which a page is fetched.
USER_AGENT = "Pingwarden/0.1 (verifying a linkback; +{public_url}/.well-known/pingwarden)"


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """How far a fetch may go. Times are seconds, sizes bytes.

    `allow_networks` are networks that may be fetched although they are not public, on any port; `ports` are those of
    public addresses. `timeout_s` is for the whole of one fetch with its redirects; the same time again may be spent
    waiting in queues. `max_bytes` holds on the wire and after decompression. An address is one IPv4 address or one
    IPv6 /64, a domain is one that somebody registers, and redirects count as fetches. At most `max_concurrent` are
    asked at a time, `max_queued` wait in all and `max_queued_per_host` for one host or address.
    """

    allow_networks: tuple[str | IPv4Network | IPv6Network, ...] = ()
    ports: tuple[int, ...] = (80, 443, 8080)
    timeout_s: float = 8.0
    connect_timeout_s: float = 3.0
    max_bytes: int = 1024 * 1024
    max_redirects: int = 5
    per_address_per_minute: int = 10
    per_domain_per_minute: int = 10
    in_all_per_minute: int = 1200
    max_concurrent: int = 32
    max_queued: int = 256
    max_queued_per_host: int = 20
    cache_entries: int = 256
    cache_bytes: int = 16 * 1024 * 1024
    cache_fresh_s: float = 60.0
    user_agent: str = USER_AGENT

    def per_minute(self) -> dict[str, int]:
        """Return the budgets by kind. Look-ups have one of their own, so that names without a server spend that."""
        return {
            "host": self.per_domain_per_minute,
            "domain": self.per_domain_per_minute,
            "address": self.per_address_per_minute,
            "all": self.in_all_per_minute,
            "look-ups": 5 * self.in_all_per_minute,
        }
