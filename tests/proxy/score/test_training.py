"""A training run from the words in the database to a model on the shelf, and how it is told that it ended."""

import asyncio
import gc
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from model.errors import TooFewLabels
from model.sample import Label, Sample
from proxy.errors import PingwardenError
from proxy.score import examples as examples_room
from proxy.score import ledger, training
from proxy.score.examples import Example
from proxy.score.ledger import AlreadyTraining
from proxy.score.run import Phase
from proxy.score.shelf import shelf_in
from proxy.score.training import NotTrained, Order, train
from proxy.store import labels
from tests.databases import fresh
from tests.proxy.score.learning import example, examples, keep
from tests.waiting import until


async def test_what_persons_said_becomes_a_model_in_force(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examples_room, "IN_MEMORY_BYTES", 1)
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
    assert opened(tmp_path) == 0


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


@pytest.mark.parametrize(
    ("problem", "sentence"),
    [
        (MemoryError(), "12 labels do not fit into memory"),
        (OSError(28, "No space left on device"), "[Errno 28] No space left on device"),
        (ZeroDivisionError("odd"), "it was stopped before its end"),
    ],
)
async def test_what_goes_wrong_ends_the_run(tmp_path: Path, problem: Exception, sentence: str) -> None:
    def fail(*_: Any) -> None:
        raise problem

    async with fresh(tmp_path) as database:
        await keep(database, 6)
        with patch.object(training, "train_newcomer", fail), pytest.raises((NotTrained, ZeroDivisionError)):
            await train(database, shelf_in(tmp_path), Order("anna"))
        run = await ledger.state(database)
        assert (run.phase, run.sentence) == (Phase.FAILED, sentence)
    assert opened(tmp_path) == 0


async def test_very_many_wait_on_disk_and_give_it_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the words in the database and in a file a few are in memory at a time; whatever happens, the file is gone."""
    monkeypatch.setattr(examples_room, "IN_MEMORY_BYTES", 1)
    most = 0

    def look(_shelf: Any, found: Sequence[Example], *_: Any) -> None:
        nonlocal most
        assert (len(found), opened(tmp_path)) == (400, 1)
        most = max(living() for place, _ in enumerate(found) if place % 20 == 0)
        raise TooFewLabels(4, 200, 5)

    async with fresh(tmp_path) as database:
        await keep(database, 100)
        before = living()
        more = (example(number, label, source="file", by="file") for number in range(100, 200) for label in Label)
        with patch.object(training, "train_newcomer", look), pytest.raises(NotTrained, match="4 of 5 spam"):
            await train(database, shelf_in(tmp_path), Order("anna", more=more))
    assert 0 < most - before < 10
    assert opened(tmp_path) == 0


async def test_a_line_that_cannot_be_read_ends_the_run_and_is_told(tmp_path: Path) -> None:
    def broken() -> Iterator[Example]:
        yield from examples(6)
        raise PingwardenError("labels.jsonl, line 13: label = 'odd'")

    async with fresh(tmp_path) as database:
        with pytest.raises(PingwardenError, match="line 13"):
            await train(database, shelf_in(tmp_path), Order("anna", more=broken()))
        run = await ledger.state(database)
        assert (run.phase, run.sentence) == (Phase.FAILED, "labels.jsonl, line 13: label = 'odd'")
    assert opened(tmp_path) == 0


def living() -> int:
    return sum(type(thing) is Sample for thing in gc.get_objects())


def opened(directory: Path) -> int:
    """How many nameless files the process has open in a directory."""
    files = [str(link.readlink()) for link in Path("/proc/self/fd").iterdir() if link.is_symlink()]
    return sum(str(directory) in file and "(deleted)" in file for file in files)


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
