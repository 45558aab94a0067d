"""Taking a newly promoted model while the server runs."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace

from proxy.score.judge import Judge, open_judge
from proxy.score.shelf import Shelf

LOOK_EVERY_S = 0.4
_log = logging.getLogger("pingwarden.score")


async def watch(shelf: Shelf, present: Callable[[], Judge], put: Callable[[Judge], None]) -> None:
    """Hand every judge that comes into force to *put*, for ever. One that may not be used leaves the *present* one."""
    seen = present().stamp
    while True:
        await asyncio.sleep(LOOK_EVERY_S)
        now = shelf.stamp()
        if now == seen:
            continue
        seen = now
        put(await look(shelf, present()))


async def look(shelf: Shelf, present: Judge) -> Judge:
    """Return the judge that the shelf says; the *present* one, with what is wrong, where that one may not be used."""
    fresh = await asyncio.to_thread(open_judge, shelf)
    if fresh.trouble:
        _log.error("the model stays as it is: %s", fresh.trouble)
        return replace(present, trouble=fresh.trouble, stamp=fresh.stamp)
    _log.info("model=%s is in force", fresh.model_id)
    return fresh
