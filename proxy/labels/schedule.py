"""A running server reads WordPress's moderation by itself, where it may."""

import asyncio
import logging
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy.exc import IntegrityError

from proxy.clock import now
from proxy.config import Config, Site
from proxy.errors import StoreUnavailable
from proxy.labels.sync import sites_of, sync
from proxy.store import leases, moderation
from proxy.store.database import Database
from proxy.upstream import Upstream

LOOK_EVERY_S = 5.0
_MOST = timedelta(hours=1)  # that one look takes; of all nodes one looks
_log = logging.getLogger("pingwarden.labels")


async def sync_for_ever(configured: Callable[[], Config], database: Database, upstream: Upstream) -> None:
    """Read every site's moderation whenever it is due, for ever. What went wrong is tried again at the next time."""
    owner = secrets.token_hex(8)
    tried: dict[str, datetime] = {}
    while True:
        config = configured()
        pause = timedelta(hours=config.learning.sync_every_h)
        for site in sites_of(config) if pause else ():
            try:
                if await _is_due(database, site, pause, tried):
                    tried[site.name] = now()
                    await _sync(database, upstream, site, owner)
            except (StoreUnavailable, TimeoutError) as problem:
                _log.error("site=%s: WordPress's moderation was not read: %s", site.name, problem or "it took too long")
        await asyncio.sleep(LOOK_EVERY_S)


async def _is_due(database: Database, site: Site, pause: timedelta, tried: dict[str, datetime]) -> bool:
    last = await database.read(moderation.last_sync, site.name)
    latest = max((at for at in (last, tried.get(site.name)) if at is not None), default=None)
    return latest is None or now() - latest >= pause


async def _sync(database: Database, upstream: Upstream, site: Site, owner: str) -> None:
    name = f"labels of {site.name}"[:56]
    try:
        claimed = await database.write(leases.claim, name, owner, now(), now() + _MOST)
    except IntegrityError:
        claimed = False
    if not claimed:
        return
    try:
        async with asyncio.timeout(_MOST.total_seconds()):
            done = await sync(database, upstream, site)
    finally:
        await database.write(leases.release, name, owner)
    if done.trouble:
        _log.error("WordPress's moderation was not read: %s", done.trouble)
    elif done.taken.words:
        _log.info("site=%s new words from WordPress: spam=%s ham=%s", site.name, done.taken.spam, done.taken.ham)
