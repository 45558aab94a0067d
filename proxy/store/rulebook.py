"""The owner's rules in the database."""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, delete, insert, or_, select, update

from proxy.clock import from_us, to_us
from proxy.errors import UnknownThing
from proxy.ping import Verdict
from proxy.rules.owner import BadRule, OwnerRule, when_from_json, when_to_json
from proxy.store import scope
from proxy.store.rows import new_id
from proxy.store.schema import rules
from proxy.store.scope import Scope

_log = logging.getLogger("pingwarden.rules")

_IN_FORCE = (
    select(rules)
    .where(
        rules.c.enabled,
        or_(rules.c.site.is_(None), rules.c.site == bindparam("at_site")),
        or_(rules.c.expires_at.is_(None), rules.c.expires_at > bindparam("now_us")),
    )
    .order_by(rules.c.id)
)


def add(connection: Connection, rule: OwnerRule, at: datetime) -> OwnerRule:
    """Keep a new rule and return it with the id that it got. Raises `NotYours`."""
    scope.of(connection).must_hold(rule.site)
    kept = replace(rule, id=new_id(at), hits=0, last_hit_at=None)
    connection.execute(insert(rules).values(id=kept.id, hits=0, **_values(kept)))
    return kept


def change(connection: Connection, rule: OwnerRule) -> OwnerRule:
    """Replace the rule of that id, keeping its hits. Raises `UnknownThing`, `NotYours`."""
    _to_change(connection, rule.id).must_hold(rule.site)
    connection.execute(update(rules).where(rules.c.id == rule.id).values(**_values(rule)))
    return get(connection, rule.id)


def remove(connection: Connection, rule_id: str) -> None:
    """Forget a rule. Raises `UnknownThing`, `NotYours`."""
    _to_change(connection, rule_id)
    connection.execute(delete(rules).where(rules.c.id == rule_id))


def get(connection: Connection, rule_id: str) -> OwnerRule:
    """Return the rule. Raises `UnknownThing`."""
    return _rule(_row(connection, rule_id))


def _row(connection: Connection, rule_id: str) -> RowMapping:
    seen = scope.narrow_or_shared(connection, select(rules).where(rules.c.id == rule_id), rules.c.site)
    row = connection.execute(seen).mappings().first()
    if row is None:
        raise UnknownThing("rule", rule_id)
    return row


def _to_change(connection: Connection, rule_id: str) -> Scope:
    """Return the scope in which this rule may be changed. Raises `UnknownThing`, `NotYours`."""
    here = scope.of(connection)
    here.must_hold(_row(connection, rule_id)["site"])
    return here


def list_all(connection: Connection) -> list[OwnerRule]:
    """Return every rule, the oldest first."""
    seen = scope.narrow_or_shared(connection, select(rules).order_by(rules.c.id), rules.c.site)
    return list(_readable(connection.execute(seen).mappings()))


def in_force(connection: Connection, site: str, at: datetime) -> tuple[OwnerRule, ...]:
    """Return the rules that apply to *site* at this time."""
    found = connection.execute(_IN_FORCE, {"at_site": site, "now_us": to_us(at)})
    return tuple(_readable(found.mappings()))


def count_hits(connection: Connection, verdict: Verdict, at: datetime) -> None:
    """Count the owner's rules that spoke in *verdict*."""
    spoke = [finding.rule.removeprefix("owner:") for finding in verdict.findings if finding.rule.startswith("owner:")]
    if spoke:
        hit = update(rules).where(rules.c.id.in_(spoke)).values(hits=rules.c.hits + 1, last_hit_at=to_us(at))
        connection.execute(hit)


def _values(rule: OwnerRule) -> dict[str, Any]:
    return {
        "name": rule.name,
        "enabled": rule.enabled,
        "site": rule.site,
        "when": when_to_json(rule.when),
        "action": rule.action,
        "points": rule.points,
        "expires_at": None if rule.expires_at is None else to_us(rule.expires_at),
        "note": rule.note,
    }


def _readable(rows: Iterable[RowMapping]) -> Iterator[OwnerRule]:
    """Yield the rules that this version understands: one that it does not must not stop the judging of everything."""
    for row in rows:
        try:
            yield _rule(row)
        except (BadRule, OverflowError) as problem:
            _log.error("your rule %s is left out: %s", row["name"], problem)


def _rule(row: RowMapping) -> OwnerRule:
    return OwnerRule(
        id=row["id"],
        name=row["name"],
        when=when_from_json(row["when"]),
        action=row["action"],
        points=row["points"],
        enabled=bool(row["enabled"]),
        site=row["site"],
        expires_at=None if row["expires_at"] is None else from_us(row["expires_at"]),
        note=row["note"],
        hits=row["hits"],
        last_hit_at=None if row["last_hit_at"] is None else from_us(row["last_hit_at"]),
    )


def finding_names(found: Iterable[OwnerRule]) -> dict[str, str]:
    """Return the names of *found* by the rule names under which they speak in verdicts."""
    return {rule.finding_name: rule.name for rule in found}
