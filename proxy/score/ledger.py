"""Who trains now, and how it goes: kept in the database, so that of all processes on all nodes one trains at a time."""

import json
import secrets
from dataclasses import replace
from datetime import timedelta

from sqlalchemy.exc import IntegrityError

from proxy.clock import now
from proxy.errors import PingwardenError
from proxy.labels.sample import stamp
from proxy.score.run import Phase, Run
from proxy.store import leases, people
from proxy.store.database import Database

NEEDED_OF_EACH = 5  # labels of either class, as `model.site` wants them
_LEASE = timedelta(seconds=30)
_NAME = "training"


class AlreadyTraining(PingwardenError):
    """Another run goes on; the message says since when and by whom."""


async def claim(database: Database, by: str) -> str:
    """Begin a run: nobody else can until it ended. Return the owner's mark. Raises `AlreadyTraining`."""
    owner = secrets.token_hex(8)
    try:
        claimed = await database.write(leases.claim, _NAME, owner, now(), now() + _LEASE)
    except IntegrityError:
        claimed = False
    if not claimed:
        run = await state(database)
        raise AlreadyTraining(f"a model is being trained already, by {run.by} since {run.started_at}")
    await _keep(database, Run(Phase.RUNNING, by, started_at=stamp(now()), what="starting"))
    return owner


async def state(database: Database) -> Run:
    """Return the run that goes on, else how the last one ended."""
    # The lease first: who ends writes how it ended before giving the lease back. And once more, for one just begun.
    held = await database.read(leases.owner_of, _NAME, now())
    run = Run.from_text(await database.read(people.setting, _NAME))
    if run.runs and not held and not await database.read(leases.owner_of, _NAME, now()):
        return replace(run, phase=Phase.FAILED, sentence="it was cut off before its end")
    return run


async def end(database: Database, owner: str, run: Run) -> None:
    """End a run, unless it is over already."""
    if await database.read(leases.owner_of, _NAME, now()) == owner:
        await _keep(database, replace(run, ended_at=stamp(now()), done=1.0))
        await database.write(leases.release, _NAME, owner)


async def wait(database: Database, run: Run) -> None:
    """Remember, where nobody trains, what is waited for."""
    if not (await state(database)).runs:
        await _keep(database, run)


async def tell(database: Database, owner: str, run: Run) -> None:
    """Tell how far the owner's run is, and keep the turn."""
    await database.write(leases.claim, _NAME, owner, now(), now() + _LEASE)
    await _keep(database, run)


async def _keep(database: Database, run: Run) -> None:
    await database.write(people.remember, _NAME, json.dumps(run.to_json()))


def waiting_for(spam: int, ham: int, needed: int) -> str:
    """Return the sentence that says what is missing to learn from."""
    counts = f"{spam} of {needed} spam and {ham} of {needed} ham"
    return f"{counts} labels are too few to learn from; the model in force stays until there are enough"
