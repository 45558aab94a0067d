"""Following the configuration while running: what is read anew counts at once, or not at all.

What lives as long as the process (listeners, the database, what was counted so far) is opened once, by the
configuration of the start; everything else follows the `Config` that is handed to it.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from proxy.config import Config
from proxy.errors import ConfigError

FIXED = ("listen", "admin_listen", "state_dir", "database", "redis", "workers")  # what was opened at the start
_log = logging.getLogger("pingwarden")


@dataclass(slots=True)
class Reload:
    """The configuration in force, and `trouble`: what keeps the one that was read last from being in force.

    `follow` raises OSError before anything follows, or not at all.
    """

    present: Config
    follow: Callable[[Config], Awaitable[None]]
    trouble: str = ""

    async def read_anew(self, read: Callable[[], Config]) -> None:
        """Follow what *read* returns; if that is wrong or cannot be followed, everything stays as it was."""
        try:
            wanted = await asyncio.to_thread(read)
        except ConfigError as problem:
            self.trouble = str(problem)
            _log.error("the configuration stays as it was: %s", problem)
            return
        fixed = differing(self.present, wanted)
        before, self.present = (
            self.present,
            wanted.model_copy(update={key: getattr(self.present, key) for key in fixed}),
        )
        try:
            await self.follow(self.present)
        except OSError as problem:
            self.present, self.trouble = before, str(problem)
            _log.error("the configuration stays as it was: %s", problem)
            return
        self.trouble = _sentence(fixed)
        if fixed:
            _log.warning("%s", self.trouble)
        _log.info("the configuration was read anew: sites=%s", ",".join(site.name for site in wanted.sites))


def differing(present: Config, wanted: Config) -> list[str]:
    """Return the keys that cannot change while running, but would."""
    return [key for key in FIXED if getattr(present, key) != getattr(wanted, key)]


def _sentence(keys: list[str]) -> str:
    if not keys:
        return ""
    stays = "stays as it is" if len(keys) == 1 else "stay as they are"
    return f"{', '.join(keys)} cannot change while running and {stays} until the next start; the rest is in force"
