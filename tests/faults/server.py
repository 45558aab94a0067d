"""The real `pingwarden serve` of the harness: watched, squeezed and ended while the harness goes on."""

import asyncio
import re
import resource
import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from tests.faults.world import HOME
from tests.real.engines import Engine
from tests.real.pingwarden import TOKEN, Pingwarden
from tests.waiting import until

# What is said once for a stack trace, or for something that nobody foresaw.
NOT_PLAIN = re.compile(
    r"Traceback \(most recent call last\)|^\s+File \"|was never retrieved|never awaited", re.MULTILINE
)


@dataclass(slots=True)
class Server:
    """A configuration, its state, and the process while one runs."""

    directory: Path
    upstream_port: int
    http: aiohttp.ClientSession
    tables: dict[str, dict[str, Any]] = field(default_factory=dict)
    engine: Engine | None = None  # the database server; a file in the state directory where there is none
    kills: list[float] = field(default_factory=list)  # when it was started again after each kill -9
    killed: bool = False
    proxy: Pingwarden = field(init=False)

    def __post_init__(self) -> None:
        self.names.write_text("well\n")
        delivery = {"retry_after_s": [1]} | self.tables.get("delivery", {})
        self.proxy = Pingwarden(
            self.directory,
            f"http://127.0.0.1:{self.upstream_port}",
            public_url=HOME,
            top={"database": self.engine.address} if self.engine else {},
            module=("tests.faults.named", str(self.names)),
            **(self.tables | {"delivery": delivery}),
        )
        self.state.mkdir(exist_ok=True)

    @property
    def state(self) -> Path:
        """The state directory."""
        return self.proxy.state

    @property
    def database(self) -> Path:
        """The database's file."""
        return self.state / "pingwarden.sqlite3"

    @property
    def names(self) -> Path:
        """What the name server says; see `tests.faults.named`."""
        return self.directory / "names"

    @property
    def clock(self) -> Path:
        """By how many seconds its clock is wrong."""
        return self.directory / "names.clock"

    @property
    def tasks(self) -> Path:
        """How many asyncio tasks it has, noted every few seconds."""
        return self.directory / "names.tasks"

    @property
    def log(self) -> Path:
        """What it said on standard error."""
        return self.proxy.log

    @property
    def address(self) -> str:
        """The public listener's URL."""
        return self.proxy.address

    @property
    def port(self) -> int:
        """The public listener's port."""
        return self.proxy.port

    @property
    def pid(self) -> int:
        """The number of the running process."""
        return self.proxy.process.pid

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self.proxy.alive

    def launch(self) -> None:
        """Start it. Whatever the one before sent has arrived by now."""
        if self.killed:
            self.kills.append(time.monotonic())
            self.killed = False
        self.proxy.launch()

    async def start(self) -> None:
        """Start it, and wait until it is ready."""
        self.launch()
        await self.ready()

    async def ready(self, deadline_s: float = 60) -> None:
        """Wait until it says that it is ready."""

        async def found() -> bool:
            assert self.alive, self.log.read_text()[-2000:]
            return (await self.readiness())[0] == 200

        await until(found, "a ready proxy", deadline_s)

    async def readiness(self) -> tuple[int, str]:
        """What /readyz says; status 0 when nobody answers."""
        try:
            return await self._get("/readyz")
        except (aiohttp.ClientError, TimeoutError, OSError) as problem:
            return 0, repr(problem)

    async def kill(self) -> None:
        """kill -9, for it and for what it started."""
        await asyncio.to_thread(self.proxy.process.kill)
        self.killed = True

    async def terminate(self, within_s: float = 40) -> int:
        """SIGTERM; return the exit status."""
        self.proxy.process.terminate()

        async def ended() -> bool:
            return not self.alive

        await until(ended, "the end of the proxy", within_s)
        return self.proxy.process.status or 0

    async def stop(self) -> None:
        """End it, however it stands."""
        if self.alive:
            with suppress(AssertionError):
                await self.terminate(15)
        if self.alive:
            await self.kill()

    def limit(self, kind: int, value: int) -> Callable[[], None]:
        """Set a limit of the running process (`resource.RLIMIT_…`); return what takes it back."""
        before = resource.prlimit(self.pid, kind)
        resource.prlimit(self.pid, kind, (value, before[1]))
        return lambda: resource.prlimit(self.pid, kind, before)

    def status(self, name: str) -> int:
        """A number of /proc/PID/status, in its unit (kB for memory)."""
        found = re.search(rf"^{name}:\s+(\d+)", Path(f"/proc/{self.pid}/status").read_text(), re.MULTILINE)
        assert found is not None
        return int(found[1])

    def open_files(self) -> int:
        """How many file descriptors it has."""
        return len(list(Path(f"/proc/{self.pid}/fd").iterdir()))

    def said(self, since: int = 0) -> str:
        """The log from the byte *since* on."""
        return self.log.read_bytes()[since:].decode(errors="replace")

    def rows(self, query: str) -> list[Sequence[str]]:
        """Return what *query* finds in the database."""
        if self.engine is not None:
            return [*self.engine.rows(query)]
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=10)) as connection:
            return connection.execute(query).fetchall()

    def count(self, query: str) -> int:
        """Return the one number that *query* finds in the database."""
        return int(self.rows(query)[0][0])

    async def api(self, method: str, path: str, data: Any = None) -> Any:
        """Ask the API."""
        url = f"{self.proxy.admin}/api/v1/{path}"
        headers = {"Authorization": f"Bearer {TOKEN}"}
        async with self.http.request(method, url, json=data, headers=headers) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    async def _get(self, path: str) -> tuple[int, str]:
        timeout = aiohttp.ClientTimeout(total=15)
        async with self.http.get(f"{self.proxy.admin}{path}", timeout=timeout) as answer:
            return answer.status, await answer.text()
