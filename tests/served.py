"""A real `pingwarden serve` with its log, and steady load on it."""

import asyncio
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
from aiohttp import web

from proxy.wire.xmlrpc import build_ping
from tests.databases import put_empty
from tests.waiting import DEADLINE_S, until

CALL = b"<methodCall><methodName>demo.sayHello</methodName><params/></methodCall>"


@dataclass(slots=True)
class Served:
    """A running `pingwarden serve`."""

    process: asyncio.subprocess.Process
    file: Path
    address: str = ""
    admin: str = ""
    log: list[str] = field(default_factory=list)

    async def listen(self) -> None:
        """Keep what it logs."""
        assert self.process.stderr is not None
        async for line in self.process.stderr:
            self.log.append(line.decode().rstrip())

    async def says(self, words: str, times: int = 1, deadline_s: float = DEADLINE_S) -> str:
        """Wait until so many lines with *words* are in its log; the last of them."""

        async def found() -> str | None:
            lines = [line for line in self.log if words in line]
            return lines[times - 1] if len(lines) >= times else None

        return await until(found, f"{words!r}, {times} times, in {self.log}", deadline_s)


@asynccontextmanager
async def served(directory: Path, upstream: int, more: str = "", **environment: str) -> AsyncIterator[Served]:
    """Start `serve` on free ports before the site at *upstream*; it is told to stop in the end, and does.

    A test may kill it before.
    """
    put_empty(directory)
    file = directory / "pingwarden.toml"
    file.write_text(
        f'state_dir = "{directory}"\nlisten = "127.0.0.1:0"\nadmin_listen = "127.0.0.1:0"\n{more}'
        "[delivery]\nmin_interval_s = 0\n[limits]\nlinkbacks_per_client_per_minute = 100000\n"
        "linkbacks_per_target_per_hour = 100000\n"
        f'[[sites]]\nname = "one"\nhosts = ["one.example"]\npublic_url = "http://one.example"\n'
        f'upstream = "http://127.0.0.1:{upstream}"\n'
    )
    command = [sys.executable, "-m", "proxy", "serve", "--config", str(file)]
    process = await asyncio.create_subprocess_exec(
        *command, stderr=asyncio.subprocess.PIPE, env={"PATH": "", **environment}
    )
    here = Served(process, file)
    listening = asyncio.create_task(here.listen())
    try:
        ready = (await here.says("ready listen=", deadline_s=90)).split()
        here.address, here.admin = (f"http://{part.partition('=')[2]}" for part in ready[-2:])
        yield here
    finally:
        killed = process.returncode is not None
        if not killed:
            process.terminate()
        await asyncio.wait_for(process.wait(), 40)
        await listening
    assert killed or process.returncode == 0
    assert [line for line in here.log if "Traceback" in line] == []


async def wordpress(request: web.BaseRequest) -> web.Response:
    """A site that answers everything."""
    await request.content.read()
    return web.Response(text="<?xml version='1.0'?><methodResponse/>", content_type="text/xml")


async def ask(http: aiohttp.ClientSession, address: str, number: int) -> str:
    """Ask for one of many things; what came of it."""
    host = {"Host": "one.example"}
    try:
        if number % 3 == 0:
            async with http.get(f"{address}/post-{number}", headers=host) as answer:
                return f"page {answer.status}"
        body = CALL if number % 3 == 1 else build_ping(f"http://127.0.0.1/{number}", "http://one.example/post/")
        headers = host | {"Content-Type": "text/xml"}
        async with http.post(f"{address}/xmlrpc.php", data=body, headers=headers) as answer:
            said = await answer.read()
            taken = b"methodResponse" in said and b"<int>50</int>" not in said
            return f"{'call' if number % 3 == 1 else 'ping'} {answer.status if taken else said!r}"
    except (OSError, aiohttp.ClientError) as problem:
        return repr(problem)


@asynccontextmanager
async def load(address: str, found: Counter[str]) -> AsyncIterator[None]:
    """Ask on and on: half of those who ask keep their connection, half come anew each time."""
    going = True

    async def client(first: int) -> None:
        connector = aiohttp.TCPConnector(force_close=first % 2 == 0)
        async with aiohttp.ClientSession(connector=connector) as http:
            number = first
            while going:
                found[await ask(http, address, number)] += 1
                number += 7

    clients = [asyncio.create_task(client(first)) for first in range(6)]
    try:
        yield
    finally:
        going = False
        await asyncio.gather(*clients)
