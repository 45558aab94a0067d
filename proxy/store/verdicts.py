"""Recording verdicts, and the moves that follow from them."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, delete, insert, select, update

from proxy.clock import to_us
from proxy.errors import UnknownThing
from proxy.lifecycle import STATE_AFTER
from proxy.ping import MACHINE, Event, Evidence, Kind, Ping, State, Verdict
from proxy.store import rows, rulebook
from proxy.store.pings import add_events, moving
from proxy.store.schema import ping_rules, pings

# What every ping runs is put together once: that takes longer than to run it.
_ROWS_TO_CHANGE = (
    select(pings).where(pings.c.id.in_(bindparam("these", expanding=True))).order_by(pings.c.id).with_for_update()
)
_CHANGE = update(pings).where(pings.c.id == bindparam("this"))
_NEW_RULES = insert(ping_rules)
_NO_RULES = delete(ping_rules).where(ping_rules.c.ping_id == bindparam("this"))


@dataclass(frozen=True, slots=True)
class Decision:
    """A verdict on a ping, what its source showed, and what its sender is told."""

    ping_id: str
    verdict: Verdict
    evidence: Evidence | None
    at: datetime
    sentence: str = ""
    next_check_at: datetime | None = None


@dataclass(slots=True)
class _Changes:
    """What is to be written, gathered: pings by the columns that change."""

    rows: dict[tuple[str, ...], list[dict[str, Any]]]
    events: list[tuple[str, Event]]
    rules: list[dict[str, str]]
    without_rules: list[dict[str, str]]

    def write(self, connection: Connection) -> None:
        if self.without_rules:
            connection.execute(_NO_RULES, self.without_rules)
        if self.rules:
            connection.execute(_NEW_RULES, self.rules)
        for changes in self.rows.values():
            connection.execute(_CHANGE, changes)
        add_events(connection, self.events)


def decide(connection: Connection, decisions: list[Decision]) -> list[Ping]:
    """Record verdicts and move each ping to the state that follows; return the pings without their events.

    That the owner's rules in a verdict spoke is counted. A held ping that is held again stays where it is. A ping that
    a person moved meanwhile keeps the person's word: only the evidence is added. Raises `UnknownThing`.
    """
    these = {decision.ping_id for decision in decisions}
    if len(these) < len(decisions):  # one of them twice: the second builds on the first
        return [ping for decision in decisions for ping in decide(connection, [decision])]
    found = connection.execute(_ROWS_TO_CHANGE, {"these": sorted(these)})
    present = {row["id"]: row for row in found.mappings()}
    changes = _Changes(defaultdict(list), [], [], [])
    decided: list[Ping] = []
    for decision in decisions:
        row = present.get(decision.ping_id)
        if row is None:
            raise UnknownThing("ping", decision.ping_id)
        values = _gather(changes, row, decision)
        changes.rows[tuple(values)].append({"this": decision.ping_id, **values})
        decided.append(rows.from_row({**row, **values}))
    changes.write(connection)
    for decision in decisions:
        rulebook.count_hits(connection, decision.verdict, decision.at)
    return decided


def _gather(changes: _Changes, row: RowMapping, decision: Decision) -> dict[str, Any]:
    """Add to *changes* what a decision does beside the ping's row, and return what changes in that."""
    ping, verdict, evidence, at = rows.from_row(row), decision.verdict, decision.evidence, decision.at
    wanted = State.OBSERVED if _went_on(row) else STATE_AFTER[verdict.action]
    values: dict[str, Any] = {
        "evidence": rows.to_evidence(evidence),
        "findings": rows.to_findings(verdict.findings),
        "points": verdict.points,
        "spam_probability": verdict.spam_probability,
        "checks": ping.checks + 1,
        "next_check_at": None,
    }
    if ping.linkback.kind is Kind.PINGBACK and evidence is not None:
        # A pingback brings no texts; WordPress takes them from the page, and so do we, for people and for search.
        values |= {"title": (evidence.title or "")[:255], "excerpt": evidence.excerpt or ""}
    if ping.checks:
        changes.without_rules.append({"this": ping.id})
    names = sorted({finding.rule for finding in verdict.findings})
    changes.rules += [{"rule": name[:80], "ping_id": ping.id} for name in names]
    if ping.state in {State.RECEIVED, State.HELD}:
        if wanted is State.HELD:
            values["next_check_at"] = None if decision.next_check_at is None else to_us(decision.next_check_at)
        values |= {"fault": verdict.fault if wanted is State.REJECTED else None, "answer": decision.sentence}
        if wanted is not ping.state:
            values |= moving(ping, wanted, MACHINE, at)
        what = "checked" if wanted is ping.state else wanted.value
        changes.events.append((ping.id, Event(at, what, MACHINE, _because(verdict))))
    return values


def _went_on(row: RowMapping) -> bool:
    """True when the request went on as it came: such a ping takes no part in "seen before"."""
    return row["state"] == State.RECEIVED and row["seen_key"] is None


def _because(verdict: Verdict) -> str:
    spoke = [finding.text for finding in verdict.findings if finding.demands is verdict.action or finding.points]
    return f"{verdict.points:+.1f} points: " + "; ".join(spoke[:3]) if spoke else f"{verdict.points:+.1f} points"
