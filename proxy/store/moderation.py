"""What was last seen of WordPress's moderation, and what a change in it says."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, case, delete, insert, select, update

from proxy.clock import from_us, to_us
from proxy.errors import MalformedPing
from proxy.labels import match, merge, sample
from proxy.labels.merge import Circumstances
from proxy.labels.words import WORDPRESS, Comment, Said, Seen, Status
from proxy.ping import MACHINE, Label, State
from proxy.store import labels
from proxy.store import pings as ping_store
from proxy.store.schema import label_syncs, pings, wordpress_comments
from proxy.store.schema import labels as words
from proxy.urls import parse

_LOOK_AT_MOST = 5000  # linkbacks of a hundred hosts: an observed one is kept as often as it was sent


@dataclass(frozen=True, slots=True)
class Change:
    """A comment whose status is not what it was when last seen (None: never seen)."""

    seen: Seen
    former: Status | None

    @property
    def needs_text(self) -> bool:
        """True when a word may follow, or a linkback is to be matched with ours."""
        says = self.seen.status is not Status.HOLD or self.former is not None
        return self.seen.status is not Status.TRASH and (says or self.seen.kind.is_ping)


@dataclass(frozen=True, slots=True)
class Taken:
    """How many words were taken in, and how many of them changed the label of a ping of ours."""

    spam: int = 0
    ham: int = 0
    taken_back: int = 0
    on_pings: int = 0

    @property
    def words(self) -> int:
        """All of them."""
        return self.spam + self.ham + self.taken_back

    def __add__(self, other: "Taken") -> "Taken":
        return Taken(
            self.spam + other.spam,
            self.ham + other.ham,
            self.taken_back + other.taken_back,
            self.on_pings + other.on_pings,
        )


def changes(connection: Connection, site: str, seen: Sequence[Seen]) -> list[Change]:
    """Return those of *seen* that are new or have another status than when they were last seen."""
    query = select(wordpress_comments).where(
        wordpress_comments.c.site == site, wordpress_comments.c.comment_id.in_([one.id for one in seen])
    )
    known = {row.comment_id: row for row in connection.execute(query)}
    found: list[Change] = []
    for one in seen:
        row = known.get(one.id)
        former = Status(row.status) if row is not None and row.date == to_us(one.date) else None
        if former is not one.status:
            found.append(Change(one, former))
    return found


def take(
    connection: Connection,
    site: str,
    our_hosts: frozenset[str],
    changed: Sequence[Change],
    comments: Iterable[Comment],
    holds_pings: bool,
    now: datetime,
) -> Taken:
    """Take in what changed in WordPress's moderation, and remember how it stands, in one transaction."""
    texts = {comment.seen.id: comment for comment in comments}
    # What went away meanwhile is forgotten; what did not come for another reason comes with the next sync.
    there = [change for change in changed if change.seen.id in texts or not change.needs_text]
    ours = find_pings(connection, site, list(texts.values()))
    spoken = []
    for change in there:
        comment = texts.get(change.seen.id)
        if comment is not None:
            circumstances = Circumstances(holds_pings, _is_ours(comment.author_url, our_hosts))
            said = merge.said(change.former, change.seen, circumstances)
            if said is not None:
                spoken.append(_Spoken(change, comment, said, ours.get(change.seen.id)))
    _remember(connection, site, there, {number: ping.id for number, ping in ours.items()})
    return _keep(connection, site, spoken, now)


@dataclass(frozen=True, slots=True)
class OurPing:
    """A ping that became a comment in WordPress, and when it was delivered (None: it went by another way)."""

    id: str
    delivered_at: datetime | None


@dataclass(frozen=True, slots=True)
class _Spoken:
    change: Change
    comment: Comment
    said: Said
    ping: OurPing | None

    def at(self, now: datetime) -> datetime:
        delivered_at = None if self.ping is None else self.ping.delivered_at
        return merge.when(self.change.former, self.change.seen, delivered_at, now)


def _keep(connection: Connection, site: str, spoken: Sequence[_Spoken], now: datetime) -> Taken:
    """Keep the words, and put those of persons on the pings that they are about."""
    rows_by_key = {f"{WORDPRESS}:{site}:{one.change.seen.id}": one for one in spoken}
    values = {
        key: {
            "site": site,
            "label": one.said.label,
            "weight": one.said.weight,
            "source": WORDPRESS,
            "by": WORDPRESS,
            "at": to_us(one.at(now)),
            "ping_id": None if one.ping is None else one.ping.id,
            "sample": sample.of_comment(key, one.comment),
        }
        for key, one in rows_by_key.items()
    }
    labels.put(connection, values)
    taken = Taken()
    for one in spoken:
        landed = False
        if one.ping is not None and one.said.by_person:
            landed = labels.land(connection, one.ping.id, one.said, WORDPRESS, one.at(now))
        label = one.said.label
        taken += Taken(label is Label.SPAM, label is Label.HAM, label is None, landed)
    return taken


def _remember(connection: Connection, site: str, there: Sequence[Change], ping_ids: dict[int, str]) -> None:
    wanted = [change.seen.id for change in there]
    here = and_(wordpress_comments.c.site == site, wordpress_comments.c.comment_id.in_(wanted))
    known = {
        row.comment_id: row.ping_id
        for row in connection.execute(select(wordpress_comments.c.comment_id, wordpress_comments.c.ping_id).where(here))
    }
    connection.execute(delete(wordpress_comments).where(here))
    values = [
        {
            "site": site,
            "comment_id": change.seen.id,
            "status": change.seen.status,
            "date": to_us(change.seen.date),
            "ping_id": ping_ids.get(change.seen.id) or (known.get(change.seen.id) if change.former else None),
        }
        for change in there
    ]
    if values:
        connection.execute(insert(wordpress_comments), values)


def find_pings(connection: Connection, site: str, comments: Sequence[Comment]) -> dict[int, OurPing]:
    """Return the pings of ours that became *comments* in WordPress: delivered or observed ones before any other."""
    linkbacks = [comment for comment in comments if comment.seen.kind.is_ping]
    hosts = {_host(comment.author_url) for comment in linkbacks} - {""}
    delivered_first = case((pings.c.state.in_([State.DELIVERED, State.OBSERVED]), 0), else_=1)
    query = (
        select(pings.c.id, pings.c.source_url, pings.c.target_url, pings.c.state, pings.c.decided_at)
        .where(pings.c.site == site, pings.c.source_host.in_(hosts))
        .order_by(delivered_first, pings.c.id.desc())
        .limit(_LOOK_AT_MOST)
    )
    candidates = connection.execute(query).all()
    ours = match.Ours(match.Named(row.id, row.source_url, row.target_url) for row in candidates)
    delivered = {
        row.id: from_us(row.decided_at) for row in candidates if row.state == State.DELIVERED and row.decided_at
    }
    matched = ((comment.seen.id, ours.find(comment)) for comment in linkbacks)
    return {number: OurPing(found, delivered.get(found)) for number, found in matched if found is not None}


def _is_ours(url: str, our_hosts: frozenset[str]) -> bool:
    try:
        source = parse(match.plain(url))
    except MalformedPing:
        return False
    return bool({source.origin.partition("://")[2], f"{source.host}:{source.port}"} & our_hosts)


def _host(url: str) -> str:
    try:
        return parse(match.plain(url)).host
    except MalformedPing:
        return ""


def holds_pings(connection: Connection, site: str) -> bool:
    """Return True when this WordPress was ever seen to hold a linkback."""
    return bool(connection.execute(select(label_syncs.c.holds_pings).where(label_syncs.c.site == site)).scalar())


def now_holds_pings(connection: Connection, site: str, now: datetime) -> None:
    """Note that this WordPress holds linkbacks: so a person approved those that it published."""
    _synced(connection, site, {"holds_pings": True, "at": to_us(now)}, {"holds_pings": True})
    here = and_(words.c.site == site, words.c.source == WORDPRESS, words.c.weight == merge.UNSEEN)
    here = and_(here, words.c.label == Label.HAM)
    weak = [row for row in connection.execute(select(words).where(here)) if row.sample["kind"] != "comment"]
    for row in weak:
        connection.execute(update(words).where(words.c.key == row.key).values(weight=merge.PERSON))
        if row.ping_id and connection.execute(select(pings.c.id).where(pings.c.id == row.ping_id)).first():
            labels.land(connection, row.ping_id, Said(Label.HAM, merge.PERSON), WORDPRESS, from_us(row.at))


def synced(connection: Connection, site: str, now: datetime) -> None:
    """Note that WordPress's moderation was read to the end."""
    _synced(connection, site, {"holds_pings": False, "at": to_us(now)}, {"at": to_us(now)})


def last_sync(connection: Connection, site: str) -> datetime | None:
    """Return when WordPress's moderation was last read to the end."""
    at = connection.execute(select(label_syncs.c.at).where(label_syncs.c.site == site)).scalar()
    return None if at is None else from_us(at)


def _synced(connection: Connection, site: str, new: dict[str, Any], changed: dict[str, Any]) -> None:
    there = connection.execute(select(label_syncs.c.site).where(label_syncs.c.site == site)).first()
    if there is None:
        connection.execute(insert(label_syncs).values(site=site, **new))
    else:
        connection.execute(update(label_syncs).where(label_syncs.c.site == site).values(**changed))


def to_mark(connection: Connection, site: str) -> list[tuple[str, int]]:
    """Return the ping's and the comment's number of what is spam by the latest word and not yet so in WordPress."""
    query = (
        select(pings.c.id, wordpress_comments.c.comment_id)
        .join(wordpress_comments, wordpress_comments.c.ping_id == pings.c.id)
        .where(
            wordpress_comments.c.site == site,
            wordpress_comments.c.status.in_([Status.HOLD, Status.APPROVED]),
            pings.c.label == Label.SPAM,
        )
        .order_by(wordpress_comments.c.comment_id)
    )
    return [(row.id, row.comment_id) for row in connection.execute(query)]


def comment_of(connection: Connection, site: str, ping_id: str) -> int | None:
    """Return the number of the comment that a ping became, None while it is not known."""
    query = select(wordpress_comments.c.comment_id).where(
        wordpress_comments.c.site == site, wordpress_comments.c.ping_id == ping_id
    )
    found: int | None = connection.execute(query.limit(1)).scalar()
    return found


def marked(connection: Connection, site: str, ping_id: str, comment_id: int, now: datetime) -> None:
    """Remember that we marked a comment as spam: the next sync must not take it for a word of WordPress's."""
    here = and_(wordpress_comments.c.site == site, wordpress_comments.c.comment_id == comment_id)
    connection.execute(update(wordpress_comments).where(here).values(status=Status.SPAM))
    ping_store.add_event(connection, ping_id, now, "marked", MACHINE, "as spam in WordPress")


def forget(connection: Connection, site: str, comment_id: int) -> None:
    """Forget a comment that WordPress has no more; what was said of it stays said."""
    here = and_(wordpress_comments.c.site == site, wordpress_comments.c.comment_id == comment_id)
    connection.execute(delete(wordpress_comments).where(here))
