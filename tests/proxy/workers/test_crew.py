"""Two worker processes under load: killed, told to stop, or left without their main process."""

import asyncio
import errno
import json
import os
import signal
import sqlite3
from collections import Counter
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from proxy.config import Site, from_mapping
from proxy.doors import Behind
from proxy.limits import Gate
from proxy.wire.xmlrpc import build_ping
from proxy.workers.crew import Crew
from tests.served import Served, load, served, wordpress
from tests.stage import on_stage, serving
from tests.waiting import until

TWO = "workers = 2\n"


def children(pid: int) -> list[int]:
    """The worker processes of a main process."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            line = (entry / "cmdline").read_bytes()
        except OSError:
            continue
        if parent == pid and b"proxy.workers.front" in line:
            found.append(int(entry.name))
    return sorted(found)


def environment(pid: int) -> bytes:
    """What a process was given when it began."""
    return Path(f"/proc/{pid}/environ").read_bytes()


def ticks(pid: int) -> int:
    """The processor time that a process has spent."""
    return sum(map(int, Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]))


def alive(pid: int) -> bool:
    """Whether that process runs."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def recorded(directory: Path) -> set[str]:
    """The sources of all pings in the database."""
    with sqlite3.connect(directory / "pingwarden.sqlite3") as connection:
        return {source for (source,) in connection.execute("SELECT source_url FROM pings")}


class Senders:
    """Senders of pings that remember which were acknowledged."""

    def __init__(self, here: Served) -> None:
        """Nothing is sent yet."""
        self.here = here
        self.acknowledged: set[str] = set()
        self.going = True

    async def send(self, first: int) -> None:
        """Send one after the other, each on a connection of its own."""
        number = first
        while self.going:
            source = f"http://127.0.0.1/{number}"
            number += 4
            try:
                async with (
                    aiohttp.ClientSession() as http,
                    http.post(
                        f"{self.here.address}/xmlrpc.php",
                        data=build_ping(source, "http://one.example/post/"),
                        headers={"Host": "one.example", "Content-Type": "text/xml"},
                        timeout=aiohttp.ClientTimeout(total=10),
                    ) as answer,
                ):
                    said = await answer.read()
                    # 16: the source is not public, which is said of what was recorded and judged
                    if answer.status == 200 and (b"registered" in said or b"<int>16</int>" in said):
                        self.acknowledged.add(source)
            except (OSError, aiohttp.ClientError, TimeoutError):
                await asyncio.sleep(0.05)

    async def have(self, number: int) -> bool:
        """Whether so many were acknowledged."""
        return len(self.acknowledged) >= number


async def test_a_worker_that_is_killed_is_started_again_and_nothing_acknowledged_is_lost(tmp_path: Path) -> None:
    async with serving(wordpress) as port, served(tmp_path, port, TWO) as here:

        async def both() -> list[int] | None:
            found = children(here.process.pid)
            return found if len(found) == 2 else None

        senders = Senders(here)
        sending = [asyncio.create_task(senders.send(first)) for first in range(4)]
        for kill in range(1, 4):
            await until(lambda kill=kill: senders.have(5 * kill), "load between two kills")  # type: ignore[misc]
            # One that dies within a second of its start is started again only after another second.
            os.kill((await until(both, "both workers"))[0], signal.SIGKILL)
            await here.says("is started again", kill)
        enough = len(senders.acknowledged) + 5
        await until(lambda: senders.have(enough), "load after the last kill")
        senders.going = False
        await asyncio.gather(*sending)
        await until(both, "both workers")
    assert senders.acknowledged <= recorded(tmp_path)
    print(f"{len(senders.acknowledged)} acknowledged, 3 workers killed, lost: 0")


async def test_without_their_main_process_workers_end_and_nothing_acknowledged_is_lost(tmp_path: Path) -> None:
    async with serving(wordpress) as port, served(tmp_path, port, TWO) as here:
        senders = Senders(here)
        sending = [asyncio.create_task(senders.send(first)) for first in range(4)]
        await until(lambda: senders.have(10), "load")
        orphans = children(here.process.pid)
        assert len(orphans) == 2
        here.process.kill()

        async def ended() -> bool:
            return not any(map(alive, orphans))

        await until(ended, "the end of both workers")
        senders.going = False
        await asyncio.gather(*sending)
    assert senders.acknowledged <= recorded(tmp_path)
    print(f"{len(senders.acknowledged)} acknowledged, the main process killed, lost: 0")


async def test_all_connections_are_served_and_both_workers_serve(tmp_path: Path) -> None:
    found: Counter[str] = Counter()
    async with serving(wordpress) as port, served(tmp_path, port, TWO) as here:
        async with load(here.address, found):

            async def enough() -> bool:
                return found.total() > 100

            await until(enough, "load")
        pids = children(here.process.pid)
        assert len(pids) == 2
        assert all(map(ticks, pids))
        assert await counted(here) == found.total()
    assert found.keys() == {"page 200", "call 200", "ping 200"}, found


async def counted(here: Served) -> float:
    """How many requests all processes have counted together."""
    async with aiohttp.ClientSession() as http, http.get(f"{here.admin}/metrics") as answer:
        lines = (await answer.text()).splitlines()
    return sum(float(line.split()[-1]) for line in lines if line.startswith("pingwarden_requests_total"))


async def test_a_worker_gets_no_secret_of_our_environment(tmp_path: Path) -> None:
    more = TWO + '[admin]\napi_tokens = ["env:PINGWARDEN_TOKEN"]\n'
    async with serving(wordpress) as port, served(tmp_path, port, more, PINGWARDEN_TOKEN="very secret") as here:
        got = [environment(pid) for pid in (here.process.pid, *children(here.process.pid))]
        assert [b"very secret" in one for one in got] == [True, False, False]
        assert all(b"PROMETHEUS_MULTIPROC_DIR=" in one for one in got[1:])


async def test_what_a_worker_is_told_holds_no_secret(tmp_path: Path) -> None:
    secrets = {"api_tokens": ["very secret"], "wordpress": {"application_password": "very secret"}}
    site = {"name": "blog", "upstream": "http://127.0.0.1:1"} | secrets
    config = from_mapping(
        {"sites": [site], "admin": {"api_tokens": ["very secret"]}, "database": "postgresql://u:very secret@h/d"}
    )
    async with on_stage(tmp_path) as stage:
        pipeline = stage.proxy.pipeline
        behind = Behind(pipeline, Gate(config.limits), pipeline.verifier.upstream, pipeline.verifier.targets)
        told = json.dumps(Crew(config, behind, 1.0)._configuration())
    assert ("blog" in told, "very secret" in told) == (True, False)


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
async def test_told_to_stop_all_of_them_end(tmp_path: Path, told: signal.Signals) -> None:
    async with serving(wordpress) as port, served(tmp_path, port, TWO) as here:
        pids = children(here.process.pid)
        here.process.send_signal(told)
        await asyncio.wait_for(here.process.wait(), 40)
        assert here.process.returncode == 0
        assert not any(map(alive, pids))


async def test_a_worker_that_cannot_be_started_now_is_started_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker's place keeps listening; if nobody came back to it, its share of the connections would hang."""
    start, tried = asyncio.create_subprocess_exec, 0

    async def short_of_files(*args: Any, **details: Any) -> Any:
        nonlocal tried
        tried += 1
        if tried == 1:
            raise OSError(errno.EMFILE, "Too many open files")
        return await start(*args, **details)

    async with on_stage(tmp_path) as stage:
        sites = [
            Site(name=f"site{number}", public_url=f"https://blog{number}.example", upstream="http://127.0.0.1:1")
            for number in range(4000)  # more than go on one line of what strangers send
        ]
        many = stage.proxy.config.model_copy(update={"listen": "127.0.0.1:0", "sites": tuple(sites)})
        pipeline = stage.proxy.pipeline
        gate = Gate(many.limits)
        crew = Crew(many, Behind(pipeline, gate, pipeline.verifier.upstream, pipeline.verifier.targets), 1.0)
        monkeypatch.setattr(asyncio, "create_subprocess_exec", short_of_files)
        try:
            await crew.start()
            assert tried == 2
        finally:
            await crew.stop()
