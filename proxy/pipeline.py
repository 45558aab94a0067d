"""The way of a ping: record, judge, release. Everything that decides about one passes here.

take     what a request does: record it as received, judge it, release it, and answer in time
judge    cheap rules, then the source, then all rules and the model; the verdict is recorded with the move
release  an approved ping goes to WordPress by the one durable queue, whoever approved it
resume   what a crash, a budget or an unreachable source left for later
"""

import asyncio
import logging
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy.exc import IntegrityError

from proxy import metrics
from proxy.clock import now, steady_zero
from proxy.commons import Commons
from proxy.config import Config, Site
from proxy.decide import decide
from proxy.deliver import Delivered, Deliverer
from proxy.errors import FaultCode, IllegalMove, StoreUnavailable, UnknownThing
from proxy.ping import Action, Evidence, Failure, Finding, Label, Linkback, Ping, Sender, State, Verdict
from proxy.policy import SelfPolicy
from proxy.privacy import Addresses, addresses_of
from proxy.reply import CANNOT_RECORD, SENTENCES, XML, Passed, Refused, Registered, Reply, Told
from proxy.rules import CHEAP, FULL, findings
from proxy.rules.case import Case, Relation, SiteFacts
from proxy.score import Judge
from proxy.store import arrivals, known, pings, policies, queue, verdicts
from proxy.store.arrivals import Arrival, SeenBefore
from proxy.store.database import Database
from proxy.store.known import Asked
from proxy.store.scope import EVERYWHERE, Scope, Within
from proxy.store.verdicts import Decision
from proxy.urls import parse
from proxy.verify import Checked, Verifier

# A source that could not be read is asked again after these times, then it waits for a person.
CHECK_AGAIN = tuple(timedelta(seconds=s) for s in (60, 600, 3600, 6 * 3600, 24 * 3600))
_MAX_JUDGING = 64
_MAX_WAITING = 512
_TAKEN_UP_AT_LEAST = 4
_LOOK_EVERY_S = 2.0
_CLOCK_SET = timedelta(seconds=5)  # less is set by slowing the clock down
_log = logging.getLogger("pingwarden.ping")


@dataclass(slots=True)
class Pipeline:
    """All that a ping passes through."""

    config: Config
    database: Database
    verifier: Verifier
    judge_in_force: Judge
    commons: Commons = field(default_factory=lambda: Commons(""))
    deliverer: Deliverer = field(init=False)
    addresses: Addresses = field(init=False)
    _at_work: dict[str, asyncio.Task[Ping]] = field(default_factory=dict)
    _slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_MAX_JUDGING))
    _settled: "OrderedDict[str, asyncio.Future[Delivered]]" = field(default_factory=OrderedDict)

    def __post_init__(self) -> None:
        self.deliverer = Deliverer(self.database, self.verifier.upstream, self.config.delivery, self._on_settled)
        self.addresses = self.deliverer.addresses = addresses_of(self.config)

    async def take(self, site: Site, linkback: Linkback, sender: Sender, endpoint: str, until: float) -> Told:
        """Record a linkback and return what its sender is told, before *until* (in the event loop's time)."""
        try:
            async with asyncio.timeout_at(until):
                received = await self._recorded(site, linkback, sender, endpoint)
        except (StoreUnavailable, TimeoutError):
            return CANNOT_RECORD
        if isinstance(received, SeenBefore):
            return _told_before(received, linkback)
        if len(self._at_work) >= _MAX_WAITING:
            return Registered(linkback)  # it is on the disk, and `resume` takes it up
        outcome = self._settled[received.id] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout_at(until):
                judged = await asyncio.shield(self._start(received, site))
                if judged.state is State.REJECTED:
                    return Refused(judged.fault or FaultCode.ACCESS_DENIED, judged.answer)
                if judged.state is State.APPROVED:
                    return _told_after(await outcome, linkback)
        except (TimeoutError, StoreUnavailable):
            _log.debug("ping %s: the sender is answered before the work is done", received.id)
        finally:
            self._settled.pop(received.id, None)
        return Registered(linkback)

    def follow(self, config: Config) -> None:
        """Judge and deliver by *config* from now on; what is being judged keeps the site that it began with.

        Raises OSError, and nothing changes, when the key of addresses cannot be read or made.
        """
        self.addresses = self.deliverer.addresses = addresses_of(config)
        self.config = config
        self.deliverer.follow(config.sites, config.delivery)

    def take_judge(self, judge: Judge) -> None:
        """Judge with another model from now on; what is being judged keeps the one that it began with."""
        self.judge_in_force = judge

    async def observe(self, site: Site, linkback: Linkback, sender: Sender, endpoint: str) -> None:
        """Record a linkback that went on as it came, with the verdict that it would have had."""
        ping = await self._recorded(site, linkback, sender, endpoint, goes_on=True)
        if isinstance(ping, Ping) and len(self._at_work) < _MAX_WAITING:  # else `resume` takes it up
            self._start(ping, site)

    async def judge(self, ping: Ping, site: Site) -> Ping:
        """Judge *ping* now and record the verdict; an approved one is released."""
        ping = replace(ping, sender=self.addresses.opened(ping.sender))
        case = await self._case(ping, site)
        cheap = findings(CHEAP, case)
        passes = case.relation is Relation.SELF and case.site.policy.self_pings == "pass"
        checked = Checked(Evidence())
        if passes or any(finding.demands is Action.REJECT for finding in cheap):
            verdict = decide(cheap, self.judge_in_force.bands_for(site.policy))
        else:
            checked = await self._checked(ping, site)
            verdict = self._verdict(case, checked)
        evidence = checked.evidence if checked.evidence != Evidence() else None
        again_at, sentence = _check_again_at(ping, checked), _sentence(verdict)
        decision = Decision(ping.id, verdict, evidence, now(), sentence, again_at)
        judged = await self.database.write_together(verdicts.decide, decision)
        metrics.count_verdict(judged)
        _log.info("%s", _line(judged))
        if judged.state is State.APPROVED:
            self.deliverer.wake(site.name)
        return judged

    async def _checked(self, ping: Ping, site: Site) -> Checked:
        try:
            return await self.verifier.check(ping, site, wants_date=site.policy.closed_after_days > 0)
        except Exception:  # noqa: BLE001 - promise 6: whatever breaks in reading a stranger's page, the ping is held
            _log.exception("the source of ping %s could not be checked", ping.id)
            return Checked(Evidence(failure=Failure.UNREADABLE))

    def _verdict(self, case: Case, checked: Checked) -> Verdict:
        full = replace(case, evidence=checked.evidence, target_published_at=checked.target_published_at)
        judge = self.judge_in_force
        opinion = judge.opinion(case.linkback, checked.evidence, case.sender)
        found = (*findings(FULL, full), opinion.finding)
        return decide(found, judge.bands_for(case.site.policy), opinion.spam_probability)

    async def release(
        self,
        ping_id: str,
        by: str,
        label: Label | None,
        grace: timedelta = timedelta(0),
        scope: Scope = EVERYWHERE,
    ) -> Ping:
        """Approve a ping for a person: the same door as automatic approval. Raises `IllegalMove`, `UnknownThing`.

        It stays here for *grace*, in which the person can think again.
        """
        database = Within(self.database, scope)
        ping = await database.write(pings.word, ping_id, State.APPROVED, label, by, now(), grace)
        self.deliverer.wake(ping.site)
        return ping

    async def reject(self, ping_id: str, by: str, label: Label | None, scope: Scope = EVERYWHERE) -> Ping:
        """Reject a ping for a person. Raises `IllegalMove`, `UnknownThing`."""
        return await Within(self.database, scope).write(pings.word, ping_id, State.REJECTED, label, by, now())

    async def check_again(self, ping_id: str, scope: Scope = EVERYWHERE) -> Ping:
        """Ask the source again now and judge anew; a decided ping only gets the new evidence. Raises `UnknownThing`."""
        ping = await Within(self.database, scope).read(pings.get, ping_id)
        site = next((site for site in self.config.sites if site.name == ping.site), None)
        if site is None:
            raise UnknownThing("site", ping.site)
        return await asyncio.shield(self._at_work.get(ping_id) or self._start(ping, site))

    async def resume(self) -> None:
        """Take up what was left for later, for ever."""
        zero = steady_zero()
        while True:
            sites = {site.name: site for site in self.config.sites}
            try:
                zero = await self._follow_clock(zero)
                if len(self._at_work) < _MAX_WAITING and await self.database.read(pings.is_check_due, now()):
                    for ping in await self.database.write(pings.claim_checks, now(), self._room()):
                        if ping.site in sites and ping.id not in self._at_work:
                            self._start(ping, sites[ping.site])
            except StoreUnavailable as problem:
                _log.error("nothing can be taken up again: %s", problem)
            await asyncio.sleep(_LOOK_EVERY_S)

    def _room(self) -> int:
        """Return how many may be taken up now: what senders leave free, for they wait for an answer."""
        return max(_MAX_JUDGING - len(self._at_work), _TAKEN_UP_AT_LEAST)

    async def _follow_clock(self, before: datetime) -> datetime:
        """Return `steady_zero`; when it moved back from *before*, nothing is left to wait for times that come again."""
        zero = steady_zero()
        if before - zero > _CLOCK_SET and not self.config.database:
            _log.warning(
                "the clock was set back by %d s; what waits does not wait longer", (before - zero).total_seconds()
            )
            await self.database.write(queue.set_back, before - zero, now())
        return zero

    async def close(self) -> None:
        """Let what is being judged come to its end, within a bound; the rest is resumed at the next start."""
        if self._at_work:
            await asyncio.wait(self._at_work.values(), timeout=5)
        for task in self._at_work.values():
            task.cancel()

    async def _recorded(
        self, site: Site, linkback: Linkback, sender: Sender, endpoint: str, *, goes_on: bool = False
    ) -> Ping | SeenBefore:
        arrival = Arrival(site.name, linkback, self.addresses.kept(sender), endpoint, now(), goes_on)
        for _ in range(2):
            try:
                return await self.database.write_together(arrivals.receive, arrival)
            except IntegrityError:
                continue  # another node took the same linkback at this moment: now it was seen before
        raise StoreUnavailable("the same linkback is being recorded elsewhere")

    def _start(self, ping: Ping, site: Site) -> "asyncio.Task[Ping]":
        task = asyncio.create_task(self._judge_in_turn(ping, site), name=f"judge {ping.id}")
        self._at_work[ping.id] = task
        task.add_done_callback(lambda _: self._at_work.pop(ping.id, None))
        return task

    async def _judge_in_turn(self, ping: Ping, site: Site) -> Ping:
        async with self._slots:
            try:
                with metrics.JUDGING.time():
                    return await self.judge(ping, site)
            except (IllegalMove, UnknownThing, StoreUnavailable) as problem:
                _log.warning("ping %s was not judged now: %s", ping.id, problem)
                return ping
            except Exception:  # noqa: BLE001 - promise 6: whatever failed in judging, the ping is held
                _log.exception("ping %s could not be judged", ping.id)
                return await self._hold(ping)

    async def _hold(self, ping: Ping) -> Ping:
        text = "judging failed, so a person has to decide; the log says why"
        verdict = decide([Finding("crashed-rule", 0, text, Action.HOLD)], self.judge_in_force.bands)
        try:
            return await self.database.write_together(verdicts.decide, Decision(ping.id, verdict, None, now()))
        except (UnknownThing, StoreUnavailable) as problem:
            _log.warning("ping %s was not held now: %s", ping.id, problem)
            return ping

    async def _case(self, ping: Ping, site: Site) -> Case:
        at = now()
        found = await self.database.read_together(known.of_pings, Asked(ping, at))
        return Case(ping.linkback, ping.sender, site_facts(site, found.self_policy), at, found.past, found.rules)

    async def facts_by_site(self) -> dict[str, SiteFacts]:
        """Return each site as the rules see it, by name."""
        own = await self.database.read(policies.list_all)
        return {site.name: site_facts(site, own.get(site.name)) for site in self.config.sites}

    def _on_settled(self, delivered: Delivered) -> None:
        waiting = self._settled.get(delivered.ping.id)
        _log.info("%s", _line(delivered.ping))
        if waiting is not None and not waiting.done():
            waiting.set_result(delivered)


def site_facts(site: Site, own: SelfPolicy | None) -> SiteFacts:
    """Return a site as the rules see it. What was set on the admin pages wins over the configuration."""
    policy, hosts = site.policy, site.our_hosts
    if own is not None:
        policy, hosts = policy.model_copy(update={"self_pings": own.self_pings}), hosts | {*own.hosts}
    return SiteFacts(site.name, parse(site.home + "/"), hosts, policy)


def _told_before(seen: SeenBefore, linkback: Linkback) -> Told:
    return Registered(linkback) if seen.fault is None else Refused(seen.fault, seen.sentence)


def _told_after(delivered: Delivered, linkback: Linkback) -> Told:
    answer = delivered.answer
    if answer is None or delivered.ping.state is State.FAILED:
        return Registered(linkback)
    return Passed(Reply(answer.status, answer.headers.get("Content-Type", XML), answer.body))


def _sentence(verdict: Verdict) -> str:
    return SENTENCES.get(verdict.fault, "") if verdict.fault is not None else ""


def _check_again_at(ping: Ping, checked: Checked) -> datetime | None:
    failure = checked.evidence.failure
    if failure is None or failure.is_final:
        return None
    if ping.checks >= len(CHECK_AGAIN) and failure is not Failure.OVER_BUDGET:
        return None
    wait = CHECK_AGAIN[min(ping.checks, len(CHECK_AGAIN) - 1)]
    return now() + max(wait, timedelta(seconds=min(checked.retry_after_s or 0, 86400)))


def _line(ping: Ping) -> str:
    points = f" points={ping.verdict.points:+.2f}" if ping.verdict else ""
    rules = ",".join(finding.rule for finding in ping.verdict.findings) if ping.verdict else ""
    return (
        f"ping={ping.id} site={ping.site} kind={ping.linkback.kind} state={ping.state}{points} rules={rules} "
        f"source={ping.linkback.source_url} target={ping.linkback.target_url} ip={ping.sender.remote_ip}"
    )
