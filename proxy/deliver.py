"""Handing approved pings to WordPress, from the durable queue: one at a time for a site, in order, paced.

What WordPress is sent is always built here, from what was judged; never what was received.
"""

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection

from proxy import metrics
from proxy.addresses import parse_address
from proxy.clock import now
from proxy.config import Delivery, Site
from proxy.errors import PingwardenError, StoreUnavailable, UnknownThing
from proxy.outcome import Fate, Outcome, read_outcome
from proxy.ping import Kind, Ping, State
from proxy.privacy import Addresses
from proxy.store import queue
from proxy.store.database import Database
from proxy.upstream import Answer, Unanswered, Upstream
from proxy.wire.trackback import build_trackback
from proxy.wire.xmlrpc import build_ping

P = ParamSpec("P")
T = TypeVar("T")

# Renewed while an attempt runs, so that a delivery is taken over soon after its node died.
_LEASE = timedelta(seconds=15)
_RENEW_EVERY_S = 4.0
_ATTEMPT_S = 90.0
_LOOK_EVERY_S = 5.0
_NOTE_AGAIN_S = 0.5
_REFUSALS = 3  # by a database that is there: then it is this note that it does not take
_BY = "wordpress"
_TAKEN_OVER = "ping %s was on its way to %s for longer than its lease: another node has it, and says how it ends"
_log = logging.getLogger("pingwarden.deliver")


@dataclass(frozen=True, slots=True)
class Delivered:
    """How a delivery ended, with WordPress's own answer for a sender that still waits."""

    ping: Ping
    answer: Answer | None


@dataclass(slots=True)
class Deliverer:
    """Delivers for the sites that it is told to follow; `wake` says that there is work. Ends with `finish`."""

    database: Database
    upstream: Upstream
    settings: Delivery
    on_settled: Callable[[Delivered], None]
    owner: str = field(default_factory=lambda: secrets.token_hex(8))
    addresses: Addresses = Addresses("full")
    _wakes: dict[str, asyncio.Event] = field(default_factory=dict)
    _sites: dict[str, Site] = field(default_factory=dict)
    _runs: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    _lookout: asyncio.Task[None] | None = None

    def follow(self, sites: Iterable[Site], settings: Delivery) -> None:
        """Deliver for *sites* from now on, by *settings*; for others the attempt that is under way is the last."""
        self.settings = settings
        self._sites = {site.name: site for site in sites}
        if self._lookout is None:
            self._lookout = asyncio.create_task(self._look_out(), name="look out for deliveries")
        for name in self._sites.keys() - self._runs.keys():
            self._runs[name] = asyncio.create_task(self._run(name), name=f"deliver to {name}")
        for event in self._wakes.values():
            event.set()

    async def finish(self, within_s: float) -> None:
        """Begin nothing more, and return when the attempts under way have ended or were cut off after *within_s*."""
        runs = list(self._runs.values())
        self.follow((), self.settings)
        if self._lookout is not None:
            self._lookout.cancel()
            await asyncio.gather(self._lookout, return_exceptions=True)
        if runs:
            await asyncio.wait(runs, timeout=within_s)
        for run in runs:
            run.cancel()
        await asyncio.gather(*runs, return_exceptions=True)

    def wake(self, site: str) -> None:
        """Look at the site's queue now."""
        self._wakes.setdefault(site, asyncio.Event()).set()

    async def _look_out(self) -> None:
        """Wake the sites for which something came due or was approved elsewhere: one question for all of them."""
        while True:
            await asyncio.sleep(_LOOK_EVERY_S)
            try:
                for site in await self.database.read(queue.due_sites, now()):
                    if site in self._sites:
                        self.wake(site)
            except PingwardenError as problem:
                _log.error("deliveries wait: %s", problem)

    async def _run(self, name: str) -> None:
        """Deliver what is approved for the site of that name, as long as there is one."""
        event = self._wakes.setdefault(name, asyncio.Event())
        try:
            while (site := self._sites.get(name)) is not None:
                await self._round(site, event)
        finally:
            del self._runs[name]

    async def _round(self, site: Site, event: asyncio.Event) -> None:
        """Make an attempt if one is due, else wait for one."""
        event.clear()
        wait_s: float | None
        try:
            wait_s = await self.step(site)
        except PingwardenError as problem:
            _log.error("deliveries to %s wait: %s", site.name, problem)
            wait_s = _LOOK_EVERY_S
        except Exception:  # noqa: BLE001 - whatever fails with one ping, the site's others are delivered
            _log.exception("deliveries to %s wait", site.name)
            wait_s = _LOOK_EVERY_S
        if wait_s != 0:
            with suppress(TimeoutError):
                async with asyncio.timeout(wait_s):
                    await event.wait()

    async def step(self, site: Site) -> float | None:
        """Make one attempt if one is due. Return for how many seconds to wait then; None for until `wake`."""
        at = now()
        claim = await self.database.write(queue.claim, site.name, self.owner, at, _LEASE)
        if claim is None:
            due = await self.database.read(queue.next_due, site.name)
            return None if due is None else max(0.01, (due - now()).total_seconds())
        async with self._kept(claim):
            answer = await self._attempt(site, claim.ping)
        if isinstance(answer, Unanswered):
            fate = Fate.AGAIN if answer.reached else Fate.UNREACHABLE
            # Where not even a connection came about, nothing new can have been stored.
            outcome = Outcome(fate, answer.sentence, unsure=answer.reached or claim.unsure)
        else:
            outcome = read_outcome(claim.ping.linkback.kind, answer.status, answer.body, unsure=claim.unsure)
        try:
            await self._record(site, claim, outcome, answer if isinstance(answer, Answer) else None)
        except UnknownThing:  # deleted while it was on its way; the site's next one need not wait for the lease's end
            _log.warning("ping %s was deleted while it was delivered to %s", claim.ping.id, site.name)
            await self.database.write(queue.set_pace, site.name, now() + self._interval)
        return 0

    @asynccontextmanager
    async def _kept(self, claim: queue.Claim) -> AsyncIterator[None]:
        renewing = asyncio.create_task(self._renew(claim))
        try:
            yield
        finally:
            renewing.cancel()
            await asyncio.gather(renewing, return_exceptions=True)

    async def _renew(self, claim: queue.Claim) -> None:
        while True:
            await asyncio.sleep(_RENEW_EVERY_S)
            try:
                await self.database.write(queue.renew, claim.ping, self.owner, now() + _LEASE)
            except PingwardenError as problem:
                _log.warning("the lease of ping %s is not renewed: %s", claim.ping.id, problem)

    async def _attempt(self, site: Site, ping: Ping) -> Answer | Unanswered:
        linkback = ping.linkback
        headers = {}
        remote_ip = self.addresses.opened(ping.sender).remote_ip
        if parse_address(remote_ip) is not None:  # less may be kept of it
            headers["X-Forwarded-For"] = remote_ip
        if ping.sender.user_agent:
            headers["User-Agent"] = ping.sender.user_agent
        if linkback.kind is Kind.PINGBACK:
            headers["Content-Type"] = "text/xml"
            body = build_ping(linkback.source_url, linkback.target_url)
        else:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            body = build_trackback(linkback.source_url, linkback.title, linkback.excerpt, linkback.blog_name)
        with metrics.DELIVERING.time():
            return await self.upstream.ask(site, "POST", ping.endpoint, headers, body, timeout_s=_ATTEMPT_S)

    async def _record(self, site: Site, claim: queue.Claim, outcome: Outcome, answer: Answer | None) -> None:
        metrics.count_delivery(outcome.fate.value)
        state = {Fate.DELIVERED: State.DELIVERED, Fate.REFUSED: State.REFUSED}.get(outcome.fate)
        at = now()
        if state is None and at - claim.approved_at > timedelta(hours=self.settings.give_up_after_h):
            state = State.FAILED
            metrics.count_delivery("given up")
            _log.error("gave up delivering ping %s to %s: %s", claim.ping.id, site.name, outcome.sentence)
        if state is None:
            await self._postpone(site, claim, outcome)
            return
        # WordPress counts stored pings only: after any other outcome the next one need not wait.
        stored = state is State.DELIVERED
        next_at = at + self._interval if stored else at
        ping = await self._noted(
            queue.settle, claim.ping.id, self.owner, state, outcome.fault, outcome.sentence, _BY, at, next_at
        )
        if ping is None:
            _log.warning(_TAKEN_OVER, claim.ping.id, site.name)
        else:
            self.on_settled(Delivered(ping, answer))

    async def _noted(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """As `Database.write`; where the database is away, once it is back.

        Nobody else knows what WordPress answered: forgotten, the ping would be sent again.
        """
        refusals = 0
        while True:
            try:
                return await self.database.write(work, *args, **kwargs)
            except StoreUnavailable as problem:
                _log.error("what became of a delivery is not noted yet: %s", problem)
                refusals += await self._back_again()
                if refusals >= _REFUSALS:
                    raise

    async def _back_again(self) -> bool:
        """Return once the database takes writes; False when it was away meanwhile."""
        was_there = True
        while True:
            await asyncio.sleep(_NOTE_AGAIN_S)
            try:
                await self.database.ready()
            except StoreUnavailable:
                was_there = False
            else:
                return was_there

    @property
    def _interval(self) -> timedelta:
        return timedelta(seconds=self.settings.min_interval_s)

    async def _postpone(self, site: Site, claim: queue.Claim, outcome: Outcome) -> None:
        at = now()
        waits = self.settings.retry_after_s
        tries = claim.ping.attempts + 1
        wait_s = waits[min(tries, len(waits)) - 1]
        if outcome.fate is Fate.THROTTLED:
            wait_s = max(self.settings.min_interval_s, 1.0)
        holds_all = outcome.fate is not Fate.AGAIN
        _log.warning("delivery of ping %s to %s waits %g s: %s", claim.ping.id, site.name, wait_s, outcome.sentence)
        ours = await self._noted(
            queue.postpone,
            claim.ping.id,
            self.owner,
            at + timedelta(seconds=wait_s),
            outcome.sentence,
            at,
            unsure=outcome.unsure or (claim.unsure and outcome.fate is not Fate.DELIVERED),
            counts=outcome.fate is not Fate.THROTTLED,
            holds_site=holds_all,
        )
        if not ours:
            _log.warning(_TAKEN_OVER, claim.ping.id, site.name)
