"""The owner's rules, kept and counted."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from proxy.errors import UnknownThing
from proxy.ping import Action, Finding, Verdict
from proxy.rules.owner import OwnerRule, when_from_json
from proxy.store import rulebook
from proxy.store.database import Database
from tests.databases import fresh

AT = datetime(2026, 3, 3, 10, tzinfo=UTC)
WHEN = when_from_json(
    {"source_host": ["a.example"], "remote_network": ["192.0.2.0/24"], "words": ["Pills"], "self": False}
)
RULE = OwnerRule("", "no pills", WHEN, "reject", note="they come every week")


@pytest_asyncio.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with fresh(tmp_path) as opened:
        yield opened


async def test_a_rule_comes_back_as_it_was(database: Database) -> None:
    kept = await database.write(rulebook.add, RULE, AT)
    assert await database.read(rulebook.get, kept.id) == kept
    assert kept.when == WHEN
    assert kept.name == "no pills"


@pytest.mark.parametrize(
    ("changes", "applies"),
    [
        ({}, True),
        ({"enabled": False}, False),
        ({"site": "blog"}, True),
        ({"site": "other"}, False),
        ({"expires_at": AT - timedelta(seconds=1)}, False),
        ({"expires_at": AT + timedelta(seconds=1)}, True),
    ],
    ids=str,
)
async def test_a_rule_in_force(database: Database, changes: dict[str, object], applies: bool) -> None:
    from dataclasses import replace

    await database.write(rulebook.add, replace(RULE, **changes), AT)  # type: ignore[arg-type]
    assert bool(await database.read(rulebook.in_force, "blog", AT)) is applies


async def test_a_verdict_counts_the_rules_that_spoke(database: Database) -> None:
    kept = await database.write(rulebook.add, RULE, AT)
    verdict = Verdict(Action.REJECT, 0, (Finding(kept.finding_name, 0, "matches", Action.REJECT),))
    await database.write(rulebook.count_hits, verdict, AT)
    counted = await database.read(rulebook.get, kept.id)
    assert (counted.hits, counted.last_hit_at) == (1, AT)


async def test_what_is_not_there_is_said(database: Database) -> None:
    for work in (rulebook.get, rulebook.remove):
        with pytest.raises(UnknownThing, match="there is no rule x"):
            await database.write(work, "x")
    with pytest.raises(UnknownThing):
        await database.write(rulebook.change, RULE)


async def test_a_rule_that_is_not_understood_any_more_stops_no_judging(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    from sqlalchemy import update

    from proxy.store.schema import rules

    kept = await database.write(rulebook.add, RULE, AT)
    await database.write(lambda connection: connection.execute(update(rules).values(when={"colour": "red"})).rowcount)
    assert await database.read(rulebook.in_force, "blog", AT) == ()
    assert "your rule no pills is left out: when.colour is unknown" in caplog.text
    assert kept
