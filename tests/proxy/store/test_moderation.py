"""What was last seen of WordPress's moderation, in a real database. tests/proxy/labels has the whole way."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest_asyncio

from proxy.labels.words import Comment, CommentKind, Seen, Status
from proxy.ping import Kind, Linkback, Ping, Sender
from proxy.store import arrivals, moderation
from proxy.store.arrivals import Arrival
from proxy.store.database import Database
from proxy.store.moderation import Change, Taken
from tests.databases import fresh

AT = datetime(2026, 3, 3, 10, tzinfo=UTC)
ALPHA = "http://blog.example/alpha/"
OURS = frozenset({"blog.example"})


@pytest_asyncio.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with fresh(tmp_path) as opened:
        yield opened


def seen(status: Status = Status.SPAM, number: int = 7, date: datetime = AT) -> Seen:
    return Seen(number, CommentKind.PINGBACK, status, date)


def comment(one: Seen, source: str = "http://a.example/x") -> Comment:
    return Comment(one, 4, ALPHA + "#comment-7", "A", source, "192.0.2.1", "Words")


async def take(database: Database, one: Seen, texts: list[Comment], site: str = "blog") -> Taken:
    changed = await database.read(moderation.changes, site, [one])
    return await database.write(moderation.take, site, OURS, changed, texts, True, AT + timedelta(days=1))


async def test_only_what_is_new_or_changed_is_a_change(database: Database) -> None:
    spam, ham, other = seen(), seen(Status.APPROVED), seen(date=AT + timedelta(days=1))
    assert await database.read(moderation.changes, "blog", [spam]) == [Change(spam, None)]
    await take(database, spam, [comment(spam)])
    assert await database.read(moderation.changes, "blog", [spam]) == []
    assert await database.read(moderation.changes, "blog", [ham]) == [Change(ham, Status.SPAM)]
    assert await database.read(moderation.changes, "blog", [other]) == [Change(other, None)]
    assert await database.read(moderation.changes, "shop", [spam]) == [Change(spam, None)]


async def test_what_comes_without_its_text_comes_again(database: Database) -> None:
    assert await take(database, seen(), []) == Taken()
    assert await database.read(moderation.changes, "blog", [seen()]) == [Change(seen(), None)]
    assert await take(database, seen(), [comment(seen())]) == Taken(spam=1)


async def test_the_trash_needs_no_text_to_be_remembered(database: Database) -> None:
    assert await take(database, seen(Status.TRASH), []) == Taken()
    assert await database.read(moderation.changes, "blog", [seen(Status.TRASH)]) == []


async def test_a_comment_keeps_its_ping_through_the_trash(database: Database) -> None:
    linkback = Linkback(Kind.PINGBACK, "http://a.example/x", ALPHA)
    ping = await database.write_together(arrivals.receive, Arrival("blog", linkback, Sender("192.0.2.7"), "/", AT))
    assert isinstance(ping, Ping)
    found = await database.read(moderation.find_pings, "blog", [comment(seen())])
    assert {number: one.id for number, one in found.items()} == {7: ping.id}
    await take(database, seen(), [comment(seen())])
    await take(database, seen(Status.TRASH), [])
    restored = seen(Status.HOLD)
    assert (await take(database, restored, [comment(restored)])).on_pings == 1
    assert await database.read(moderation.find_pings, "shop", [comment(seen())]) == {}
    assert await database.read(moderation.comment_of, "blog", ping.id) == 7
    assert await database.read(moderation.comment_of, "shop", ping.id) is None
    assert await database.read(moderation.comment_of, "blog", "another") is None


async def test_when_it_was_read_last_and_whether_pings_are_held(database: Database) -> None:
    assert await database.read(moderation.last_sync, "blog") is None
    assert not await database.read(moderation.holds_pings, "blog")
    await database.write(moderation.synced, "blog", AT)
    assert not await database.read(moderation.holds_pings, "blog")
    await database.write(moderation.now_holds_pings, "blog", AT)
    await database.write(moderation.synced, "blog", AT + timedelta(hours=1))
    assert await database.read(moderation.holds_pings, "blog")
    assert await database.read(moderation.last_sync, "blog") == AT + timedelta(hours=1)
