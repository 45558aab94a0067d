"""What persons said, in a real database: on pings, beside them, and out of files."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from model.sample import Sample
from proxy.labels import jsonl
from proxy.labels.words import LabelledSample
from proxy.ping import Action, Evidence, Kind, Label, Linkback, Ping, Sender, State, Verdict
from proxy.store import arrivals, labels, pings, undo, verdicts
from proxy.store.arrivals import Arrival
from proxy.store.database import Database
from proxy.store.verdicts import Decision
from tests.databases import fresh

AT = datetime(2026, 3, 3, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)
HOLD = Verdict(Action.HOLD, 1.0, ())
EVIDENCE = Evidence(status=200, title="A page", link_found=True)


@pytest_asyncio.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with fresh(tmp_path) as opened:
        yield opened


async def held(database: Database, source: str = "http://a.example/x", site: str = "blog") -> str:
    linkback = Linkback(Kind.PINGBACK, source, "http://blog.example/alpha/")
    ping = await database.write_together(
        arrivals.receive, Arrival(site, linkback, Sender("192.0.2.7"), "/xmlrpc.php", AT)
    )
    assert isinstance(ping, Ping)
    await database.write_together(verdicts.decide, Decision(ping.id, HOLD, EVIDENCE, AT))
    return ping.id


def imported(key: str = "import:1", label: Label = Label.SPAM, at: datetime = AT, **more: Any) -> LabelledSample:
    sample = {"url": "http://b.example/", "title": "T", "mine": [1, {"a": None}]}
    one = LabelledSample(sample, label, 1.0, "import", "import", at, "b.example", key)
    return replace(one, **more)


async def test_our_own_verdicts_are_no_labels(database: Database) -> None:
    ping_id = await held(database)
    await database.write(pings.move, ping_id, State.REJECTED, "pingwarden", AT)
    assert await database.read(labels.samples) == []


async def test_what_a_person_said_of_a_ping_comes_with_its_evidence(database: Database) -> None:
    ping_id = await held(database)
    await database.write(pings.word, ping_id, State.REJECTED, Label.SPAM, "anna", AT + HOUR)
    [one] = await database.read(labels.samples)
    assert (one.label, one.weight, one.source, one.by, one.at) == (Label.SPAM, 1.0, "admin", "anna", AT + HOUR)
    assert (one.group, one.key, one.site) == ("a.example", f"ping:{ping_id}", "blog")
    sample = Sample.from_json(one.sample)
    assert (sample.title, sample.evidence and sample.evidence.link_found) == ("A page", True)


async def test_a_deleted_ping_teaches_nothing(database: Database) -> None:
    ping_id = await held(database)
    await database.write(pings.label, ping_id, Label.SPAM, "anna", AT)
    await database.write(pings.remove, ping_id)
    assert await database.read(labels.samples) == []


async def test_a_word_taken_back_is_none_and_one_changed_is_the_later(database: Database) -> None:
    first, second = await held(database), await held(database, "http://b.example/")
    for ping_id, words in ((first, (Label.SPAM, None)), (second, (Label.SPAM, Label.HAM))):
        for hours, word in enumerate(words):
            await database.write(pings.label, ping_id, word, "anna", AT + hours * HOUR)
    assert [(one.label, one.at) for one in await database.read(labels.samples)] == [(Label.HAM, AT + HOUR)]


async def test_an_undone_word_is_no_word(database: Database) -> None:
    ping_id = await held(database)
    before = await database.read(undo.word_of, ping_id)
    await database.write(pings.label, ping_id, Label.SPAM, "anna", AT)
    undo_id = await database.write(undo.keep, "label-spam", [before], "anna", AT)
    await database.write(undo.take_back, undo_id, "anna", AT + HOUR)
    assert await database.read(labels.samples) == []
    late = imported(f"ping:{ping_id}", Label.SPAM, AT + timedelta(minutes=30))
    assert await database.write(labels.take_in, [late]) == 0


async def test_what_is_taken_in_comes_back_as_it_was(database: Database) -> None:
    given = [imported("import:1", site="blog"), imported("import:2", Label.HAM, AT + HOUR, weight=0.25, by="bert")]
    assert await database.write(labels.take_in, given) == 2
    assert await database.read(labels.samples) == given
    assert await database.write(labels.take_in, given) == 0


async def test_of_two_words_on_one_thing_the_latest_wins_in_whatever_order_they_come(database: Database) -> None:
    late, early = imported(label=Label.HAM, at=AT + HOUR), imported(label=Label.SPAM)
    for one in (late, early, late):
        await database.write(labels.take_in, [one])
    assert await database.read(labels.samples) == [late]


@pytest.mark.parametrize(("after", "expected"), [(HOUR, Label.HAM), (-HOUR, Label.SPAM)])
async def test_an_imported_word_on_a_ping_of_ours_lands_there_if_it_is_the_later(
    database: Database, after: timedelta, expected: Label
) -> None:
    ping_id = await held(database)
    await database.write(pings.label, ping_id, Label.SPAM, "anna", AT)
    await database.write(labels.take_in, [imported(f"ping:{ping_id}", Label.HAM, AT + after, by="bert")])
    [one] = await database.read(labels.samples)
    assert one.label is expected
    assert (await database.read(pings.get, ping_id)).label is expected


async def test_everything_moves_to_another_database_without_loss(database: Database, tmp_path: Path) -> None:
    ping_id = await held(database)
    await database.write(pings.label, ping_id, Label.SPAM, "anna", AT)
    await database.write(labels.take_in, [imported(site="blog"), imported("import:2")])
    there = tmp_path / "other"
    there.mkdir()
    out = [jsonl.line(one) for one in await database.read(labels.samples)]
    async with fresh(there) as other:
        given = [jsonl.read(data, AT) for data in map(json.loads, out)]
        assert await other.write(labels.take_in, [one for one in given if one]) == 3
        assert [jsonl.line(one) for one in await other.read(labels.samples)] == out
    assert await database.write(labels.take_in, [one for one in given if one]) == 0


async def test_a_site_has_its_own_samples_and_those_of_no_site(database: Database) -> None:
    for site in ("blog", "shop"):
        await database.write(pings.label, await held(database, site=site), Label.SPAM, "anna", AT)
    await database.write(labels.take_in, [imported("import:1", site="shop"), imported("import:2")])
    found = await database.read(labels.samples, "blog")
    assert sorted(str(one.site) for one in found) == ["None", "blog"]
    assert len(await database.read(labels.samples)) == 4


async def test_they_are_counted_by_label_person_and_place(database: Database) -> None:
    for number in range(2):
        ping_id = await held(database, f"http://a.example/{number}")
        await database.write(pings.label, ping_id, Label.SPAM, "anna", AT)
    await database.write(labels.take_in, [imported("import:1", Label.HAM)])
    assert await database.read(labels.tally) == (
        labels.Tally(Label.SPAM, "admin", "anna", 2),
        labels.Tally(Label.HAM, "import", "import", 1),
    )
    counted = sum(one.count for one in await database.read(labels.tally))
    assert counted == len(await database.read(labels.samples))


async def test_what_is_new_since_a_training_is_counted_once(database: Database) -> None:
    ping_id = await held(database)
    await database.write(labels.take_in, [imported("import:old", at=AT - 900 * HOUR)])
    await database.write(pings.label, ping_id, Label.SPAM, "anna", AT)
    await database.write(pings.label, ping_id, Label.HAM, "anna", AT)
    assert await database.read(labels.new_words) == 2
    await database.write(labels.learnt, await database.read(labels.mark))
    assert await database.read(labels.new_words) == 0
    await database.write(pings.label, ping_id, Label.SPAM, "anna", AT)
    long_ago = imported("import:older", at=AT - 999 * HOUR)  # a first look at WordPress brings such
    await database.write(labels.take_in, [long_ago])
    assert await database.read(labels.new_words) == 2
    await database.write(labels.learnt, await database.read(labels.mark))
    await database.write(labels.take_in, [replace(long_ago, label=Label.HAM, at=AT + HOUR)])
    assert await database.read(labels.new_words) == 1
