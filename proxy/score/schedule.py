"""A running server trains by itself once persons said enough that is new."""

import asyncio
import logging
from dataclasses import replace
from datetime import datetime, timedelta

from proxy.clock import now
from proxy.errors import StoreUnavailable
from proxy.score import ledger
from proxy.score.run import Phase, Run
from proxy.score.workshop import Workshop
from proxy.store import labels

LOOK_EVERY_S = 5.0
_BY = "schedule"
_log = logging.getLogger("pingwarden.train")


async def retrain_for_ever(workshop: Workshop) -> None:
    """Train whenever it is due, for ever."""
    while True:
        try:
            await retrain_if_due(workshop)
        except (StoreUnavailable, OSError) as problem:  # OSError: there is no room for another process now
            _log.error("nothing can be trained now: %s", problem)
        await asyncio.sleep(LOOK_EVERY_S)


async def retrain_if_due(workshop: Workshop) -> bool:
    """Start to train when enough is new and the last time is long enough ago; return whether that was so."""
    learning, run = workshop.config.learning, await workshop.run()
    if not learning.retrain_after_labels or run.runs:
        return False
    new = await workshop.database.read(labels.new_words)
    if new < learning.retrain_after_labels or not _is_over(run, timedelta(hours=learning.retrain_at_most_every_h)):
        return False
    standing = await workshop.standing()
    if not standing.is_enough:
        if run.sentence != standing.sentence:
            waiting = replace(run, phase=Phase.WAITING, by=_BY, sentence=standing.sentence)
            await ledger.wait(workshop.database, waiting)
        return False
    try:
        await workshop.train(_BY)
    except ledger.AlreadyTraining:
        return False  # another node was quicker
    _log.info("training: %s labels are new", new)
    return True


def _is_over(run: Run, pause: timedelta) -> bool:
    return run.started_at is None or now() - datetime.fromisoformat(run.started_at) >= pause
