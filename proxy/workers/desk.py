"""The main process's end of a line: answers what one front asks, out of the pipeline and the gate that are for all."""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any

from proxy.config import Config, Site
from proxy.doors import Behind
from proxy.errors import StoreUnavailable
from proxy.limits import Outcome, Ticket
from proxy.workers import values
from proxy.workers.line import Line, Message

_MAX_AT_WORK = 1024
Tell = Callable[[Message], None]


@dataclass(slots=True)
class Sites:
    """Every site that there has been: a front may ask for one in the moment in which it is taken away."""

    known: dict[str, Site] = field(default_factory=dict)

    def follow(self, config: Config) -> None:
        """Know the sites of *config* too, as they are now."""
        self.known |= {site.name: site for site in config.sites}


@dataclass(slots=True)
class Desk:
    """Serves one front. `tell_all` reaches every front."""

    line: Line
    behind: Behind
    sites: Mapping[str, Site]
    tell_all: Tell
    on_follows: Callable[[int], None]
    _out: Counter[Ticket] = field(default_factory=Counter)
    _at_work: set[asyncio.Task[None]] = field(default_factory=set)
    _gone: bool = False

    async def serve(self) -> None:
        """Answer until the front is gone. What it handed in before is judged all the same."""
        async for message in self.line.heard():
            if "follows" in message:
                self.on_follows(message["follows"])
            elif len(self._at_work) >= _MAX_AT_WORK and message["ask"] != "settle":  # that one ends what was let in
                self.line.tell({"id": message["id"], "trouble": "too much is waiting"})
            else:
                task = asyncio.create_task(self._answer(message))
                self._at_work.add(task)
                task.add_done_callback(self._at_work.discard)
        self._gone = True
        # Nobody brings back the tickets that the front had: what became of those calls nobody knows.
        for ticket in tuple(self._out.elements()):
            await self.behind.gate.log_ins.settle(ticket, Outcome())
        self._out.clear()

    async def _answer(self, message: Message) -> None:
        try:
            answer = await self._work(message["ask"])(message)
        except StoreUnavailable as problem:
            self.line.tell({"id": message["id"], "trouble": str(problem)})
        else:
            if not self.line.tell({"id": message["id"], "answer": answer}):
                self.line.tell({"id": message["id"], "trouble": "the answer is too long"})

    def _work(self, what: str) -> Callable[[Message], Coroutine[Any, Any, Any]]:
        return {
            "take": self._take,
            "observe": self._observe,
            "named": self._named,
            "wait": self._wait,
            "call": self._call,
            "admit": self._admit,
            "settle": self._settle,
        }[what]

    async def _take(self, message: Message) -> list[Any]:
        until = asyncio.get_running_loop().time() + message["left_s"]
        linkback = values.to_linkback(message["linkback"])
        site, sender = self.sites[message["site"]], values.to_sender(message["sender"])
        return values.from_told(await self.behind.desk.take(site, linkback, sender, message["endpoint"], until))

    async def _observe(self, message: Message) -> None:
        linkback, sender = values.to_linkback(message["linkback"]), values.to_sender(message["sender"])
        await self.behind.desk.observe(self.sites[message["site"]], linkback, sender, message["endpoint"])

    async def _named(self, message: Message) -> list[Any]:
        name = values.to_name(message["name"])
        return values.from_post(await self.behind.targets.named(self.sites[message["site"]], name))

    async def _wait(self, message: Message) -> int | None:
        return await self.behind.gate.wait_s(message["ip"], message["targets"], message["linkbacks"])

    async def _call(self, message: Message) -> int | None:
        return await self.behind.gate.call_wait_s(message["ip"], message["size"])

    async def _admit(self, message: Message) -> int | list[Any]:
        ticket = await self.behind.gate.log_ins.admit(message["ip"], values.to_log_ins(message["tried"]))
        if isinstance(ticket, int):
            return ticket
        if self._gone:  # it waited for longer than the front lived
            await self.behind.gate.log_ins.settle(ticket, Outcome())
            return 0
        self._out[ticket] += 1
        return values.from_ticket(ticket)

    async def _settle(self, message: Message) -> int:
        ticket = values.to_ticket(message["ticket"])
        if not self._out[ticket]:
            return 0
        self._out[ticket] -= 1
        log_ins = self.behind.gate.log_ins
        counted = await log_ins.settle(ticket, Outcome(message["failed"], message["succeeded"]))
        if counted and (wait_s := await log_ins.wait_s(ticket.remote_ip)) is not None:
            self.tell_all({"blocked": ticket.remote_ip, "wait_s": wait_s})
        return counted
