"""A server's models: trained in a process of their own, promoted, rolled back."""

import asyncio
import errno
from collections.abc import AsyncIterator
from pathlib import Path
from time import monotonic

import pytest

from proxy.config import from_mapping
from proxy.ping import Label
from proxy.score.ledger import AlreadyTraining
from proxy.score.run import Phase, Run
from proxy.score.shelf import NothingToRollBack
from proxy.score.workshop import NotUsable, Workshop
from tests.databases import fresh
from tests.proxy.score.learning import keep
from tests.proxy.score.shelves import make
from tests.waiting import until


@pytest.fixture
async def workshop(tmp_path: Path) -> AsyncIterator[Workshop]:
    """A workshop with a database."""
    config = from_mapping({"state_dir": str(tmp_path), "sites": [{"upstream": "http://127.0.0.1:9"}]})
    async with fresh(tmp_path) as database:
        workshop = Workshop(lambda: config, database)
        yield workshop
        await workshop.close()


async def ended(workshop: Workshop) -> Run:
    """The run once it is over."""

    async def over() -> Run | None:
        run = await workshop.run()
        return None if run.runs else run

    return await until(over, "the end of training", deadline_s=200)


async def test_a_server_trains_beside_its_other_work(workshop: Workshop) -> None:
    await keep(workshop.database, 6)
    longest, last = 0.0, monotonic()

    async def tick() -> None:
        nonlocal longest, last
        while True:
            await asyncio.sleep(0.01)
            longest, last = max(longest, monotonic() - last), monotonic()

    ticking = asyncio.create_task(tick())
    run = await workshop.train("anna")
    assert (run.phase, run.by) == (Phase.RUNNING, "anna")
    with pytest.raises(AlreadyTraining):
        await workshop.train("ben")
    run = await ended(workshop)
    ticking.cancel()
    assert (run.phase, run.labels, run.promoted) == (Phase.DONE, 12, True), run
    assert longest < 2, "the event loop stood still"
    shipped, own = await workshop.entries()
    assert (shipped.in_force, own.in_force, own.id) == (False, True, run.model)
    assert (await workshop.portrait(own.id)).learnt_from.by_label == {"ham": 6, "spam": 6}


async def test_with_too_few_labels_no_process_is_started(workshop: Workshop) -> None:
    await keep(workshop.database, 3)
    run = await workshop.train("anna")
    assert (run.phase, run.by) == (Phase.WAITING, "anna")
    standing = await workshop.standing()
    assert standing.sentence == run.sentence != ""
    assert standing.missing == {Label.SPAM: 2, Label.HAM: 2}
    assert (standing.new_since_training, standing.retrain_after) == (6, 20)
    assert workshop._child is None


async def test_a_process_that_cannot_be_started_is_told_of_and_the_next_one_may_try(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def short_of_files(*_: object, **__: object) -> None:
        raise OSError(errno.EMFILE, "Too many open files")

    await keep(workshop.database, 6)
    monkeypatch.setattr(asyncio, "create_subprocess_exec", short_of_files)
    for _ in range(2):  # not `AlreadyTraining`
        with pytest.raises(OSError, match="Too many"):
            await workshop.train("anna")
    run = await workshop.run()
    assert run.phase is Phase.FAILED
    assert "no process can be started to train in: " in run.sentence


async def test_a_process_that_is_ended_is_told_of(workshop: Workshop) -> None:
    await keep(workshop.database, 6)
    await workshop.train("anna")
    assert workshop._child is not None
    workshop._child.kill()
    run = await ended(workshop)
    assert (run.phase, run.sentence) == (
        Phase.FAILED,
        "the process that trained ended before its end (status -9); the log may say why",
    )


async def environment(process: int) -> bytes | None:
    """What a process was given when it began; None while it is still becoming another program."""
    return await asyncio.to_thread(Path(f"/proc/{process}/environ").read_bytes) or None


async def test_the_process_gets_no_secret_but_the_database_s(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PINGWARDEN_TOKEN", "very secret")
    monkeypatch.setenv("PGPASSWORD", "of the database")
    await keep(workshop.database, 6)
    await workshop.train("anna")
    child = workshop._child
    assert child is not None
    got = await until(lambda: environment(child.pid), "its environment")
    assert (b"of the database" in got, b"very secret" in got) == (True, False)
    await workshop.close()


async def test_closing_ends_the_process(workshop: Workshop) -> None:
    await keep(workshop.database, 6)
    await workshop.train("anna")
    await workshop.close()
    assert workshop._child is not None
    assert workshop._child.returncode is not None


async def test_promote_and_roll_back(workshop: Workshop) -> None:
    for shelf_id in ("1", "2"):
        make(workshop.shelf, shelf_id, {"title:words": {"casino": float(shelf_id)}})
        entry = await workshop.promote(shelf_id, "anna")
        assert (entry.id, entry.in_force) == (shelf_id, True)
    assert (await workshop.roll_back("anna")).id == "1"
    (workshop.shelf.directory / "2" / "model.joblib").write_bytes(b"broken")
    with pytest.raises(NotUsable, match="is not the file that its card names"):
        await workshop.promote("2", "anna")
    assert (await workshop.roll_back("anna")).shipped
    with pytest.raises(NothingToRollBack):
        await workshop.roll_back("anna")
