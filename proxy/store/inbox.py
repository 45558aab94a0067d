"""Lists for people: quick with a million pings.

Pages go by key (older than the last one shown), counts stop at a cap, and a search looks at a bounded number of
pings at a time; where it stopped, the next page goes on. SQLite has an index of words (FTS5); elsewhere the newest
pings that fit the other filters are looked through.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, or_, select, text

from proxy.ping import Ping, State
from proxy.store import rows, rulebook, scope
from proxy.store.pings import Filter
from proxy.store.schema import ping_rules, pings

COUNT_CAP = 10_000
LOOK_AT_MOST = 20_000
_MOST_SITES = 50  # that are asked for one by one
_CHUNKS = (60, 500, 1000, *[2000] * 10)
_OLDER_ROWS = (
    "AND search_words.rowid <= (SELECT number FROM search_rows WHERE ping_id < :before ORDER BY ping_id DESC LIMIT 1)"
)
_WORD = re.compile(r"\w")
# Nearly every ping holds these: they would only slow a search down.
_EVERYWHERE = re.compile(r"^https?://(?:www\.)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Page:
    """Some pings, newest first, and the key to go on from (None at the end).

    `looked_through` is False when the search stopped before the page was full, to go on with `older`.
    """

    pings: tuple[Ping, ...]
    older: str | None
    looked_through: bool = True


def look(connection: Connection, wanted: Filter, limit: int, before: str | None = None) -> Page:
    """Return up to *limit* pings that fit, older than the ping *before* (the newest when None)."""
    if not wanted.text and wanted.rule is None:
        among = _among(connection, _newest(connection, wanted, before, limit + 1))
        newest = select(pings).where(among).order_by(pings.c.id.desc())
        return _page([rows.from_row(row) for row in connection.execute(newest).mappings()], limit)
    found: list[Ping] = []
    last = before
    seen = 0
    for size in _CHUNKS:
        ids = list(_candidates(connection, wanted, size, last))
        found += _fitting(connection, wanted, ids, limit + 1 - len(found))
        if len(found) > limit or len(ids) < size:
            return _page(found, limit)
        last, seen = ids[-1], seen + len(ids)
        if seen >= LOOK_AT_MOST:
            break
    return Page(tuple(found), last, looked_through=False)


def _page(found: Sequence[Ping], limit: int) -> Page:
    shown = tuple(found[:limit])
    return Page(shown, shown[-1].id if len(found) > limit else None)


def _plain(connection: Connection, query: Select[Any], wanted: Filter, before: str | None) -> Select[Any]:
    query = scope.narrow(connection, query, pings.c.site)
    for column, value in ((pings.c.state, wanted.state), (pings.c.kind, wanted.kind), (pings.c.site, wanted.site)):
        if value is not None:
            query = query.where(column == value)
    if before:
        query = query.where(pings.c.id < before)
    return query.order_by(pings.c.id.desc())


def _newest(connection: Connection, wanted: Filter, before: str | None, size: int) -> list[str]:
    asked = (
        _plain(connection, select(pings.c.id), one, before).limit(size) for one in _site_by_site(connection, wanted)
    )
    return sorted((found for one in asked for found in connection.execute(one).scalars()), reverse=True)[:size]


def _site_by_site(connection: Connection, wanted: Filter) -> list[Filter]:
    """Return *wanted* for each site of the scope: no engine takes the newest of several sites from an index."""
    sites = scope.of(connection).sites
    if sites is None or wanted.site is not None or len(sites) > _MOST_SITES:
        return [wanted]
    return [replace(wanted, site=site) for site in sorted(sites)]


def _candidates(connection: Connection, wanted: Filter, size: int, before: str | None) -> Iterator[str]:
    """Yield the next *size* ids that the strongest index gives; `_fitting` looks at the rest of the filter."""
    if wanted.text and connection.dialect.name == "sqlite":
        return _with_words(connection, _expression(connection, wanted.text), size, before)
    if wanted.rule is not None:
        query = select(ping_rules.c.ping_id).where(ping_rules.c.rule == wanted.rule)
        if before:
            query = query.where(ping_rules.c.ping_id < before)
        return iter(connection.execute(query.order_by(ping_rules.c.ping_id.desc()).limit(size)).scalars().all())
    return iter(_newest(connection, wanted, before, size))


def match_expression(told: str, *, beginnings: bool = False) -> str:
    """Return the FTS5 expression for what a person typed: all parts, each one word or words in a row."""
    parts = (_EVERYWHERE.sub("", part) for part in told.split()[:12])
    quoted = (part.replace('"', '""') for part in parts if _WORD.search(part))
    return " ".join(f'"{part}"*' if beginnings and len(part) > 1 else f'"{part}"' for part in quoted)


def _expression(connection: Connection, told: str) -> str:
    """Return the expression to look for: whole words, or their beginnings where no ping holds the whole words.

    Whole words come from the index one by one; for beginnings it first puts together all that it knows of each word.
    """
    words = match_expression(told)
    any_ping = text("SELECT 1 FROM search_words WHERE search_words MATCH :words LIMIT 1")
    if not words or connection.execute(any_ping, {"words": words}).first():
        return words
    return match_expression(told, beginnings=True)


def _with_words(connection: Connection, expression: str, size: int, before: str | None) -> Iterator[str]:
    if not expression:
        return iter(())
    older = _OLDER_ROWS if before else ""
    query = text(
        "SELECT ping_id FROM search_rows JOIN (SELECT rowid AS found FROM search_words "  # noqa: S608 - no value in it
        f"WHERE search_words MATCH :words {older} ORDER BY rowid DESC LIMIT :size) ON number = found "
        "ORDER BY number DESC"
    )
    values = {"words": expression, "size": size} | ({"before": before} if before else {})
    return iter(connection.execute(query, values).scalars().all())


def _fitting(connection: Connection, wanted: Filter, ids: Sequence[str], at_most: int) -> list[Ping]:
    ids = _of_state(connection, wanted, ids)
    if not ids:
        return []
    query = _plain(connection, select(pings), replace(wanted, text=None, rule=None), None).where(
        _among(connection, ids)
    )
    if wanted.rule is not None:
        spoke = select(ping_rules.c.ping_id).where(ping_rules.c.rule == wanted.rule, ping_rules.c.ping_id == pings.c.id)
        query = query.where(spoke.exists())
    if wanted.text and connection.dialect.name != "sqlite":
        columns = (pings.c.source_url, pings.c.target_url, pings.c.title, pings.c.excerpt, pings.c.blog_name)
        query = query.where(or_(*(column.icontains(wanted.text, autoescape=True) for column in columns)))
    return [rows.from_row(row) for row in connection.execute(query.limit(at_most)).mappings()]


def _of_state(connection: Connection, wanted: Filter, ids: Sequence[str]) -> Sequence[str]:
    """Return those of *ids* that stand in the state, where the index of states tells it sooner; else all of them.

    The pings of a state stand side by side in it, while each of *ids* by itself is another place in the file.
    """
    if wanted.state is None or not ids:
        return ids
    # A clock that was set back leaves ids in another order than they came in.
    between = pings.c.id.between(min(ids), max(ids))
    near = select(pings.c.id).where(pings.c.state == wanted.state, between).limit(len(ids) + 1)
    standing = set(connection.execute(near).scalars())
    return ids if len(standing) > len(ids) else [one for one in ids if one in standing]


def _among(connection: Connection, ids: Sequence[str]) -> ColumnElement[bool]:
    if connection.dialect.name != "sqlite":
        return pings.c.id.in_(ids)
    # One value instead of two thousand: half of the time went into writing the statement.
    listed = func.json_each(json.dumps(list(ids))).table_valued("value")
    return pings.c.id.in_(select(listed.c.value))


def counts(connection: Connection, wanted: Filter) -> dict[State, int]:
    """Return how many pings stand in each state, by site and kind; `COUNT_CAP` means that many or more."""
    found = {}
    for state in State:
        of_state = Filter(state, wanted.kind, wanted.site)
        # By kind SQLite would take the index of the kinds, and look at the row of each ping for its site.
        asked = _site_by_site(connection, of_state) if wanted.kind else [of_state]
        found[state] = reduce(lambda count, one: _more(connection, count, one), asked, 0)
    return found


def _more(connection: Connection, count: int, wanted: Filter) -> int:
    """Return *count* with those that fit, at most `COUNT_CAP`."""
    if count >= COUNT_CAP:
        return count
    some = _plain(connection, select(pings.c.id), wanted, None).order_by(None).limit(COUNT_CAP - count)
    return count + (connection.execute(select(func.count()).select_from(some.subquery())).scalar() or 0)


def neighbours(connection: Connection, ping: Ping) -> tuple[str | None, str | None]:
    """Return the ids of the next newer and the next older ping in the same state."""
    newer: list[str] = []
    older: list[str] = []
    for one in _site_by_site(connection, Filter(ping.state)):
        same = _plain(connection, select(pings.c.id), one, None).order_by(None)
        newer += connection.execute(same.where(pings.c.id > ping.id).order_by(pings.c.id).limit(1)).scalars()
        older += connection.execute(same.where(pings.c.id < ping.id).order_by(pings.c.id.desc()).limit(1)).scalars()
    return min(newer, default=None), max(older, default=None)


def rules_that_spoke(connection: Connection) -> list[str]:
    """Return the names of all rules that ever spoke. Skips from name to name, so that it costs little.

    Within a scope an owner's rule must be one that can be seen: a forgotten one may have been another site's.
    """
    everywhere = scope.of(connection).is_everywhere
    own = set() if everywhere else set(rulebook.finding_names(rulebook.list_all(connection)))
    names: list[str] = []
    name: str | None = ""
    while len(names) < 200:
        name = connection.execute(select(func.min(ping_rules.c.rule)).where(ping_rules.c.rule > name)).scalar()
        if name is None:
            break
        if everywhere or name in own or not name.startswith("owner:"):
            names.append(name)
    return names
