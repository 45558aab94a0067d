"""The front process: the doors, with everything behind them at the other end of its line.

python -m proxy.workers.front LINE LISTENER      both are numbers of open sockets
"""

import asyncio
import logging
import signal
import socket
import sys
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from proxy.commands.serve import log_to_stderr
from proxy.config import Config, Site, from_mapping
from proxy.doors import Behind, FrontDoor
from proxy.errors import StoreUnavailable
from proxy.identify import PostName
from proxy.limits import Outcome, Ticket, client
from proxy.listener import Listener
from proxy.ping import Linkback, Sender
from proxy.reply import CANNOT_RECORD, Told
from proxy.target import Post
from proxy.upstream import Unanswered, Upstream
from proxy.wire.logins import LogIns
from proxy.workers import values
from proxy.workers.line import MAX_CONFIGURATION_BYTES, VERSION, Line, Message

_LATE_S = 1.0  # how long after its time an answer of the main process is waited for
_BUSY_S = 30  # what a client is told to wait while nobody can be asked
_MAX_BLOCKED = 65536
_MAX_KNOWN = 4096
_log = logging.getLogger("pingwarden.worker")


@dataclass(frozen=True, slots=True)
class FarDesk:
    """Hands linkbacks in at the main process."""

    line: Line

    async def take(self, site: Site, linkback: Linkback, sender: Sender, endpoint: str, until: float) -> Told:
        """As `Desk` says; while the main process does not answer, the linkback cannot be recorded."""
        left_s = until - asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout_at(until + _LATE_S):
                told = await self.line.ask("take", **_handed_in(site, linkback, sender, endpoint), left_s=left_s)
        except (StoreUnavailable, TimeoutError):
            return CANNOT_RECORD
        return values.to_told(told, linkback)

    async def observe(self, site: Site, linkback: Linkback, sender: Sender, endpoint: str) -> None:
        """As `Desk` says."""
        await self.line.ask("observe", **_handed_in(site, linkback, sender, endpoint))


def _handed_in(site: Site, linkback: Linkback, sender: Sender, endpoint: str) -> Message:
    fields, by = values.from_linkback(linkback), values.from_sender(sender)
    return {"site": site.name, "linkback": fields, "sender": by, "endpoint": endpoint}


@dataclass(frozen=True, slots=True)
class FarTargets:
    """Asks the main process which post is meant, which remembers it for all."""

    line: Line

    async def named(self, site: Site, name: PostName) -> Post | Unanswered | None:
        """As `Targets` says."""
        try:
            return values.to_post(await self.line.ask("named", site=site.name, name=values.from_name(name)))
        except StoreUnavailable as problem:
            return Unanswered(str(problem), reached=False)


@dataclass(slots=True)
class FarLogIns:
    """Counts failed log-ins at the main process, and remembers here whom it blocked and which log-ins were right."""

    line: Line
    _blocked: OrderedDict[str, float] = field(default_factory=OrderedDict)
    _known: OrderedDict[tuple[str, bytes], None] = field(default_factory=OrderedDict)

    async def wait_s(self, remote_ip: str) -> int | None:
        """As `LogInCounter` says, without asking anybody."""
        until = self._blocked.get(client(remote_ip)) if self._blocked else None
        left_s = until - asyncio.get_running_loop().time() if until is not None else 0.0
        return int(left_s) + 1 if left_s > 0 else None

    def block(self, remote_ip: str, wait_s: int) -> None:
        """Take no call from that client for *wait_s* seconds."""
        self._blocked[client(remote_ip)] = asyncio.get_running_loop().time() + wait_s
        self._blocked.move_to_end(client(remote_ip))
        if len(self._blocked) > _MAX_BLOCKED:
            self._blocked.popitem(last=False)

    async def admit(self, remote_ip: str, tried: LogIns) -> Ticket | int:
        """As `LogInCounter` says; log-ins that were right before are not asked about."""
        key = client(remote_ip)
        if all((key, pair) in self._known for pair in tried.pairs):
            return Ticket(remote_ip, tried, 0)
        asked = asyncio.ensure_future(self.line.ask("admit", ip=remote_ip, tried=values.from_log_ins(tried)))
        try:
            answer = await asyncio.shield(asked)
        except StoreUnavailable:
            return _BUSY_S
        except asyncio.CancelledError:
            asked.add_done_callback(self._give_back)
            raise
        return answer if isinstance(answer, int) else values.to_ticket(answer)

    async def settle(self, ticket: Ticket, outcome: Outcome) -> int:
        """As `LogInCounter` says."""
        if outcome.succeeded and not outcome.failed:
            for pair in ticket.tried.proven_by_success:
                self._known[client(ticket.remote_ip), pair] = None
            while len(self._known) > _MAX_KNOWN:
                self._known.popitem(last=False)
        if not ticket.guesses:
            return 0
        told = {"ticket": values.from_ticket(ticket), "failed": outcome.failed, "succeeded": outcome.succeeded}
        if not outcome.failed:
            self.line.tell({"id": 0, "ask": "settle", **told})  # nothing was counted, so nobody waits for the answer
            return 0
        try:
            counted: int = await self.line.ask("settle", **told)
        except StoreUnavailable:  # too much is being asked, or nobody is there: it counts without an answer
            self.line.tell({"id": 0, "ask": "settle", **told})
            return 0
        return counted

    def _give_back(self, asked: "asyncio.Future[Any]") -> None:
        if not asked.cancelled() and asked.exception() is None and not isinstance(asked.result(), int):
            self.line.tell({"id": 0, "ask": "settle", "ticket": asked.result(), "failed": 0, "succeeded": False})


@dataclass(slots=True)
class FarGate:
    """Counts at the main process."""

    line: Line
    log_ins: FarLogIns
    counts_calls: bool = False

    async def wait_s(self, remote_ip: str, targets: Sequence[str], linkbacks: int | None = None) -> int | None:
        """As `Counter` says."""
        if not targets and not linkbacks:
            return None
        return await self._ask("wait", ip=remote_ip, targets=list(targets), linkbacks=linkbacks)

    async def call_wait_s(self, remote_ip: str, size: int) -> int | None:
        """As `Counter` says; nobody is asked where calls have no limit."""
        return await self._ask("call", ip=remote_ip, size=size) if self.counts_calls else None

    async def _ask(self, what: str, **details: Any) -> int | None:
        try:
            wait_s: int | None = await self.line.ask(what, **details)
        except StoreUnavailable:
            return _BUSY_S
        return wait_s


@dataclass(slots=True)
class Front:
    """One front process at work."""

    line: Line
    listener: socket.socket
    _stop: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        """Serve from the first configuration until told to stop, or until the main process is gone."""
        heard = self.line.heard()
        first = await anext(heard, None)
        if first is None or first.get("version") != VERSION:
            raise SystemExit("the main process is of another version: start it anew")
        config = from_mapping(first["config"])
        async with Upstream(config.upstream_timeout_s) as upstream:
            gate = FarGate(self.line, FarLogIns(self.line))
            door = FrontDoor(config, Behind(FarDesk(self.line), gate, upstream, FarTargets(self.line)))
            runner = web.ServerRunner(Listener(door.handle), shutdown_timeout=config_stop_s(first))
            await runner.setup()
            await web.SockSite(runner, self.listener, backlog=1024).start()
            self._follow(config, first, gate, door, upstream)
            listening = asyncio.create_task(self._listen(heard, gate, door, upstream))
            await self._stop.wait()
            await runner.cleanup()
            self.line.close()
            listening.cancel()

    def stop(self) -> None:
        """Take nothing new, and end when what is here is done."""
        self._stop.set()

    async def _listen(self, heard: Any, gate: FarGate, door: FrontDoor, upstream: Upstream) -> None:
        async for message in heard:
            if "config" in message:
                self._follow(from_mapping(message["config"]), message, gate, door, upstream)
            elif "blocked" in message:
                gate.log_ins.block(message["blocked"], message["wait_s"])
            elif "stop" in message:
                self._stop.set()
        self._stop.set()  # the main process is gone: whoever comes now is for the next one

    def _follow(self, config: Config, message: Message, gate: FarGate, door: FrontDoor, upstream: Upstream) -> None:
        limits = config.limits
        gate.counts_calls = bool(limits.calls_per_client_per_minute or limits.call_bytes_per_client_per_minute)
        upstream.timeout_s = config.upstream_timeout_s
        door.follow(config)
        self.line.tell({"follows": message["number"]})


def config_stop_s(message: Message) -> float:
    """Return how long what is in flight may take when it is time to stop."""
    return float(message["stop_within_s"])


def main() -> None:
    """Be a front process."""
    log_to_stderr()
    work = _serve(int(sys.argv[1]), int(sys.argv[2]))
    try:
        import uvloop
    except ImportError:
        asyncio.run(work)
    else:
        uvloop.run(work)


async def _serve(line: int, listener: int) -> None:
    loop = asyncio.get_running_loop()
    end = socket.socket(fileno=line)
    end.setblocking(False)
    front = Front(await Line.over(end, MAX_CONFIGURATION_BYTES), socket.socket(fileno=listener))
    for number in (signal.SIGINT, signal.SIGHUP):  # the main process tells what they mean
        loop.add_signal_handler(number, lambda: None)
    loop.add_signal_handler(signal.SIGTERM, front.stop)
    await front.run()


if __name__ == "__main__":
    main()
