"""Lists for people: filters, pages by key, searches that stop and go on."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from proxy.ping import Action, Finding, Kind, Linkback, Ping, Sender, State, Verdict
from proxy.store import arrivals, inbox, pings, verdicts
from proxy.store.arrivals import Arrival
from proxy.store.database import Database
from proxy.store.inbox import match_expression
from proxy.store.pings import Filter
from proxy.store.verdicts import Decision
from tests.databases import fresh

AT = datetime(2026, 3, 3, 10, tzinfo=UTC)


@pytest_asyncio.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with fresh(tmp_path) as opened:
        yield opened


async def held(database: Database, number: int, title: str = "", rule: str = "odd", site: str = "blog") -> Ping:
    """Return a held ping that came *number* seconds after the first."""
    kind = Kind.TRACKBACK if number % 2 else Kind.PINGBACK
    link = Linkback(kind, f"http://www.a{number}.example/x", "http://blog.example/alpha/", title)
    at = AT + timedelta(seconds=number)
    ping = await database.write_together(arrivals.receive, Arrival(site, link, Sender("192.0.2.7"), "/x", at))
    assert isinstance(ping, Ping)
    return await database.write_together(
        verdicts.decide, Decision(ping.id, Verdict(Action.HOLD, 1, (Finding(rule, 1, rule),)), None, at)
    )


async def test_pages_follow_each_other_without_gap_or_repetition(database: Database) -> None:
    made = [(await held(database, number, "loaf")).id for number in range(1, 14, 2)]
    for wanted in (Filter(), Filter(State.HELD), Filter(rule="odd"), Filter(text="loaf")):
        seen: list[str] = []
        before = None
        while True:
            page = await database.read(inbox.look, wanted, 3, before)
            assert page.looked_through
            seen += [ping.id for ping in page.pings]
            before = page.older
            assert before is None or len(page.pings) == 3
            if before is None:
                break
        assert seen == made[::-1], wanted


async def test_a_search_within_a_state_finds_what_came_before_the_clock_was_set_back(database: Database) -> None:
    made = [(await held(database, number, "loaf")).id for number in (9, 1)]
    found = await database.read(inbox.look, Filter(State.HELD, text="loaf"), 3)
    assert sorted(ping.id for ping in found.pings) == sorted(made)


LISTS = (
    (Filter(), [3, 2, 1]),
    (Filter(State.HELD), [3, 2, 1]),
    (Filter(State.REJECTED), []),
    (Filter(kind="pingback"), [2]),
    (Filter(site="other"), [3]),
    (Filter(rule="thin"), [3, 2]),
    (Filter(rule="thin", site="blog"), [2]),
    (Filter(rule="no"), []),
    (Filter(rule="thin", kind="trackback", state=State.HELD), [3]),
)
SEARCHES = {
    "loaf": True,
    "LOAF": True,
    "loa": True,  # the beginning of a word, where no ping holds the whole
    "cheap bread": True,
    "bread cheap": True,
    "a1.example": True,
    "http://www.a1.example/x": True,
    "192.0.2.7": True,
    "bread cake": False,
    "oaf": False,
    '"': False,
    "'); DROP TABLE pings --": False,
    "loaf OR nothing": False,
    "title:loaf": False,
    "* - ^ {": False,
    "\x00": False,
}


async def test_a_list_is_filtered(database: Database) -> None:
    await held(database, 1)
    await held(database, 2, rule="thin")
    await held(database, 3, rule="thin", site="other")
    for wanted, numbers in LISTS:
        page = await database.read(inbox.look, wanted, 10)
        assert [int(ping.linkback.source_url[12]) for ping in page.pings] == numbers, wanted


async def test_a_search_finds_words_and_takes_no_orders(database: Database) -> None:
    ping = await held(database, 1, "Cheap bread loaf")
    for text, found in SEARCHES.items():
        page = await database.read(inbox.look, Filter(text=text), 10)
        assert [one.id for one in page.pings] == ([ping.id] if found else []), text
        assert page.looked_through


@pytest.mark.parametrize(
    ("told", "expression"),
    [
        ("", ""),
        ("  ", ""),
        ("* - ^", ""),
        ("one two", '"one" "two"'),
        ('say "hi"', '"say" """hi"""'),
        ("https://www.a.example/x", '"a.example/x"'),
        ("AND OR NOT NEAR(", '"AND" "OR" "NOT" "NEAR("'),
        (" ".join(f"w{n}" for n in range(20)), " ".join(f'"w{n}"' for n in range(12))),
    ],
)
def test_what_a_person_types_is_quoted(told: str, expression: str) -> None:
    assert match_expression(told) == expression


def test_beginnings_are_looked_for_from_two_characters_on() -> None:
    assert match_expression("a bc", beginnings=True) == '"a" "bc"*'


@pytest.mark.parametrize("wanted", [Filter(State.REJECTED, rule="odd"), Filter(State.REJECTED, text="loaf")], ids=str)
async def test_a_search_stops_and_says_where_to_go_on(
    database: Database, monkeypatch: pytest.MonkeyPatch, wanted: Filter
) -> None:
    monkeypatch.setattr(inbox, "_CHUNKS", (2, 2))
    made = [await held(database, number, "loaf") for number in range(6)]
    await database.write(pings.move, made[0].id, State.REJECTED, "anna", AT)
    page = await database.read(inbox.look, wanted, 10)
    assert (page.pings, page.older, page.looked_through) == ((), made[2].id, False)
    page = await database.read(inbox.look, wanted, 10, page.older)
    assert [ping.id for ping in page.pings] == [made[0].id]


async def test_counts_are_by_site_and_kind_and_stop_at_a_cap(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        await held(database, number, site="other" if number == 4 else "blog")
    for wanted, count in ((Filter(), 5), (Filter(site="blog"), 4), (Filter(State.REJECTED, kind="trackback"), 2)):
        found = await database.read(inbox.counts, wanted)
        assert (found[State.HELD], found[State.REJECTED], set(found)) == (count, 0, set(State))
    monkeypatch.setattr(inbox, "COUNT_CAP", 3)
    assert (await database.read(inbox.counts, Filter()))[State.HELD] == 3


async def test_neighbours_stand_in_the_same_state(database: Database) -> None:
    made = [await held(database, number) for number in range(4)]
    await database.write(pings.move, made[1].id, State.REJECTED, "anna", AT)
    for place, expected in ((0, (made[2].id, None)), (2, (made[3].id, made[0].id)), (3, (None, made[2].id))):
        assert await database.read(inbox.neighbours, made[place]) == expected
    rejected = await database.read(pings.get, made[1].id)
    assert await database.read(inbox.neighbours, rejected) == (None, None)


async def test_each_rule_that_spoke_is_named_once(database: Database) -> None:
    assert await database.read(inbox.rules_that_spoke) == []
    for number, rule in enumerate(("thin", "odd", "thin", "owner:X")):
        await held(database, number, rule=rule)
    assert await database.read(inbox.rules_that_spoke) == ["odd", "owner:X", "thin"]
