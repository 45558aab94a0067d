"""A training run from the words in the database to a model on the shelf, and how it is told that it ended."""

import asyncio
import threading
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from model.sample import Label
from proxy.score import ledger, training
from proxy.score.ledger import AlreadyTraining
from proxy.score.run import Phase
from proxy.score.shelf import shelf_in
from proxy.score.training import NotTrained, Order, train
from proxy.store import labels
from tests.databases import fresh
from tests.proxy.score.learning import example, examples, keep
from tests.waiting import until


async def test_what_persons_said_becomes_a_model_in_force(tmp_path: Path) -> None:
    shelf, heard = shelf_in(tmp_path), list[str]()
    async with fresh(tmp_path) as database:
        await keep(database, 6)
        assert await database.read(labels.new_words) == 12
        more = [example(number, label, source="file", by="file") for number in (7, 8) for label in Label]
        made = await train(database, shelf, Order("anna", more=more), progress=lambda what, _: heard.append(what))
        run = await ledger.state(database)
        assert (run.phase, run.model, run.promoted, run.labels) == (Phase.DONE, made.id, True, 16)
        assert (run.by, run.sentence) == ("anna", made.sentence)
        assert run.ended_at is not None
        assert await database.read(labels.new_words) == 0
    assert made.card.figures["labels"]["by_source"] == {"import": 12, "file": 4}
    assert shelf.promoted() == [made.id]
    assert heard[0] == "gathering labels"
    assert "judging it beside the present model" in heard


async def test_with_too_few_labels_it_waits_and_says_how_many_are_there(tmp_path: Path) -> None:
    async with fresh(tmp_path) as database:
        await keep(database, 2)
        with pytest.raises(NotTrained, match="2 of 5 spam and 2 of 5 ham labels are too few"):
            await train(database, shelf_in(tmp_path), Order("anna"))
        assert (await ledger.state(database)).phase is Phase.WAITING
    assert shelf_in(tmp_path).promoted() == []


async def test_files_alone_leave_what_stands_in_the_database_for_another_time(tmp_path: Path) -> None:
    async with fresh(tmp_path) as database:
        await keep(database, 6)
        with pytest.raises(NotTrained, match="3 of 5 spam and 3 of 5 ham"):
            await train(database, shelf_in(tmp_path), Order("anna", from_history=False, more=examples(3)))
        assert await database.read(labels.new_words) == 12


@pytest.mark.parametrize("problem", [MemoryError(), ZeroDivisionError("odd")])
async def test_what_goes_wrong_ends_the_run(tmp_path: Path, problem: Exception) -> None:
    def fail(*_: Any) -> None:
        raise problem

    async with fresh(tmp_path) as database:
        await keep(database, 6)
        with patch.object(training, "train_newcomer", fail), pytest.raises((NotTrained, ZeroDivisionError)):
            await train(database, shelf_in(tmp_path), Order("anna"))
        run = await ledger.state(database)
        memory = isinstance(problem, MemoryError)
        assert (run.phase, run.sentence) == (
            Phase.FAILED,
            "12 labels do not fit into memory" if memory else "it was stopped before its end",
        )


async def test_progress_is_told_while_it_goes_on_a_second_run_is_refused_and_a_stop_ends_it(tmp_path: Path) -> None:
    go_on = threading.Event()

    def slow(_shelf: Any, _examples: Any, _promote: Any, _at: Any, progress: Any) -> None:
        progress("learning", 0.25)
        go_on.wait(60)

    async with fresh(tmp_path) as database:
        await keep(database, 6)
        with patch.object(training, "train_newcomer", slow):
            task = asyncio.create_task(train(database, shelf_in(tmp_path), Order("anna")))

            async def is_told() -> bool:
                run = await ledger.state(database)
                return (run.what, run.done) == ("learning", 0.25)

            await until(is_told, "the progress")
            with pytest.raises(AlreadyTraining, match="by anna since "):
                await train(database, shelf_in(tmp_path), Order("ben"))
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        go_on.set()
        assert (await ledger.state(database)).sentence == "it was stopped before its end"
        await ledger.claim(database, "ben")
