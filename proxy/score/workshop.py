"""A running server's models: which there are, training them in a process of their own, promoting, rolling back.

The API and the pages ask here. Nothing blocks the event loop: files are read in threads.
"""

import asyncio
import json
import logging
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from model.errors import ModelError
from proxy.config import Config
from proxy.environment import for_child
from proxy.errors import PingwardenError
from proxy.ping import Label
from proxy.score import ledger, share
from proxy.score.portrait import Entry, Portrait, entries, portrait
from proxy.score.run import Phase, Promote, Run
from proxy.score.shelf import Shelf, shelf_in
from proxy.store import labels
from proxy.store.database import Database
from proxy.store.labels import Tally
from proxy.store.scope import EVERYWHERE, Scope, Within

_MOST_S = 12 * 3600.0  # a million labels take some two hours of a processor, and others come first
_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
# What the driver of PostgreSQL reads where the URL leaves something open: PGPASSWORD, ~/.pgpass, ~/.postgresql.
_OF_DATABASE = ("HOME", "PG*")
_log = logging.getLogger("pingwarden.train")


class NotUsable(PingwardenError):
    """A model's files may not be used; the message says why."""


@dataclass(frozen=True, slots=True)
class Standing:
    """The labels so far, and what is missing until a site's own model is trained by itself."""

    tally: tuple[Tally, ...]  # how many of which label by whom and from where
    needed_of_each: int
    new_since_training: int
    retrain_after: int  # 0: never by itself

    @property
    def counts(self) -> Mapping[Label, int]:
        """How many there are of each label."""
        return {label: sum(one.count for one in self.tally if one.label is label) for label in Label}

    @property
    def missing(self) -> Mapping[Label, int]:
        """How many of each label are missing before anything can be learnt."""
        return {label: max(0, self.needed_of_each - count) for label, count in self.counts.items()}

    @property
    def is_enough(self) -> bool:
        """True when a model can be trained."""
        return not any(self.missing.values())

    @property
    def sentence(self) -> str:
        """What is waited for, for people; empty when nothing is."""
        if self.is_enough:
            return ""
        return ledger.waiting_for(self.counts[Label.SPAM], self.counts[Label.HAM], self.needed_of_each)


@dataclass(slots=True)
class Workshop:
    """The models of one server. `close` ends a training that goes on."""

    configured: Callable[[], Config]
    database: Database
    _child: asyncio.subprocess.Process | None = None
    _watching: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def config(self) -> Config:
        """The configuration as it is now."""
        return self.configured()

    @property
    def shelf(self) -> Shelf:
        """Where the models are."""
        return shelf_in(self.config.state_dir)

    @property
    def common(self) -> Database | None:
        """The database where several nodes share it."""
        return share.shared(self.config, self.database)

    async def entries(self) -> tuple[Entry, ...]:
        """Return every model, the shipped one first."""
        return await asyncio.to_thread(entries, self.shelf)

    async def portrait(self, shelf_id: str) -> Portrait:
        """Return all of one model. Raises `UnknownThing`."""
        return await asyncio.to_thread(portrait, self.shelf, shelf_id)

    async def standing(self, scope: Scope = EVERYWHERE) -> Standing:
        """Return the labels so far, within *scope*, and what is missing."""
        tally = await Within(self.database, scope).read(labels.tally)
        new = await self.database.read(labels.new_words)
        return Standing(tally, ledger.NEEDED_OF_EACH, new, self.config.learning.retrain_after_labels)

    async def run(self) -> Run:
        """Return the training that goes on anywhere, else how the last one ended."""
        return await ledger.state(self.database)

    async def train(self, by: str, promote: Promote = "auto") -> Run:
        """Start to train and return at once; with too few labels only say so. Raises `AlreadyTraining`, OSError."""
        standing = await self.standing()
        if not standing.is_enough:
            waiting = replace(await self.run(), phase=Phase.WAITING, by=by, sentence=standing.sentence)
            await ledger.wait(self.database, waiting)
            return await self.run()
        owner = await ledger.claim(self.database, by)
        order = {
            "database_url": self.config.database_url,
            "state_dir": str(self.config.state_dir),
            "by": by,
            "promote": promote,
            "shared": self.common is not None,
            "owner": owner,
        }
        try:
            self._child = await _child()
        except OSError as problem:
            told = f"no process can be started to train in: {problem}"
            await ledger.end(self.database, owner, replace(await self.run(), phase=Phase.FAILED, sentence=told))
            raise
        task = asyncio.create_task(self._see_through(self._child, json.dumps(order).encode(), owner), name="training")
        self._watching.add(task)
        task.add_done_callback(self._watching.discard)
        return await self.run()

    async def promote(self, name: str, by: str) -> Entry:
        """Put the model of this id or model_id in force.

        Raises `UnknownThing`, or `NotUsable` when its files may not be loaded.
        """
        try:
            shelf_id = await share.promote(self.common, self.shelf, name)
        except ModelError as problem:
            raise NotUsable(str(problem)) from None
        _log.info("model=%s was promoted by %s", shelf_id, by)
        return await self._entry(shelf_id)

    async def roll_back(self, by: str) -> Entry:
        """Put the model before the present one in force. Raises `NothingToRollBack`."""
        shelf_id = await share.roll_back(self.common, self.shelf)
        _log.info("model=%s is back, by %s", shelf_id, by)
        return await self._entry(shelf_id)

    async def close(self) -> None:
        """End the training that this server began."""
        if self._child is not None and self._child.returncode is None:
            self._child.terminate()
        if self._watching:
            await asyncio.wait(self._watching, timeout=5)

    async def _entry(self, shelf_id: str) -> Entry:
        return next(one for one in await self.entries() if one.id == shelf_id)

    async def _see_through(self, child: asyncio.subprocess.Process, order: bytes, owner: str) -> None:
        try:
            async with asyncio.timeout(_MOST_S):
                await child.communicate(order)
        except TimeoutError:
            child.kill()
            await child.wait()
        run = await self.run()
        if run.runs:
            told = f"the process that trained ended before its end (status {child.returncode}); the log may say why"
            await ledger.end(self.database, owner, replace(run, phase=Phase.FAILED, sentence=told))


async def _child() -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "proxy.score.child",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
        env=for_child(*_OF_DATABASE) | _ONE_THREAD,
    )
