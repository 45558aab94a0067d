"""What stands behind the doors: all of it in this process, or a part of it in the main one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from proxy.config import Site
from proxy.ping import Linkback, Sender
from proxy.reply import Told
from proxy.target import Targets
from proxy.upstream import Upstream


class Desk(Protocol):
    """Where linkbacks are handed in to be judged."""

    async def take(self, site: Site, linkback: Linkback, sender: Sender, endpoint: str, until: float) -> Told:
        """Record a linkback and return what its sender is told, before *until* (in the event loop's time)."""

    async def observe(self, site: Site, linkback: Linkback, sender: Sender, endpoint: str) -> None:
        """Record a linkback that went on as it came. Raises `StoreUnavailable`."""


class Counter(Protocol):
    """Where linkbacks are counted."""

    async def wait_s(self, remote_ip: str, targets: Sequence[str]) -> int | None:
        """Count one linkback for each of *targets*; None when they may pass, else the seconds to wait."""


@dataclass(frozen=True, slots=True)
class Behind:
    """All that a door asks."""

    desk: Desk
    gate: Counter
    upstream: Upstream
    targets: Targets
