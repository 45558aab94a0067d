"""Receiving, deciding and moving pings, in a real database."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from proxy.errors import FaultCode, IllegalMove, StoreUnavailable, UnknownThing
from proxy.ping import Action, Evidence, Failure, Finding, Kind, Label, Linkback, Ping, Sender, State, Verdict
from proxy.store import pings, rows
from proxy.store.database import Database
from tests.databases import fresh

AT = datetime(2026, 3, 3, 10, tzinfo=UTC)
SENDER = Sender("192.0.2.7", "A blog")
LINKBACK = Linkback(Kind.TRACKBACK, "http://a.example/x", "http://blog.example/alpha/", "T", "E", "B")
APPROVE = Verdict(Action.APPROVE, -2.0, (Finding("model", -2.0, "reads well"),), None, 0.1)
REJECT = Verdict(
    Action.REJECT, 0, (Finding("no-link", 0, "no link", Action.REJECT, FaultCode.NO_LINK),), FaultCode.NO_LINK
)
HOLD = Verdict(Action.HOLD, 1.0, (Finding("odd", 1.0, "odd"),))


@pytest_asyncio.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with fresh(tmp_path) as opened:
        yield opened


async def received(database: Database, linkback: Linkback = LINKBACK, at: datetime = AT) -> Ping:
    """Return a fresh ping, which must not have been seen before."""
    ping = await database.write(pings.receive, "blog", linkback, SENDER, "/xmlrpc.php", at)
    assert isinstance(ping, Ping)
    return ping


async def test_what_is_received_comes_back_whole(database: Database) -> None:
    ping = await received(database)
    assert ping.linkback == LINKBACK
    assert ping.sender == SENDER
    assert ping.received_at == AT
    assert [(event.what, event.by) for event in ping.events] == [("received", "pingwarden")]
    assert await database.read(pings.get, ping.id) == ping


async def test_findings_and_evidence_come_back_as_they_were(database: Database) -> None:
    ping = await received(database)
    evidence = Evidence(status=200, link_found=True, link_visible=False)
    held = await database.write(pings.decide, ping.id, HOLD, evidence, AT)
    assert held.evidence == evidence
    assert held.verdict == HOLD


@pytest.mark.parametrize("kind", list(Kind))
async def test_the_same_source_and_target_is_seen_before_whatever_its_kind(database: Database, kind: Kind) -> None:
    ping = await received(database)
    again = Linkback(kind, LINKBACK.source_url, LINKBACK.target_url)
    seen = await database.write(pings.receive, "blog", again, SENDER, "/", AT)
    text = "The pingback has already been registered."
    assert seen == pings.SeenBefore(ping.id, State.RECEIVED, FaultCode.ALREADY_REGISTERED, text)


@pytest.mark.parametrize(
    ("verdict", "after", "expected"),
    [
        (REJECT, timedelta(minutes=59), FaultCode.NO_LINK),
        (REJECT, timedelta(minutes=61), "judged anew"),
        (HOLD, timedelta(days=30), FaultCode.ALREADY_REGISTERED),
        (APPROVE, timedelta(days=30), FaultCode.ALREADY_REGISTERED),
    ],
)
async def test_seen_before_by_state_and_age(
    database: Database, verdict: Verdict, after: timedelta, expected: FaultCode | str
) -> None:
    ping = await received(database)
    await database.write(pings.decide, ping.id, verdict, None, AT, sentence="No.")
    again = await database.write(pings.receive, "blog", LINKBACK, SENDER, "/", AT + after)
    assert (again.fault if isinstance(again, pings.SeenBefore) else "judged anew") == expected


async def test_a_person_s_rejection_stands_for_ever(database: Database) -> None:
    ping = await received(database)
    await database.write(pings.decide, ping.id, HOLD, None, AT)
    await database.write(pings.word, ping.id, State.REJECTED, Label.SPAM, "anna", AT)
    again = await database.write(pings.receive, "blog", LINKBACK, SENDER, "/", AT + timedelta(days=999))
    assert isinstance(again, pings.SeenBefore)
    assert again.fault == FaultCode.ACCESS_DENIED


async def test_a_rejection_taken_back_is_seen_again(database: Database) -> None:
    ping = await received(database)
    await database.write(pings.decide, ping.id, REJECT, None, AT)
    await database.write(pings.word, ping.id, State.APPROVED, Label.HAM, "anna", AT)
    again = await database.write(pings.receive, "blog", LINKBACK, SENDER, "/", AT + timedelta(days=1))
    assert isinstance(again, pings.SeenBefore)
    assert again.fault == FaultCode.ALREADY_REGISTERED


async def test_a_verdict_does_not_overrule_a_person_who_was_quicker(database: Database) -> None:
    ping = await received(database)
    await database.write(pings.decide, ping.id, HOLD, None, AT)
    await database.write(pings.word, ping.id, State.REJECTED, None, "anna", AT)
    late = await database.write(pings.decide, ping.id, APPROVE, Evidence(status=200), AT)
    assert late.state is State.REJECTED
    assert late.evidence == Evidence(status=200)


async def test_an_illegal_move_changes_nothing(database: Database) -> None:
    ping = await received(database)
    await database.write(pings.decide, ping.id, APPROVE, None, AT)
    before = await database.read(pings.get, ping.id)
    with pytest.raises(IllegalMove, match="is approved; it cannot become held"):
        await database.write(pings.move, ping.id, State.HELD, "anna", AT)
    assert await database.read(pings.get, ping.id) == before


async def test_a_held_ping_is_due_when_its_time_comes(database: Database) -> None:
    ping = await received(database)
    await database.write(pings.decide, ping.id, HOLD, None, AT, next_check_at=AT + timedelta(minutes=1))
    assert not await database.read(pings.is_check_due, AT)
    assert await database.read(pings.is_check_due, AT + timedelta(minutes=1))
    due = await database.write(pings.claim_checks, AT + timedelta(minutes=1), 10)
    assert [one.id for one in due] == [ping.id]


async def test_what_somebody_judges_is_nobody_else_s_until_a_time_has_passed(database: Database) -> None:
    ping = await received(database)
    claims = []
    for seconds in (0, 29, 30, 31, 59, 60):
        due = await database.write(pings.claim_checks, AT + timedelta(seconds=seconds), 10)
        claims.append([one.id for one in due])
    assert claims == [[], [], [ping.id], [], [], [ping.id]]


async def test_deleting_takes_the_story_along(database: Database) -> None:
    ping = await received(database)
    await database.write(pings.decide, ping.id, HOLD, None, AT)
    await database.write(pings.remove, ping.id)
    with pytest.raises(UnknownThing):
        await database.read(pings.get, ping.id)
    assert isinstance(await database.write(pings.receive, "blog", LINKBACK, SENDER, "/", AT), Ping)
    with pytest.raises(UnknownThing):
        await database.write(pings.remove, ping.id)


async def test_pages_of_the_list_follow_each_other_without_gap_or_repetition(database: Database) -> None:
    for number in range(7):
        link = Linkback(Kind.PINGBACK, f"http://a.example/{number}", "http://blog.example/alpha/")
        await received(database, link, AT + timedelta(seconds=number))
    seen: list[str] = []
    cursor = None
    while True:
        page, cursor = await database.read(pings.list_page, pings.Filter(), 3, cursor)
        seen += [ping.linkback.source_url[-1] for ping in page]
        if cursor is None:
            break
    assert "".join(seen) == "6543210"


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        (pings.Filter(state=State.HELD), 1),
        (pings.Filter(state=State.REJECTED), 0),
        (pings.Filter(kind="trackback"), 1),
        (pings.Filter(kind="pingback"), 0),
        (pings.Filter(site="blog"), 1),
        (pings.Filter(site="other"), 0),
        (pings.Filter(text="A.EXAMPLE"), 1),
        (pings.Filter(text="100%"), 0),
        (pings.Filter(rule="odd"), 1),
        (pings.Filter(rule="model"), 0),
    ],
    ids=str,
)
async def test_a_list_is_filtered(database: Database, wanted: pings.Filter, count: int) -> None:
    ping = await received(database)
    await database.write(pings.decide, ping.id, HOLD, None, AT)
    page, _ = await database.read(pings.list_page, wanted, 10)
    assert len(page) == count


async def test_one_broken_piece_of_a_group_leaves_the_others_alone(database: Database) -> None:
    import asyncio

    ping = await received(database)
    results = await asyncio.gather(
        database.write(pings.move, ping.id, State.DELIVERED, "nobody", AT),
        database.write(pings.label, ping.id, Label.HAM, "anna", AT),
        return_exceptions=True,
    )
    assert isinstance(results[0], IllegalMove)
    assert isinstance(results[1], Ping)
    assert (await database.read(pings.get, ping.id)).label is Label.HAM


async def test_a_closed_database_says_so(database: Database) -> None:
    await database.close()
    with pytest.raises(StoreUnavailable):
        await received(database)


def test_ids_sort_by_time() -> None:
    ids = [rows.new_id(AT + timedelta(milliseconds=number)) for number in range(50)]
    assert ids == sorted(ids)
    assert {len(one) for one in ids} == {26}


async def test_what_went_on_as_it_came_is_only_observed_whatever_the_verdict(database: Database) -> None:
    for verdict in (APPROVE, HOLD, REJECT):
        ping = await database.write(pings.observe, "blog", LINKBACK, SENDER, "/xmlrpc.php", AT)
        seen = await database.write(pings.decide, ping.id, verdict, None, AT)
        assert seen.state is State.OBSERVED
    # It was no judgement of ours, so the first that is to be judged is not seen before.
    await received(database)


EVIDENCE = Evidence(status=200, title="T", excerpt="E", link_found=True, failure=Failure.FORBIDDEN, redirects=1)


@pytest.mark.parametrize("verdict", [APPROVE, REJECT, HOLD])
@pytest.mark.parametrize("evidence", [None, EVIDENCE])
@pytest.mark.parametrize("kind", Kind)
async def test_what_deciding_returns_is_what_stands_in_the_database_but_for_the_story(
    database: Database, verdict: Verdict, evidence: Evidence | None, kind: Kind
) -> None:
    ping = await received(database, replace(LINKBACK, kind=kind))
    assert await database.read(pings.get, ping.id) == ping
    for again in (False, True):
        if again and verdict is not HOLD:
            continue
        decided = await database.write(pings.decide, ping.id, verdict, evidence, AT, sentence="No.", next_check_at=AT)
        assert replace(await database.read(pings.get, ping.id), events=()) == decided
