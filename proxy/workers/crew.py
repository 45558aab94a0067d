"""The fronts as the main process sees them: started, started again, told of changes, ended."""

import asyncio
import logging
import socket
import sys
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field

from proxy.config import Config
from proxy.doors import Behind
from proxy.environment import for_child
from proxy.listener import named
from proxy.workers.desk import Desk, Sites
from proxy.workers.line import MAX_CONFIGURATION_BYTES, MAX_LINE_BYTES, VERSION, Line, Message
from proxy.workers.sockets import listening

_STARTS_WITHIN_S = 60.0
_FOLLOWS_WITHIN_S = 10.0
_AGAIN_AFTER_S = 1.0
_log = logging.getLogger("pingwarden.worker")
# What a front has no business with: the rest of the configuration holds secrets.
_FOR_FRONTS = {
    "trusted_proxies", "answer_within_s", "upstream_timeout_s", "sites", "policy", "limits",
}  # fmt: skip
_NOT_FOR_FRONTS = {"sites": {"__all__": {"wordpress", "api_tokens"}}}


class FrontsMissing(OSError):
    """The fronts did not start."""


@dataclass(slots=True)
class Crew:
    """All fronts. `start` it, and `stop` it in the end."""

    config: Config
    behind: Behind
    stop_within_s: float
    _listeners: list[socket.socket] = field(default_factory=list)
    _lines: dict[int, Line] = field(default_factory=dict)
    _follows: dict[int, int] = field(default_factory=dict)
    _moved: asyncio.Event = field(default_factory=asyncio.Event)
    _keepers: list[asyncio.Task[None]] = field(default_factory=list)
    _sites: Sites = field(default_factory=Sites)
    _number: int = 0
    _stopping: bool = False

    async def start(self) -> tuple[str, int]:
        """Start the fronts and return the address that they listen on. Raises OSError."""
        self._sites.follow(self.config)
        with named("listen", self.config.listen):
            self._listeners = listening(self.config.listen, self.config.workers)
        self._keepers = [
            asyncio.create_task(self._keep(place), name=f"worker {place}") for place in range(self.config.workers)
        ]
        if not await self._all_follow(_STARTS_WITHIN_S):
            raise FrontsMissing(None, f"the {self.config.workers} worker processes did not start; the log says why")
        host, port = self._listeners[0].getsockname()[:2]
        return host, port

    async def follow(self, config: Config) -> None:
        """Let every front follow *config*, and return when all do."""
        self.config = config
        self._sites.follow(config)
        self._number += 1
        self._tell_all(self._configuration(), MAX_CONFIGURATION_BYTES)
        if not await self._all_follow(_FOLLOWS_WITHIN_S):
            _log.error("not every worker process has followed the configuration yet")

    async def stop(self) -> None:
        """Take nothing new, let what is in flight come to its end within a bound, and end the fronts."""
        self._stopping = True
        for listener in self._listeners:
            listener.close()
        self._tell_all({"stop": True})
        if self._keepers:
            await asyncio.wait(self._keepers, timeout=self.stop_within_s + 2)
        for keeper in self._keepers:
            keeper.cancel()
        await asyncio.gather(*self._keepers, return_exceptions=True)

    def _tell_all(self, message: Message, max_bytes: int = MAX_LINE_BYTES) -> None:
        for line in self._lines.values():
            line.tell(message, max_bytes)

    async def _all_follow(self, within_s: float) -> bool:
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                while any(self._follows.get(place) != self._number for place in range(self.config.workers)):
                    await self._moved.wait()
                    self._moved.clear()
                return True
        return False

    async def _keep(self, place: int) -> None:
        """Run one front, and another one when it ends."""
        while not self._stopping:
            began = asyncio.get_running_loop().time()
            try:
                code = await self._run(place)
                if self._stopping:
                    return
                _log.error("worker process %d ended (%s) and is started again", place, code)
            except OSError as problem:  # too many files or processes: that can pass
                _log.error("worker process %d cannot be started now: %s", place, problem)
            if asyncio.get_running_loop().time() - began < _AGAIN_AFTER_S:
                await asyncio.sleep(_AGAIN_AFTER_S)

    async def _run(self, place: int) -> int:
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        listener = self._listeners[place].fileno()
        with theirs, ExitStack() as unless_started:
            unless_started.callback(ours.close)
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "proxy.workers.front", str(theirs.fileno()), str(listener),
                stdin=asyncio.subprocess.DEVNULL,
                pass_fds=(theirs.fileno(), listener),
                env=for_child("PROMETHEUS_MULTIPROC_DIR"),
                start_new_session=True,  # a Ctrl-C at the terminal is for the main process
            )  # fmt: skip
            unless_started.pop_all()
        line = await Line.over(ours)
        try:
            line.tell({"version": VERSION, **self._configuration()}, MAX_CONFIGURATION_BYTES)
            self._lines[place] = line
            desk = Desk(line, self.behind, self._sites.known, self._tell_all, lambda number: self._heard(place, number))
            await desk.serve()
            return await process.wait()
        finally:
            self._lines.pop(place, None)
            self._follows.pop(place, None)
            line.close()
            if process.returncode is None:
                process.kill()
                await process.wait()

    def _heard(self, place: int, number: int) -> None:
        self._follows[place] = number
        self._moved.set()

    def _configuration(self) -> Message:
        told = self.config.model_dump(mode="json", include=_FOR_FRONTS, exclude=_NOT_FOR_FRONTS)
        return {"config": told, "number": self._number, "stop_within_s": self.stop_within_s}
