"""Load: senders of linkbacks and of everything else, with a note of what each was told."""

import asyncio
import itertools
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from urllib.parse import urlencode

import aiohttp

from proxy.wire.xmlrpc import build_ping
from tests.faults.server import Server
from tests.faults.world import HELLO, PAGE, POST, Blog, Sources

SORTS = ("good", "good", "good", "good", "nolink", "gone", "prose", "good")
_CALL = b"<?xml version='1.0'?><methodCall><methodName>demo.sayHello</methodName></methodCall>"
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}
_XML = {"Content-Type": "text/xml"}
_TIMEOUT = aiohttp.ClientTimeout(total=30)


@dataclass(slots=True)
class Load:
    """Sends until told to stop. `acknowledged` are the sources whose senders were told anything but an error."""

    server: Server
    blog: Blog
    sources: Sources
    pings_per_s: float = 5.0
    others_per_s: float = 4.0
    dice: Random = field(default_factory=lambda: Random(1))
    acknowledged: dict[str, float] = field(default_factory=dict)  # with the second of the answer
    told: Counter[str] = field(default_factory=Counter)
    answer_times_s: list[float] = field(default_factory=list)
    other_times_s: list[float] = field(default_factory=list)
    others: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)  # other requests that were not answered as they should be
    exempt: bool = False  # while the fault leaves other requests no chance
    _tasks: list["asyncio.Task[None]"] = field(default_factory=list)
    _going: bool = False
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def start(self) -> None:
        """Begin."""
        self._going = True
        self._tasks = [
            asyncio.create_task(self._steadily(self.pings_per_s, self.ping)),
            asyncio.create_task(self._steadily(self.others_per_s, self.other)),
        ]

    async def stop(self) -> None:
        """Send nothing more and wait for the last answers."""
        self._going = False
        await asyncio.gather(*self._tasks)

    async def _steadily(self, per_s: float, send: "object") -> None:
        under_way: set[asyncio.Task[None]] = set()
        while self._going:
            if len(under_way) < 60:
                task = asyncio.create_task(send())  # type: ignore[operator]
                under_way.add(task)
                task.add_done_callback(under_way.discard)
            await asyncio.sleep(self.dice.expovariate(per_s))
        if under_way:
            await asyncio.wait(under_way)

    async def ping(self, sort: str = "") -> bool:
        """Send one linkback; return whether it was acknowledged."""
        number = next(self._numbers)
        source = self.sources.url(sort or SORTS[number % len(SORTS)], number)
        began = time.monotonic()
        try:
            told = await self._told(source, number)
        except (aiohttp.ClientError, TimeoutError, OSError):
            told = "no answer"
        else:
            self.answer_times_s.append(time.monotonic() - began)
        self.told[told] += 1
        if told == "registered":
            self.acknowledged[source] = time.monotonic()
        return told == "registered"

    async def _told(self, source: str, number: int) -> str:
        if number % 2:
            status, body = await self._post("/xmlrpc.php", build_ping(source, POST), _XML)
            registered = b"<params>" in body
        else:
            fields = {"url": source, "title": f"Note {number}", "excerpt": f"Roses in winter, note {number}"}
            form = urlencode(fields | {"blog_name": "Notes on gardens"}).encode()
            status, body = await self._post("/2026/alpha/trackback/", form, _FORM)
            registered = b"<error>0</error>" in body
        if status == 200 and registered:
            return "registered"
        return f"an error (HTTP {status})"

    async def other(self) -> None:
        """Send one request that is no linkback, and compare the answer byte for byte."""
        kind = self.dice.choice(("page", "call", "form", "upload"))
        exempt = self.exempt or self.blog.mood != "well"
        kills = len(self.server.kills)
        began = time.monotonic()
        wrong = ""
        try:
            wrong = await self._compared(kind)
        except (aiohttp.ClientError, TimeoutError, OSError) as problem:
            wrong = f"{kind}: {problem!r}"
        if not wrong:
            self.other_times_s.append(time.monotonic() - began)
        elif (
            exempt or self.exempt or self.blog.mood != "well" or not self.server.alive or len(self.server.kills) > kills
        ):
            wrong = ""
            kind = "could not be"
        self.others[kind] += 1
        if wrong:
            self.wrong.append(wrong)

    async def _compared(self, kind: str) -> str:
        if kind == "page":
            url = f"{self.server.address}/2026/alpha/"
            async with self.server.http.get(url, headers={"Host": "blog.example"}, timeout=_TIMEOUT) as answer:
                status, body, wanted = answer.status, await answer.read(), PAGE
        elif kind == "call":
            wanted = HELLO
            status, body = await self._post("/xmlrpc.php", _CALL, _XML)
        elif kind == "form":
            wanted = urlencode({"log": "me", "pwd": "x" * 50}).encode()
            status, body = await self._post("/wp-login.php", wanted, _FORM)
        else:
            wanted = self.dice.randbytes(200_000)
            status, body = await self._post("/wp-admin/async-upload.php", wanted, {})
        return "" if status == 200 and body == wanted else f"{kind}: HTTP {status}, {body[:100]!r}"

    async def _post(self, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        sent = {"Host": "blog.example", **headers}
        async with self.server.http.post(
            self.server.address + path, data=body, headers=sent, timeout=_TIMEOUT
        ) as answer:
            return answer.status, await answer.read()


async def quietly(task: "asyncio.Task[None]") -> None:
    """Cancel a task and wait for its end."""
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
