"""When a server trains by itself."""

import json
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from proxy.clock import now
from proxy.config import from_mapping
from proxy.score import ledger
from proxy.score.run import Phase, Promote, Run
from proxy.score.schedule import retrain_if_due
from proxy.score.workshop import Workshop
from proxy.store import labels, people
from tests.databases import fresh
from tests.proxy.score.learning import keep


@dataclass(slots=True)
class Counting(Workshop):
    """Counts how often it was told to train."""

    trained: int = 0

    async def train(self, by: str, promote: Promote = "auto") -> Run:
        """Note it."""
        assert (by, promote) == ("schedule", "auto")
        self.trained += 1
        return Run()


@pytest.mark.parametrize(
    ("learning", "words", "hours_ago", "trains"),
    [
        ({}, 20, None, True),
        ({}, 18, None, False),
        ({"retrain_after_labels": 18}, 18, None, True),
        ({"retrain_after_labels": 0}, 40, None, False),
        ({}, 20, 5, False),
        ({}, 20, 7, True),
        ({"retrain_at_most_every_h": 2}, 20, 3, True),
    ],
)
async def test_it_trains_when_enough_is_new_and_the_last_time_long_ago(
    tmp_path: Path, learning: dict[str, Any], words: int, hours_ago: int | None, trains: bool
) -> None:
    raw = {"state_dir": str(tmp_path), "sites": [{"upstream": "http://127.0.0.1:9"}], "learning": learning}
    async with fresh(tmp_path) as database:
        workshop = Counting(lambda: from_mapping(raw), database)
        await keep(database, 6)
        await database.write(labels.learnt, await database.read(labels.mark))
        await keep(database, words // 2, first=100)
        if hours_ago is not None:
            run = Run(Phase.DONE, started_at=(now() - timedelta(hours=hours_ago)).isoformat())
            await database.write(people.remember, "training", json.dumps(run.to_json()))
        assert await retrain_if_due(workshop) is trains
        assert workshop.trained == trains


async def test_while_one_runs_and_with_too_few_of_a_label_it_waits_and_says_so(tmp_path: Path) -> None:
    raw = {"state_dir": str(tmp_path), "sites": [{"upstream": "http://127.0.0.1:9"}]}
    raw["learning"] = {"retrain_after_labels": 4}  # type: ignore[assignment]
    async with fresh(tmp_path) as database:
        workshop = Counting(lambda: from_mapping(raw), database)
        await keep(database, 3)
        assert not await retrain_if_due(workshop)
        run = await ledger.state(database)
        assert (run.phase, run.sentence[:27]) == (Phase.WAITING, "3 of 5 spam and 3 of 5 ham ")
        await keep(database, 3, first=10)
        owner = await ledger.claim(database, "anna")
        assert not await retrain_if_due(workshop)
        await ledger.end(database, owner, Run(Phase.FAILED))
        assert await retrain_if_due(workshop)
        assert workshop.trained == 1
