"""What stands behind the doors: all of it in this process, or a part of it in the main one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from proxy.config import Site
from proxy.identify import PostName
from proxy.limits import Outcome, Ticket
from proxy.ping import Linkback, Sender
from proxy.reply import Told
from proxy.target import Post
from proxy.upstream import Unanswered, Upstream
from proxy.wire.logins import LogIns


class Desk(Protocol):
    """Where linkbacks are handed in to be judged."""

    async def take(self, site: Site, linkback: Linkback, sender: Sender, endpoint: str, until: float) -> Told:
        """Record a linkback and return what its sender is told, before *until* (in the event loop's time)."""

    async def observe(self, site: Site, linkback: Linkback, sender: Sender, endpoint: str) -> None:
        """Record a linkback that went on as it came. Raises `StoreUnavailable`."""


class LogInCounter(Protocol):
    """Where failed log-ins are counted; all three are once for all processes."""

    async def wait_s(self, remote_ip: str) -> int | None:
        """Return for how many seconds that client is taken no call from, None while it is."""

    async def admit(self, remote_ip: str, tried: LogIns) -> Ticket | int:
        """Let a call go on, at once or when others have been answered; or return how many seconds it has to wait."""

    async def settle(self, ticket: Ticket, outcome: Outcome) -> int:
        """Note what came of a call, and return how many log-ins were counted as failed."""


class Counter(Protocol):
    """Where linkbacks and calls are counted."""

    @property
    def log_ins(self) -> LogInCounter:
        """Where failed log-ins are counted."""

    async def wait_s(self, remote_ip: str, targets: Sequence[str], linkbacks: int | None = None) -> int | None:
        """Count one linkback for each of *targets*; None when they may pass, else the seconds to wait.

        Of the client *linkbacks* are counted, as many as there are targets unless said.
        """

    async def call_wait_s(self, remote_ip: str, size: int) -> int | None:
        """Count one call of *size* bytes; None when it may pass, else the seconds to wait."""


class Posts(Protocol):
    """Where it is known which post is meant."""

    async def named(self, site: Site, name: PostName) -> Post | Unanswered | None:
        """Return the post that a trackback names, None when the site has no such post."""


@dataclass(frozen=True, slots=True)
class Behind:
    """All that a door asks."""

    desk: Desk
    gate: Counter
    upstream: Upstream
    targets: Posts
