"""Of all processes that share a database one trains at a time, and everybody is told how it goes."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from model.site import MIN_EACH
from proxy.clock import now
from proxy.score import ledger
from proxy.score.ledger import AlreadyTraining
from proxy.score.run import Phase, Run
from proxy.store import leases
from proxy.store.database import Database
from tests.databases import fresh


async def test_the_second_is_told_who_trains(tmp_path: Path) -> None:
    async with fresh(tmp_path) as one, fresh(tmp_path) as other:
        outcomes = await asyncio.gather(
            ledger.claim(one, "anna"), ledger.claim(other, "schedule"), return_exceptions=True
        )
        (refused,) = (found for found in outcomes if isinstance(found, AlreadyTraining))
        assert "a model is being trained already, by " in str(refused)
        assert (await ledger.state(one)).runs
        assert await ledger.state(one) == await ledger.state(other)


async def test_a_run_is_told_and_ended_by_its_owner_alone(tmp_path: Path) -> None:
    async with fresh(tmp_path) as database:
        owner = await ledger.claim(database, "anna")
        run = await ledger.state(database)
        await ledger.tell(database, owner, run.at("learning", 0.5))
        await ledger.end(database, "somebody else", Run(Phase.FAILED))
        await ledger.wait(database, Run(Phase.WAITING))
        present = await ledger.state(database)
        assert (present.phase, present.what, present.done, present.by) == (Phase.RUNNING, "learning", 0.5, "anna")
        await ledger.end(database, owner, Run(Phase.DONE, "anna", model="1"))
        assert (await ledger.state(database)).model == "1"
        await ledger.claim(database, "schedule")


async def test_one_that_was_cut_off_is_over_once_its_lease_ends(tmp_path: Path) -> None:
    async with fresh(tmp_path) as database:
        owner = await ledger.claim(database, "anna")
        past = now() - timedelta(seconds=1)
        assert await database.write(leases.claim, "training", owner, now(), past)
        run = await ledger.state(database)
        assert (run.phase, run.sentence) == (Phase.FAILED, "it was cut off before its end")
        await ledger.claim(database, "anna")


def test_what_is_missing_is_said() -> None:
    assert ledger.NEEDED_OF_EACH == MIN_EACH
    assert ledger.waiting_for(7, 2, 10) == (
        "7 of 10 spam and 2 of 10 ham labels are too few to learn from; the model in force stays until there are enough"
    )


async def test_a_run_that_ends_while_it_is_asked_about_was_not_cut_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with fresh(tmp_path) as database:
        owner = await ledger.claim(database, "anna")
        read = database.read
        asked = 0

        async def read_and_end(*args: Any) -> Any:
            nonlocal asked
            asked += 1
            answer = await read(*args)
            if asked == 1:
                await ledger.end(database, owner, Run(Phase.DONE, "anna"))
            return answer

        monkeypatch.setattr(Database, "read", lambda _, *args: read_and_end(*args))
        assert (await ledger.state(database)).phase in {Phase.RUNNING, Phase.DONE}
