"""One site: WordPress's moderation into the database, and our spam back into WordPress where its owner allows it."""

from collections.abc import Callable
from dataclasses import dataclass

from proxy.clock import now
from proxy.config import Config, Site
from proxy.errors import PingwardenError
from proxy.labels.wordpress import Door, open_door
from proxy.store import moderation
from proxy.store.database import Database
from proxy.store.moderation import Taken
from proxy.upstream import Upstream

Progress = Callable[[int, int], None]
"""Told how many comments were looked at, and of how many."""


@dataclass(frozen=True, slots=True)
class Synced:
    """What a sync did at a site; `trouble` is the sentence that says why it did not come to its end."""

    site: str
    door: str = ""
    looked_at: int = 0
    taken: Taken = Taken()
    marked: int = 0
    trouble: str = ""


def silent(_done: int, _total: int) -> None:
    """Progress for nobody."""


def sites_of(config: Config) -> list[Site]:
    """Return the sites whose WordPress may be asked for labels."""
    return [site for site in config.sites if site.wordpress.username and site.wordpress.application_password]


async def sync(database: Database, upstream: Upstream, site: Site, progress: Progress = silent) -> Synced:
    """Bring over every word that is new, and mark spam where that is allowed. Bad luck is told in `trouble`."""
    done = Synced(site.name)
    try:
        door = await open_door(upstream, site)
        holds = await _holds_pings(database, site, door)
        done = Synced(site.name, door.name)
        async for page, total in door.pages():
            changed = await database.read(moderation.changes, site.name, page)
            texts = await door.texts([change.seen for change in changed if change.needs_text])
            taken = Taken()
            if changed:
                taken = await database.write(
                    moderation.take, site.name, site.our_hosts, changed, texts, holds, now()
                )  # fmt: skip
            done = Synced(site.name, door.name, done.looked_at + len(page), done.taken + taken)
            progress(done.looked_at, max(total, done.looked_at))
        marked = await _write_back(database, site, door) if site.wordpress.write_back else 0
        await database.write(moderation.synced, site.name, now())
        return Synced(site.name, door.name, done.looked_at, done.taken, marked)
    except PingwardenError as problem:
        return Synced(site.name, done.door, done.looked_at, done.taken, trouble=str(problem))


async def _holds_pings(database: Database, site: Site, door: Door) -> bool:
    if await database.read(moderation.holds_pings, site.name):
        return True
    holds = await door.holds_pings()
    if holds:
        await database.write(moderation.now_holds_pings, site.name, now())
    return holds


async def _write_back(database: Database, site: Site, door: Door) -> int:
    marked = 0
    for ping_id, comment_id in await database.read(moderation.to_mark, site.name):
        if await door.mark_spam(comment_id):
            await database.write(moderation.marked, site.name, ping_id, comment_id, now())
            marked += 1
        else:
            await database.write(moderation.forget, site.name, comment_id)
    return marked
