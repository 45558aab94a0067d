"""Recording verdicts, in a real database."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from proxy.errors import UnknownThing
from proxy.ping import Evidence, Failure, Kind, Ping, State, Verdict
from proxy.store import arrivals, pings, verdicts
from proxy.store.arrivals import Arrival
from proxy.store.database import Database
from proxy.store.verdicts import Decision
from tests.databases import fresh
from tests.proxy.store.given import APPROVE, AT, HOLD, LINKBACK, REJECT, SENDER, received


@pytest_asyncio.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with fresh(tmp_path) as opened:
        yield opened


async def test_findings_and_evidence_come_back_as_they_were(database: Database) -> None:
    ping = await received(database)
    evidence = Evidence(status=200, link_found=True, link_visible=False)
    held = await database.write_together(verdicts.decide, Decision(ping.id, HOLD, evidence, AT))
    assert held.evidence == evidence
    assert held.verdict == HOLD


async def test_a_verdict_does_not_overrule_a_person_who_was_quicker(database: Database) -> None:
    ping = await received(database)
    await database.write_together(verdicts.decide, Decision(ping.id, HOLD, None, AT))
    await database.write(pings.word, ping.id, State.REJECTED, None, "anna", AT)
    late = await database.write_together(verdicts.decide, Decision(ping.id, APPROVE, Evidence(status=200), AT))
    assert late.state is State.REJECTED
    assert late.evidence == Evidence(status=200)


async def test_what_went_on_as_it_came_is_only_observed_whatever_the_verdict(database: Database) -> None:
    for verdict in (APPROVE, HOLD, REJECT):
        ping = await database.write_together(
            arrivals.receive, Arrival("blog", LINKBACK, SENDER, "/xmlrpc.php", AT, goes_on=True)
        )
        seen = await database.write_together(verdicts.decide, Decision(ping.id, verdict, None, AT))
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
        decided = await database.write_together(
            verdicts.decide, Decision(ping.id, verdict, evidence, AT, sentence="No.", next_check_at=AT)
        )
        assert replace(await database.read(pings.get, ping.id), events=()) == decided


async def test_verdicts_of_every_kind_are_recorded_together(database: Database) -> None:
    links = [replace(LINKBACK, source_url=f"http://a.example/{number}") for number in range(6)]
    received_ones = [await received(database, link) for link in links]
    spoken = [APPROVE, REJECT, HOLD] * 2
    decided = await asyncio.gather(
        *(
            database.write_together(verdicts.decide, Decision(ping.id, verdict, EVIDENCE, AT))
            for ping, verdict in zip(received_ones, spoken, strict=True)
        )
    )
    assert [ping.state for ping in decided] == [State.APPROVED, State.REJECTED, State.HELD] * 2
    for ping in decided:
        kept = await database.read(pings.get, ping.id)
        assert replace(kept, events=()) == ping
        assert [event.what for event in kept.events] == ["received", ping.state.value]
        assert ping.verdict is not None
        page, _ = await database.read(pings.list_page, pings.Filter(rule=ping.verdict.findings[0].rule), 10)
        assert ping.id in {one.id for one in page}


async def test_two_verdicts_on_one_ping_at_once_follow_each_other(database: Database) -> None:
    ping = await received(database)
    await asyncio.gather(
        *(
            database.write_together(verdicts.decide, Decision(ping.id, verdict, None, AT))
            for verdict in (HOLD, replace(HOLD, points=2.0), APPROVE)
        )
    )
    kept = await database.read(pings.get, ping.id)
    assert kept.state is State.APPROVED
    assert kept.checks == 3
    assert [event.what for event in kept.events] == ["received", "held", "checked", "approved"]


async def test_a_verdict_on_what_was_deleted_does_not_take_others_along(database: Database) -> None:
    gone = await received(database)
    await database.write(pings.remove, gone.id)
    ping = await received(database)
    told = await asyncio.gather(
        *(database.write_together(verdicts.decide, Decision(one, HOLD, None, AT)) for one in (gone.id, ping.id)),
        return_exceptions=True,
    )
    assert isinstance(told[0], UnknownThing)
    assert isinstance(told[1], Ping)
    assert (await database.read(pings.get, ping.id)).state is State.HELD
