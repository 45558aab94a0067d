"""One training run: gather what persons said, learn, judge, shelve. The command line, the schedule and the API use it.

Of all processes on all nodes one trains at a time (a lease in the database), and tells there how far it is. Learning
itself takes a thread of its own; a server starts a process for it (`workshop`).
"""

import asyncio
import contextlib
import logging
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TypeVar

from model.errors import ModelError, TooFewLabels
from model.train import Progress, silent
from proxy.clock import now
from proxy.errors import PingwardenError, StoreUnavailable
from proxy.labels.words import LabelledSample
from proxy.score import share
from proxy.score.examples import Example, Gathered, example_of
from proxy.score.ledger import claim, end, state, tell, waiting_for
from proxy.score.newcomer import Newcomer, train_newcomer
from proxy.score.run import Phase, Promote, Run
from proxy.score.shelf import Shelf
from proxy.store import labels
from proxy.store.database import Database

T = TypeVar("T")
_TOLD_EVERY_S = 0.4
_log = logging.getLogger("pingwarden.train")


class NotTrained(PingwardenError):
    """There is nothing to learn from yet, or learning failed; the message says which."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be learnt from, what is to become of the result, and who wants it."""

    by: str
    promote: Promote = "auto"
    from_history: bool = True
    more: Iterable[Example] = ()  # read once, in a thread
    shared: bool = False  # the database is that of several nodes: they get the model too


async def train(
    database: Database, shelf: Shelf, order: Order, owner: str | None = None, progress: Progress = silent
) -> Newcomer:
    """Train once and return what came out. *owner* is the mark of a run that was claimed already.

    Raises `AlreadyTraining`, `NotTrained` with the reason, or what reading the order's examples raises; the state of
    training says the same.
    """
    owner = owner or await claim(database, order.by)
    work = _Work(database, owner, await state(database), progress)
    beat = asyncio.create_task(work.beat())
    ended = replace(work.run, phase=Phase.FAILED, sentence="it was stopped before its end")
    try:
        made = await _train(work, shelf, order)
        ended = replace(work.run, phase=Phase.DONE, model=made.id, promoted=made.promoted, sentence=made.sentence)
        return made
    except TooFewLabels as few:
        ended = replace(work.run, phase=Phase.WAITING, sentence=waiting_for(few.spam, few.ham, few.needed))
        raise NotTrained(ended.sentence) from None
    except PingwardenError as problem:
        ended = replace(work.run, phase=Phase.FAILED, sentence=str(problem))
        raise
    except (ModelError, MemoryError, OSError) as problem:  # OSError: the disk is full of labels, say
        told = str(problem) or f"{work.run.labels} labels do not fit into memory"
        ended = replace(work.run, phase=Phase.FAILED, sentence=told)
        raise NotTrained(ended.sentence) from None
    finally:
        beat.cancel()
        await end(database, owner, ended)


async def _train(work: "_Work", shelf: Shelf, order: Order) -> Newcomer:
    work.tell("gathering labels", 0.0)
    shelf.directory.mkdir(parents=True, exist_ok=True)
    with Gathered(shelf.directory) as gathered:
        await _gather(work, order, gathered)
        examples = await _in_thread(gathered.latest)
        work.run = replace(work.run, labels=len(examples))
        work.tell("gathering labels", 1.0)
        made = await _in_thread(lambda: train_newcomer(shelf, examples, order.promote, now(), work.tell))
    common = work.database if order.shared else None
    await share.publish(common, shelf, made.id)
    if made.promoted:
        await share.promote(common, shelf, made.id)
    return made


async def _gather(work: "_Work", order: Order, gathered: Gathered) -> None:
    def take_all() -> None:
        for one in order.more:
            gathered.add(one)

    def take(word: LabelledSample) -> None:
        one = example_of(word)
        if one is not None:
            gathered.add(one, tie=one.key)

    await _in_thread(take_all)
    if order.from_history:
        mark = await work.database.read(labels.mark)
        await work.database.read(labels.hand_over, take)
        await work.database.write(labels.learnt, mark)


@dataclass(slots=True)
class _Work:
    """A run at work: what it is told from its thread reaches the database every so often, with the lease renewed."""

    database: Database
    owner: str
    run: Run
    terminal: Progress

    def tell(self, what: str, done: float) -> None:
        self.run = self.run.at(what, done)
        self.terminal(what, done)

    async def beat(self) -> None:
        while True:
            try:
                await tell(self.database, self.owner, self.run)
            except StoreUnavailable as problem:
                _log.warning("how far training is cannot be told: %s", problem)
            await asyncio.sleep(_TOLD_EVERY_S)


async def _in_thread(work: Callable[[], T]) -> T:
    """Run *work* in a thread that nobody waits for when the process ends, unlike those of `asyncio.to_thread`."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def settle(result: T | None, problem: BaseException | None) -> None:
        if done.done():
            return
        if problem is not None:
            done.set_exception(problem)
        else:
            done.set_result(result)  # type: ignore[arg-type]

    def run() -> None:
        result, problem = None, None
        try:
            result = work()
        except BaseException as raised:  # noqa: BLE001 - it is raised again where it is awaited
            problem = raised
        with contextlib.suppress(RuntimeError):  # the loop has ended, and nobody waits any more
            loop.call_soon_threadsafe(settle, result, problem)

    threading.Thread(target=run, name="training", daemon=True).start()
    return await done
