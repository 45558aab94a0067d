"""Everything in its place for one fault: the world, the real process between, and the load."""

import asyncio
import shutil
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from tests.faults.ledger import settled, states
from tests.faults.load import Load
from tests.faults.server import Server
from tests.faults.world import Blog, Sources, serving
from tests.real.engines import running
from tests.real.process import free_port, fresh_directory
from tests.waiting import until

DISK_MB = 48
STILL_S = 60


@dataclass(slots=True)
class Stage:
    """Who plays a part."""

    server: Server
    blog: Blog
    sources: Sources
    load: Load
    blog_port: int
    stack: AsyncExitStack
    blog_stack: AsyncExitStack
    log_before: int = 0  # how long the log was when the fault was injected

    async def close_blog(self) -> None:
        """Let nobody listen where WordPress was."""
        await self.blog_stack.aclose()

    async def open_blog(self) -> None:
        """Let WordPress listen again."""
        await self.blog_stack.enter_async_context(serving(self.blog.handle, self.blog_port))

    async def some_load(self, pings: int = 40) -> None:
        """Wait until so many more linkbacks got whatever answer."""
        enough = self.load.told.total() + pings

        async def sent() -> bool:
            return self.load.told.total() >= enough

        await until(sent, f"{pings} more answers; so far: {dict(self.load.told)}", 120)

    async def recovered(self) -> None:
        """Wait until it says that it is ready, and a new linkback goes all the way."""
        await self.server.ready()

        async def acknowledged() -> bool:
            return await self.load.ping("good")

        await until(acknowledged, f"an acknowledgement; told: {dict(self.load.told)}", 60)
        newest = max(self.load.acknowledged, key=lambda source: self.load.acknowledged[source])

        await self._while_it_moves(lambda found: found.get(newest) == "delivered", f"the delivery of {newest}")

    async def at_rest(self) -> None:
        """Wait until nothing is on its way any more."""
        await self._while_it_moves(settled, "the end of all deliveries")

    async def _while_it_moves(self, done: Callable[[dict[str, str]], bool], what: str) -> None:
        """Wait as long as there is any progress: a queue may be long, and the machine busy."""
        before: dict[str, str] = {}
        since = time.monotonic()
        while not done(found := states(self.server)):
            if found != before:
                before, since = found, time.monotonic()
            if time.monotonic() - since > STILL_S:
                raise AssertionError(f"nothing moved for {STILL_S} s, and there was not: {what}")
            await asyncio.sleep(0.2)


@asynccontextmanager
async def on_stage(*, disk: bool = False, engine: str = "", **tables: Any) -> AsyncIterator[Stage]:
    """Open a stage with a running proxy. With *disk*, its state is on a small disk of its own (needs root).

    *engine* is the database server that it uses; raises `MissingPartError` where that is not on this machine.
    """
    async with AsyncExitStack() as stack:
        directory = fresh_directory()  # in memory where there is room: a process is killed, not the machine
        stack.callback(shutil.rmtree, directory, ignore_errors=True)
        if disk:
            (directory / "state").mkdir()
            mount(directory)
            stack.callback(unmount, directory)
        http = await stack.enter_async_context(aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)))
        blog, sources, port = Blog(), Sources(free_port()), free_port()
        blog_stack = await stack.enter_async_context(AsyncExitStack())
        await stack.enter_async_context(serving(sources.handle, sources.port))
        database = stack.enter_context(running(engine, durable=True)) if engine else None
        server = Server(directory, port, http, tables, database)
        found = Stage(server, blog, sources, Load(server, blog, sources), port, stack, blog_stack)
        await found.open_blog()
        stack.push_async_callback(server.stop)
        await server.start()
        friends = {"name": "friends", "when": {"source_host": ["friends.example"]}, "action": "approve"}
        await server.api("POST", "rules", friends)
        yield found


def mount(directory: Path) -> None:
    """Put a small disk where the state is. What it holds stays in a file."""
    image = directory / "disk"
    if not image.exists():
        with image.open("wb") as file:
            file.truncate(DISK_MB << 20)
        _run("mkfs.ext4", "-q", "-m0", image)
    _run("mount", "-o", "loop", image, directory / "state")


def abort(directory: Path) -> None:
    """Make the disk read-only as a kernel does that has seen an error on it."""
    _run("mount", "-o", "remount,abort", directory / "state")


def unmount(directory: Path) -> None:
    """Take the disk away."""
    subprocess.run(["umount", "--lazy", directory / "state"], check=False, capture_output=True)


def can_mount() -> bool:
    """Whether this machine lets us have a disk of our own."""
    with tempfile.TemporaryDirectory() as place:
        directory = Path(place)
        (directory / "state").mkdir()
        try:
            mount(directory)
        except (OSError, subprocess.CalledProcessError):
            return False
        _run("umount", directory / "state")
        return True


def _run(*command: str | Path) -> None:
    subprocess.run(command, check=True, capture_output=True)
