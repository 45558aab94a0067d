"""Reading strangers' pages without ever holding up anybody else.

A thread is not enough: it shares the interpreter with the event loop, and cannot be ended. So a page of more than
`SMALL_BYTES` is read in a process of its own, which is ended when it takes too long or too much memory; the page is
then one that could not be read. Smaller ones cannot cost much, and are read in a thread, one after the other.
"""

import asyncio
import json
import logging
import os
import signal
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime
from types import TracebackType
from typing import Any, Self, cast

from proxy.environment import for_child
from proxy.page import PageFacts, read_page

SMALL_BYTES = 16 * 1024
LIMIT_S = 5.0
MAX_MEMORY_BYTES = 512 * 1024 * 1024
PROCESSES = 2
_MAX_ANSWER_BYTES = 1024 * 1024
_NICER = 5
_log = logging.getLogger("pingwarden.reader")


@dataclass(frozen=True, slots=True)
class Page:
    """What `read_page` takes."""

    body: bytes
    content_type: str
    url: str
    keys: frozenset[str]
    our_hosts: frozenset[str]
    target_url: str

    def facts(self) -> PageFacts:
        """Read it here and now."""
        return read_page(self.body, self.content_type, self.url, self.keys, self.our_hosts, self.target_url)


@dataclass(slots=True)
class Reader:
    """Reads pages. Use as an async context manager; processes start when there is something for them."""

    limit_s: float = LIMIT_S
    max_memory_bytes: int = MAX_MEMORY_BYTES
    processes: int = PROCESSES
    _idle: "list[_Process]" = field(default_factory=list)
    _turns: asyncio.Semaphore = field(init=False)
    _thread: asyncio.Lock = field(default_factory=asyncio.Lock)

    def __post_init__(self) -> None:
        self._turns = asyncio.Semaphore(self.processes)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        while self._idle:
            await self._idle.pop().end()

    async def read(self, page: Page) -> PageFacts | None:
        """Return the page's facts, None when it cannot be read within the limits of time and memory."""
        if len(page.body) <= SMALL_BYTES:
            async with self._thread:
                return await asyncio.to_thread(page.facts)
        async with self._turns:
            return await self._elsewhere(page)

    async def _elsewhere(self, page: Page) -> PageFacts | None:
        process = None
        whole = False
        try:
            async with asyncio.timeout(self.limit_s):
                process = self._idle.pop() if self._idle else await _Process.started(self.max_memory_bytes)
                facts = await process.read(page)
                whole = facts is not None
                return facts
        except TimeoutError:
            _log.warning("the page %s was not read within %g s; its ping is held", page.url, self.limit_s)
        except (OSError, EOFError, ValueError) as problem:
            reason = str(problem) or type(problem).__name__
            _log.warning("the page %s could not be read (%s); its ping is held", page.url, reason)
        finally:
            if process is not None and whole:
                self._idle.append(process)
            elif process is not None:
                await asyncio.shield(process.end())
        return None


@dataclass(frozen=True, slots=True)
class _Process:
    child: asyncio.subprocess.Process
    answers: asyncio.StreamReader
    questions: asyncio.StreamWriter

    @classmethod
    async def started(cls, max_memory_bytes: int) -> "_Process":
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            f"from proxy.reader import serve; serve({max_memory_bytes})",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=_MAX_ANSWER_BYTES,
            env=for_child(),
            start_new_session=True,  # a Ctrl-C at the terminal is for us
        )
        # Both were asked for, so both are there.
        return cls(child, cast("asyncio.StreamReader", child.stdout), cast("asyncio.StreamWriter", child.stdin))

    async def read(self, page: Page) -> PageFacts:
        """Put one question. Raises OSError, EOFError or ValueError when there is no answer."""
        head = asdict(page) | {"body": len(page.body), "keys": sorted(page.keys), "our_hosts": sorted(page.our_hosts)}
        self.questions.write(json.dumps(head).encode() + b"\n" + page.body)
        await self.questions.drain()
        answer = await self.answers.readline()
        if not answer.endswith(b"\n"):
            raise EOFError("its reader ended")
        return _facts(json.loads(answer))

    async def end(self) -> None:
        """End the process, whatever it is doing."""
        with suppress(ProcessLookupError):
            self.child.kill()
        self.questions.close()
        await self.child.wait()


def _facts(answer: Mapping[str, Any]) -> PageFacts:
    if "problem" in answer:
        raise ValueError(answer["problem"])
    published = answer["published_at"]
    start, end = answer["excerpt_link"]
    when = {"published_at": published and datetime.fromisoformat(published), "excerpt_link": (start, end)}
    return PageFacts(**{**answer, **when})


def serve(max_memory_bytes: int) -> None:
    """Answer questions from standard input until it ends: the reading process itself."""
    _limit_this_process(max_memory_bytes)
    questions, answers = sys.stdin.buffer, sys.stdout.buffer
    for line in questions:
        head = json.loads(line)
        head["body"] = questions.read(head["body"])
        answers.write(_answer(head).encode() + b"\n")
        answers.flush()


def _answer(head: dict[str, Any]) -> str:
    sets: dict[str, Iterable[str]] = {name: frozenset(head[name]) for name in ("keys", "our_hosts")}
    try:
        return json.dumps(asdict(Page(**{**head, **sets}).facts()), default=datetime.isoformat)
    except MemoryError:
        return json.dumps({"problem": "it takes too much memory"})


def _limit_this_process(max_memory_bytes: int) -> None:
    """Take memory up to a bound, yield to the proxy, and leave stopping to it: it closes our input."""
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, signal.SIG_IGN)
    with suppress(AttributeError, OSError):  # not every system has these, and not every sandbox lets us
        os.nice(_NICER)
    with suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (max_memory_bytes, max_memory_bytes))
