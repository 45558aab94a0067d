"""The faults: each is injected under load, and mended. What readiness and the log must say stands beside it."""

import asyncio
import json
import os
import re
import resource
import shutil
import sqlite3
from collections.abc import Awaitable, Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from model.artifact import shipped_model_dir
from tests.faults.stage import Stage, abort, mount, unmount
from tests.waiting import until


@dataclass(frozen=True, slots=True)
class Fault:
    """A kind of fault. `ready` is looked for in /readyz and `log` in the log while it lasts (regular expressions)."""

    name: str
    inject: Callable[[Stage], Awaitable[None]]
    ready: str = ""
    log: str = ""
    harms_others: bool = False  # while it lasts other requests have no chance either
    disk: bool = False
    engine: str = ""  # the database server that it needs
    tables: Mapping[str, Mapping[str, object]] = field(default_factory=dict)


_LARGEST_DISK = 1 << 27
_NO_SERVER = "the database server at [^ ]+ does not answer: Connection refused"


_SILENT = "the database did not take a write within"


async def said(stage: Stage, fault: Fault) -> None:
    """Wait until readiness and the log say what is wrong."""
    heard = ""

    async def found() -> bool:
        nonlocal heard
        await asyncio.sleep(0.1)
        heard = (await stage.server.readiness())[1]
        return bool(re.search(fault.ready, heard)) and bool(re.search(fault.log, stage.server.said(stage.log_before)))

    try:
        await until(found, f"{fault.ready!r} in readiness and {fault.log!r} in the log", 40)
    except AssertionError as missing:
        raise AssertionError(f"{missing}; readiness says {heard}") from None


async def kill(stage: Stage) -> None:
    await stage.some_load(stage.load.dice.randint(1, 5))
    await stage.server.kill()
    await stage.server.start()


async def terminate(stage: Stage) -> None:
    await stage.some_load(20)
    assert await stage.server.terminate() == 0, "SIGTERM did not end it well"
    await stage.server.start()


def check_own_disk(directory: Path) -> None:
    """Fail unless a small disk was mounted there for the test: no other may be filled."""
    assert directory.is_mount(), f"{directory} is no disk of its own"
    assert shutil.disk_usage(directory).total < _LARGEST_DISK, f"the disk at {directory} is none of the test's"


async def disk_full(stage: Stage) -> None:
    check_own_disk(stage.server.state)
    ballast = stage.server.state / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            for size in (1 << 20, 4096, 512):
                while True:
                    try:
                        file.write(b"\0" * size)
                        os.fsync(file.fileno())
                    except OSError:
                        break
            await stage.some_load(60)
            await said(stage, by_name("disk full"))
        finally:
            ballast.unlink()


async def read_only(stage: Stage) -> None:
    abort(stage.server.directory)
    await stage.some_load()
    await said(stage, by_name("disk read-only"))
    stage.load.exempt = True
    await stage.server.stop()
    unmount(stage.server.directory)
    mount(stage.server.directory)
    await stage.server.start()


async def locked(stage: Stage) -> None:
    with closing(sqlite3.connect(stage.server.database, isolation_level=None, timeout=30)) as other:
        other.execute("BEGIN EXCLUSIVE")
        await stage.some_load()
        await said(stage, by_name("database locked"))
        other.execute("ROLLBACK")


async def gone_and_back(stage: Stage) -> None:
    """Somebody moves the database's files away, and back."""
    here, away = stage.server.state, stage.server.directory / "away"
    away.mkdir(exist_ok=True)
    for file in here.glob("pingwarden.sqlite3*"):
        file.rename(away / file.name)
    await stage.some_load()
    await said(stage, by_name("database gone"))
    made = sorted(path.name for path in here.glob("pingwarden.sqlite3*"))
    assert made == [], f"a new database was begun beside the old one: {made}"
    for file in away.iterdir():
        file.rename(here / file.name)


async def server_gone_and_back(stage: Stage) -> None:
    """The database server is killed, and started again."""
    assert stage.server.engine is not None
    database = stage.server.engine.server
    await stage.some_load(stage.load.dice.randint(5, 20))
    database.stop()
    try:
        await stage.some_load()
        await said(stage, next(fault for fault in ALL if fault.name == f"{type(database).__name__} gone"))
    finally:
        await asyncio.to_thread(database.start)


async def server_silent(stage: Stage) -> None:
    """The database server takes every connection and answers nothing, and then goes on as if nothing had been."""
    assert stage.server.engine is not None
    await stage.some_load(stage.load.dice.randint(5, 20))
    go_on = stage.server.engine.server.pause()
    try:
        await stage.some_load()
        await said(stage, by_name("MariaDB silent"))  # PostgreSQL's silence is told in the same words
    finally:
        go_on()


async def clock_steps(stage: Stage) -> None:
    for step_s in (86400, 0, -7200, 0):
        stage.server.clock.write_text(f"{step_s}\n")
        await stage.some_load(30)
        await stage.recovered()


async def upstream_down(stage: Stage) -> None:
    stage.load.exempt = True
    await stage.close_blog()
    await stage.some_load()
    await said(stage, by_name("upstream down"))
    await stage.open_blog()


def mood(word: str) -> Callable[[Stage], Awaitable[None]]:
    async def inject(stage: Stage) -> None:
        stage.blog.mood = word
        await stage.some_load(60)
        await said(stage, by_name(f"upstream {word}"))
        stage.blog.mood = "well"

    return inject


async def names_dead(stage: Stage) -> None:
    stage.server.names.write_text("dead\n")
    await stage.some_load(60)
    await said(stage, by_name("DNS dead"))
    stage.server.names.write_text("well\n")


def _own_model(stage: Stage) -> Path:
    place = stage.server.state / "models" / "own"
    place.mkdir(parents=True)
    for file in shipped_model_dir().glob("model.*"):
        shutil.copy(file, place)
    return place


def _put_in_force(stage: Stage, *ids: str) -> None:
    marker = stage.server.state / "models" / "in-force"
    fresh = marker.with_suffix(".new")
    fresh.write_text("".join(f"{one}\n" for one in ids))
    fresh.replace(marker)


async def model_missing(stage: Stage) -> None:
    (stage.server.state / "models").mkdir()
    _put_in_force(stage, "nowhere")
    await stage.some_load()
    await said(stage, by_name("model missing"))
    await _restarted(stage, "model missing")
    _put_in_force(stage)


async def model_corrupt(stage: Stage) -> None:
    place = _own_model(stage) / "model.joblib"
    data = bytearray(place.read_bytes())
    data[len(data) // 2] ^= 1
    place.write_bytes(data)
    _put_in_force(stage, "own")
    await stage.some_load()
    await said(stage, by_name("model corrupt"))
    await _restarted(stage, "model corrupt")
    _put_in_force(stage)


async def model_of_another_version(stage: Stage) -> None:
    card = _own_model(stage) / "model.card.json"
    card.write_text(json.dumps(json.loads(card.read_text()) | {"reading": "of long ago"}))
    _put_in_force(stage, "own")
    await stage.some_load()
    await said(stage, by_name("model of another version"))
    await _restarted(stage, "model of another version")
    _put_in_force(stage)


async def _restarted(stage: Stage, name: str) -> None:
    """What was said while it ran is said again at a start."""
    stage.load.exempt = True
    await stage.server.terminate()
    await stage.server.start()
    stage.load.exempt = False
    await said(stage, by_name(name))


async def model_swapped(stage: Stage) -> None:
    _own_model(stage)
    for number in range(12):
        _put_in_force(stage, *(["own"] if number % 2 == 0 else []))
        await stage.some_load(10)
    await said(stage, by_name("model swapped"))


async def out_of_files(stage: Stage) -> None:
    stage.load.exempt = True
    back = stage.server.limit(resource.RLIMIT_NOFILE, stage.server.open_files() + 2)
    strangers = [await asyncio.open_connection("127.0.0.1", stage.server.port) for _ in range(30)]
    await asyncio.sleep(5)
    for _, writer in strangers[:20]:
        writer.close()
    await stage.some_load(20)
    await said(stage, by_name("out of file descriptors"))
    back()
    for _, writer in strangers[20:]:
        writer.close()


async def out_of_memory(stage: Stage) -> None:
    """Hostile pages while the process can take hardly any more memory.

    Its threads run by then: where there is no room for the first word of a new one, the interpreter itself ends.
    """
    await stage.some_load(20)
    back = stage.server.limit(resource.RLIMIT_AS, (stage.server.status("VmSize") + 24_000) * 1024)
    pings = [asyncio.create_task(stage.load.ping("hostile")) for _ in range(12)]
    await stage.some_load(60)
    await asyncio.gather(*pings)
    back()


async def hostile_pages(stage: Stage) -> None:
    """Pages made to cost time, one after the other; nobody else waits for them."""
    await stage.some_load(20)
    before = stage.server.status("VmRSS")
    for _ in range(4):
        await asyncio.gather(*(stage.load.ping("hostile") for _ in range(9)))
    grown = stage.server.status("VmRSS") - before
    assert grown < 40_000, f"the process grew by {grown} kB"


ALL = (
    Fault("kill -9", kill, harms_others=True),
    Fault("SIGTERM", terminate, harms_others=True),
    Fault("disk full", disk_full, "full|I/O", "full|I/O", disk=True),
    Fault("disk read-only", read_only, "read.?only|I/O", "read.?only|I/O", disk=True),
    Fault("database locked", locked, "locked|did not take", "locked"),
    Fault("database gone", gone_and_back, "not where it was", "not where it was"),
    Fault("PostgreSQL gone", server_gone_and_back, _NO_SERVER, _NO_SERVER, engine="postgresql"),
    Fault("MariaDB gone", server_gone_and_back, _NO_SERVER, _NO_SERVER, engine="mariadb"),
    Fault("PostgreSQL silent", server_silent, _SILENT, "writes: it did not answer in time", engine="postgresql"),
    Fault("MariaDB silent", server_silent, _SILENT, "writes: it did not answer in time", engine="mariadb"),
    Fault("clock steps", clock_steps),
    Fault("upstream down", upstream_down, log="delivery of ping .* waits"),
    Fault("upstream slow", mood("slow")),
    Fault("upstream garbage", mood("garbage"), log="delivery of ping .* waits"),
    Fault("upstream closing", mood("closing"), log="delivery of ping .* waits"),
    Fault("DNS dead", names_dead, log="unverifiable"),
    Fault("model missing", model_missing, "cannot be read", "cannot be read"),
    Fault("model corrupt", model_corrupt, "SHA-256", "SHA-256"),
    Fault("model of another version", model_of_another_version, "train it anew", "train it anew"),
    Fault("model swapped", model_swapped, log="is in force"),
    Fault("out of file descriptors", out_of_files, log="no file descriptors left"),
    Fault("out of memory", out_of_memory),
    Fault("hostile pages", hostile_pages),
)


def by_name(name: str) -> Fault:
    """Return the fault of that name."""
    return next(fault for fault in ALL if fault.name == name)
