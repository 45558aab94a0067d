"""Taking back: what stands as before, and what cannot be taken back any more."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import Connection, update

from proxy.errors import UnknownThing
from proxy.ping import Action, Finding, Kind, Label, Linkback, Ping, Sender, State, Verdict
from proxy.rules.owner import OwnerRule, when_from_json
from proxy.store import arrivals, inbox, pings, rulebook, undo, verdicts
from proxy.store.arrivals import Arrival
from proxy.store.database import Database
from proxy.store.schema import pings as table
from proxy.store.undo import CannotUndo, Kept
from proxy.store.verdicts import Decision
from tests.databases import fresh

AT = datetime(2026, 3, 3, 10, tzinfo=UTC)
LINKBACK = Linkback(Kind.TRACKBACK, "http://a.example/x", "http://blog.example/alpha/", "T", "E", "B")
HOLD = Verdict(Action.HOLD, 1.0, (Finding("odd", 1.0, "odd"),))
RULE = OwnerRule("", "n", when_from_json({"source_host": ["a.example"]}), "reject")


@pytest_asyncio.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with fresh(tmp_path) as opened:
        yield opened


async def held(database: Database) -> Ping:
    """Return a fresh held ping."""
    ping = await database.write_together(arrivals.receive, Arrival("blog", LINKBACK, Sender("192.0.2.7"), "/x", AT))
    assert isinstance(ping, Ping)
    await database.write_together(verdicts.decide, Decision(ping.id, HOLD, None, AT))
    return await database.read(pings.get, ping.id)


async def said(database: Database, ping: Ping, wanted: State, label: Label | None = None) -> str:
    """Say a person's word on a ping and return the id to undo it by."""
    before = await database.read(undo.word_of, ping.id)
    await database.write(pings.word, ping.id, wanted, label, "anna", AT)
    return await database.write(undo.keep, "word", [before | {"after": wanted}], "anna", AT)


async def deleted(database: Database, ping: Ping) -> str:
    """Delete a ping and return the id to undo it by."""

    def work(connection: Connection) -> str:
        kept = undo.whole_ping(connection, ping.id)
        pings.remove(connection, ping.id)
        return undo.keep(connection, "delete", [kept], "anna", AT)

    return await database.write(work)


def as_before(ping: Ping, before: Ping) -> bool:
    return replace(ping, events=()) == replace(before, events=())


@pytest.mark.parametrize(
    ("wanted", "label"), [(State.APPROVED, Label.HAM), (State.REJECTED, Label.SPAM), (State.REJECTED, None)]
)
async def test_a_word_is_taken_back_once(database: Database, wanted: State, label: Label | None) -> None:
    before = await held(database)
    undo_id = await said(database, before, wanted, label)
    assert await database.read(undo.find, undo_id) == undo.Undo(undo_id, "word", 1, False)
    assert await database.write(undo.take_back, undo_id, "ben", AT) == 1
    after = await database.read(pings.get, before.id)
    assert as_before(after, before)
    assert (after.events[-1].what, after.events[-1].by, after.events[-1].detail) == ("undone", "ben", "held again")
    assert (await database.read(undo.find, undo_id)).undone
    with pytest.raises(CannotUndo, match="already"):
        await database.write(undo.take_back, undo_id, "ben", AT)


async def test_a_label_is_taken_back_alone(database: Database) -> None:
    ping = await held(database)
    await database.write(pings.label, ping.id, Label.HAM, "anna", AT)
    before = await database.read(undo.word_of, ping.id)
    await database.write(pings.label, ping.id, Label.SPAM, "anna", AT)
    undo_id = await database.write(undo.keep, "label-spam", [before | {"after": State.HELD}], "anna", AT)
    await database.write(undo.take_back, undo_id, "anna", AT)
    assert (await database.read(pings.get, ping.id)).label is Label.HAM


def is_delivered(connection: Connection, ping_id: str) -> None:
    pings.move(connection, ping_id, State.DELIVERED, "wordpress", AT)


def was_tried(connection: Connection, ping_id: str) -> None:
    connection.execute(update(table).where(table.c.id == ping_id).values(attempts=1))


def is_deleted(connection: Connection, ping_id: str) -> None:
    pings.remove(connection, ping_id)


@pytest.mark.parametrize(
    ("happens", "told"),
    [(is_delivered, "delivered by now"), (was_tried, "on its way to WordPress"), (is_deleted, "deleted since")],
)
async def test_what_happened_since_is_not_undone(database: Database, happens: object, told: str) -> None:
    ping = await held(database)
    undo_id = await said(database, ping, State.APPROVED)
    await database.write(happens, ping.id)  # type: ignore[arg-type]
    with pytest.raises(CannotUndo, match=told):
        await database.write(undo.take_back, undo_id, "anna", AT)
    assert not (await database.read(undo.find, undo_id)).undone


async def test_an_older_word_is_not_taken_back_after_a_newer(database: Database) -> None:
    ping = await held(database)
    older = await said(database, ping, State.REJECTED)
    newer = await said(database, ping, State.APPROVED)
    with pytest.raises(CannotUndo, match="approved by now"):
        await database.write(undo.take_back, older, "anna", AT)
    await database.write(undo.take_back, newer, "anna", AT)
    await database.write(undo.take_back, older, "anna", AT)
    assert as_before(await database.read(pings.get, ping.id), ping)


async def test_a_deleted_ping_comes_back_whole(database: Database) -> None:
    before = await held(database)
    undo_id = await deleted(database, before)
    await database.write(undo.take_back, undo_id, "anna", AT)
    after = await database.read(pings.get, before.id)
    assert as_before(after, before)
    assert after.events[:-1] == before.events
    found = await database.read(inbox.look, pings.Filter(rule="odd"), 10)
    assert [ping.id for ping in found.pings] == [before.id]


async def test_a_deleted_ping_stays_so_when_the_same_linkback_came_again(database: Database) -> None:
    undo_id = await deleted(database, await held(database))
    again = await held(database)
    with pytest.raises(CannotUndo, match="came again"):
        await database.write(undo.take_back, undo_id, "anna", AT)
    assert await database.read(pings.get, again.id) == again


async def test_a_rejection_is_not_taken_back_when_the_same_linkback_came_again(database: Database) -> None:
    ping = await held(database)
    undo_id = await said(database, ping, State.REJECTED)
    await database.write(lambda connection: connection.execute(update(table).values(decided_by="pingwarden")).rowcount)
    again = await database.write_together(
        arrivals.receive, Arrival("blog", LINKBACK, Sender("::1"), "/x", AT + timedelta(hours=2))
    )
    assert isinstance(again, Ping)
    with pytest.raises(CannotUndo, match="came again"):
        await database.write(undo.take_back, undo_id, "anna", AT)
    assert (await database.read(pings.get, ping.id)).state is State.REJECTED


async def test_of_many_all_are_taken_back_or_none(database: Database) -> None:
    ping = await held(database)
    before = await database.read(undo.word_of, ping.id)
    await database.write(pings.word, ping.id, State.REJECTED, None, "anna", AT)
    gone = before | {"ping": "gone", "after": State.REJECTED}
    undo_id = await database.write(undo.keep, "reject", [before | {"after": State.REJECTED}, gone], "anna", AT)
    with pytest.raises(CannotUndo):
        await database.write(undo.take_back, undo_id, "anna", AT)
    assert (await database.read(pings.get, ping.id)).state is State.REJECTED


async def test_rules_come_back_and_go_again_with_the_hits_they_have_by_now(database: Database) -> None:
    rule = await database.write(rulebook.add, RULE, AT)
    added: Kept = {"rule": rule.id, "row": None}
    before = await database.read(undo.rule_of, rule.id)
    await database.write(rulebook.change, replace(rule, action="hold"))
    verdict = Verdict(Action.HOLD, 0, (Finding(rule.finding_name, 0, "x", Action.HOLD),))
    await database.write(rulebook.count_hits, verdict, AT)
    undo_id = await database.write(undo.keep, "rule-changed", [before], "anna", AT)
    await database.write(undo.take_back, undo_id, "anna", AT)
    assert await database.read(rulebook.get, rule.id) == replace(rule, hits=1, last_hit_at=AT)
    undo_id = await database.write(undo.keep, "rule-added", [added], "anna", AT)
    await database.write(undo.take_back, undo_id, "anna", AT)
    assert await database.read(rulebook.list_all) == []


async def test_a_rule_that_is_not_there_has_no_row(database: Database) -> None:
    assert await database.read(undo.rule_of, "x") == {"rule": "x", "row": None}


async def test_what_is_not_there_is_said(database: Database) -> None:
    for work in (undo.find, undo.word_of, undo.whole_ping):
        with pytest.raises(UnknownThing):
            await database.read(work, "x")
    with pytest.raises(UnknownThing):
        await database.write(undo.take_back, "x", "anna", AT)


async def test_a_day_later_it_is_forgotten_with_the_next_action(database: Database) -> None:
    old = await database.write(undo.keep, "x", [], "anna", AT)
    for later, there in ((timedelta(hours=23), True), (timedelta(hours=25), False)):
        await database.write(undo.keep, "y", [], "anna", AT + later)
        try:
            await database.read(undo.find, old)
        except UnknownThing:
            assert not there
        else:
            assert there
