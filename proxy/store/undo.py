"""What a person's action replaced, so that it can be taken back for a day.

Taking back is not a move like the others: it gives a ping its former row again, as long as nothing happened since and
WordPress was not asked. `proxy.lifecycle` says which words can be taken back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from proxy.clock import to_us
from proxy.errors import PingwardenError, UnknownThing
from proxy.lifecycle import may_take_back
from proxy.ping import State
from proxy.store import scope
from proxy.store.pings import add_event
from proxy.store.rows import new_id
from proxy.store.schema import events, ping_rules, pings, policies, rules, undos

_KEPT = timedelta(days=1)
# What approving, rejecting and labelling change of a row.
_WORD = (
    "state",
    "label",
    "decided_by",
    "decided_at",
    "fault",
    "answer",
    "next_check_at",
    "seen_key",
    "deliver_at",
    "approved_at",
    "attempts",
)
# What judging anew changes; a person's label is not among it.
_VERDICT = (
    *(name for name in _WORD if name != "label"),
    "findings",
    "evidence",
    "points",
    "spam_probability",
    "checks",
    "title",
    "excerpt",
)
Kept = dict[str, Any]


class CannotUndo(PingwardenError):
    """Something happened since that cannot be taken back; the message says what."""


@dataclass(frozen=True, slots=True)
class Undo:
    """An action that can be taken back."""

    id: str
    what: str
    count: int
    undone: bool


def keep(connection: Connection, what: str, before: Sequence[Kept], by: str, at: datetime) -> str:
    """Keep what an action replaced and return the id under which it can be taken back."""
    connection.execute(delete(undos).where(undos.c.at < to_us(at - _KEPT)))
    undo_id = new_id(at)
    row = {"id": undo_id, "at": to_us(at), "by": by, "what": what, "before": list(before), "undone": False}
    connection.execute(insert(undos).values(row))
    return undo_id


def find(connection: Connection, undo_id: str) -> Undo:
    """Return what can be taken back. Raises `UnknownThing`."""
    row = _action(connection, undo_id)
    return Undo(row.id, row.what, len(row.before), bool(row.undone))


def _action(connection: Connection, undo_id: str, *, to_change: bool = False) -> Row[Any]:
    """Return an action all of whose things are within the scope. Raises `UnknownThing`."""
    query = select(undos).where(undos.c.id == undo_id)
    row = connection.execute(query.with_for_update() if to_change else query).first()
    here = scope.of(connection)
    if row is None or not (
        here.is_everywhere or all(here.holds(site) for kept in row.before for site in _sites(connection, kept))
    ):
        raise UnknownThing("action that can be undone", undo_id)
    return row


def _sites(connection: Connection, kept: Kept) -> set[str | None]:
    """Return whose a thing was and is; None among them where it is for all sites, or nobody knows any more."""
    if "policy" in kept:
        return {kept["policy"]}
    table = rules if "rule" in kept else pings
    query = select(table.c.site).where(table.c.id == (kept.get("rule") or kept.get("ping")))
    found = set(connection.execute(query).scalars())
    row = kept.get("row") or {}
    return found | {row["site"]} if "site" in row else found or {None}


def models_of(connection: Connection, undo_id: str) -> list[Kept]:
    """Return what an action did to models, which are no rows here: the caller takes that back.

    Raises `UnknownThing`.
    """
    before = _action(connection, undo_id).before
    return [kept for kept in before if "model" in kept]


def word_of(connection: Connection, ping_id: str) -> Kept:
    """Return what a person's word on a ping replaces. Raises `UnknownThing`."""
    return {"ping": ping_id, "row": {name: _row(connection, ping_id)[name] for name in _WORD}}


def verdict_of(connection: Connection, ping_id: str) -> Kept:
    """Return what judging a ping anew replaces. Raises `UnknownThing`."""
    row = _row(connection, ping_id)
    spoke = connection.execute(select(ping_rules.c.rule).where(ping_rules.c.ping_id == ping_id)).scalars()
    return {"ping": ping_id, "row": {name: row[name] for name in _VERDICT}, "rules": list(spoke)}


def whole_ping(connection: Connection, ping_id: str) -> Kept:
    """Return all that deleting a ping removes. Raises `UnknownThing`."""
    story = connection.execute(select(events).where(events.c.ping_id == ping_id).order_by(events.c.id)).mappings()
    spoke = connection.execute(select(ping_rules.c.rule).where(ping_rules.c.ping_id == ping_id)).scalars()
    return {
        "deleted": ping_id,
        "row": _row(connection, ping_id),
        "events": [{name: value for name, value in line.items() if name != "id"} for line in story],
        "rules": list(spoke),
    }


def rule_of(connection: Connection, rule_id: str) -> Kept:
    """Return the row of a rule as it is, None in it when there is none."""
    row = connection.execute(select(rules).where(rules.c.id == rule_id)).mappings().first()
    return {"rule": rule_id, "row": None if row is None else dict(row)}


def policy_of(connection: Connection, site: str) -> Kept:
    """Return what is set about a site's pings to itself, None in it when the configuration holds."""
    row = connection.execute(select(policies).where(policies.c.site == site)).mappings().first()
    return {"policy": site, "row": None if row is None else dict(row)}


def take_back(connection: Connection, undo_id: str, by: str, at: datetime) -> int:
    """Give everything back as it was; return how many things. Raises `CannotUndo` when something cannot be."""
    row = _action(connection, undo_id, to_change=True)
    if row.undone:
        raise CannotUndo("this was undone already")
    for kept in row.before:
        if "ping" in kept:
            _take_back_word(connection, kept, by, at)
        elif "deleted" in kept:
            _restore_ping(connection, kept, by, at)
        elif "policy" in kept:
            _restore_policy(connection, kept)
        elif "rule" in kept:
            _restore_rule(connection, kept)
    connection.execute(update(undos).where(undos.c.id == undo_id).values(undone=True))
    return len(row.before)


def _row(connection: Connection, ping_id: str) -> dict[str, Any]:
    seen = scope.narrow(connection, select(pings).where(pings.c.id == ping_id), pings.c.site)
    row = connection.execute(seen).mappings().first()
    if row is None:
        raise UnknownThing("ping", ping_id)
    return dict(row)


def _take_back_word(connection: Connection, kept: Kept, by: str, at: datetime) -> None:
    present = connection.execute(select(pings).where(pings.c.id == kept["ping"]).with_for_update()).mappings().first()
    if present is None:
        raise CannotUndo("the ping was deleted since")
    before: dict[str, Any] = kept["row"]
    state, former = State(present["state"]), State(before["state"])
    if present["attempts"] and state is State.APPROVED:
        raise CannotUndo("it is on its way to WordPress")
    if state is not State(kept.get("after", former)) or (state is not former and not may_take_back(state, former)):
        raise CannotUndo(f"the ping is {state.value} by now")
    values = before if state is not former or "rules" in kept else {"label": before["label"]}
    try:
        with connection.begin_nested():
            connection.execute(update(pings).where(pings.c.id == kept["ping"]).values(**values))
    except IntegrityError:
        raise CannotUndo("the same linkback came again since") from None
    if "rules" in kept:
        connection.execute(delete(ping_rules).where(ping_rules.c.ping_id == kept["ping"]))
        _spoke(connection, kept["ping"], kept["rules"])
    told = "the verdict before" if "rules" in kept else "label"
    add_event(connection, kept["ping"], at, "undone", by, f"{former.value} again" if state is not former else told)


def _restore_ping(connection: Connection, kept: Kept, by: str, at: datetime) -> None:
    try:
        with connection.begin_nested():
            connection.execute(insert(pings).values(**kept["row"]))
    except IntegrityError:
        raise CannotUndo("the same linkback came again since") from None
    if kept["events"]:
        connection.execute(insert(events), kept["events"])
    _spoke(connection, kept["deleted"], kept["rules"])
    add_event(connection, kept["deleted"], at, "undone", by, "not deleted")


def _spoke(connection: Connection, ping_id: str, names: Sequence[str]) -> None:
    if names:
        connection.execute(insert(ping_rules), [{"rule": rule, "ping_id": ping_id} for rule in names])


def _restore_rule(connection: Connection, kept: Kept) -> None:
    hits = connection.execute(select(rules.c.hits, rules.c.last_hit_at).where(rules.c.id == kept["rule"])).first()
    connection.execute(delete(rules).where(rules.c.id == kept["rule"]))
    if kept["row"] is not None:
        counted = {} if hits is None else {"hits": hits.hits, "last_hit_at": hits.last_hit_at}
        connection.execute(insert(rules).values(**(kept["row"] | counted)))


def _restore_policy(connection: Connection, kept: Kept) -> None:
    connection.execute(delete(policies).where(policies.c.site == kept["policy"]))
    if kept["row"] is not None:
        connection.execute(insert(policies).values(**kept["row"]))
