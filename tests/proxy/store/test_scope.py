"""Who looks after some sites sees and changes nothing of the others."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from proxy.decide import Bands, decide
from proxy.errors import UnknownThing
from proxy.ping import Action, Finding, Kind, Label, Linkback, Ping, Sender, State
from proxy.policy import SelfPolicy
from proxy.rules.owner import OwnerRule, when_from_json
from proxy.store import arrivals, figures, history, inbox, labels, pings, policies, rulebook, undo, verdicts
from proxy.store.arrivals import Arrival
from proxy.store.database import Database
from proxy.store.figures import Waiting
from proxy.store.pings import Filter
from proxy.store.scope import EVERYWHERE, NotYours, Scope, Within
from proxy.store.verdicts import Decision
from tests.databases import fresh

AT = datetime(2026, 3, 3, 10, tzinfo=UTC)
RULE = OwnerRule(id="", name="n", when=when_from_json({"words": ["casino"]}), action="hold")
POLICY = SelfPolicy("hold", (), "anna", AT)


@pytest_asyncio.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with fresh(tmp_path) as opened:
        yield opened


@pytest.fixture
def ours(database: Database) -> Within:
    """What somebody sees who looks after "ours" alone."""
    return Within(database, Scope(frozenset({"ours"})))


async def held(database: Database, site: str, rule: str = "thin") -> Ping:
    """Record a held ping; those of other sites come a second after ours."""
    at = AT if site == "ours" else AT + timedelta(seconds=1)
    link = Linkback(Kind.PINGBACK, f"http://{site}.source.example/casino", f"http://{site}.example/alpha/")
    ping = await database.write_together(arrivals.receive, Arrival(site, link, Sender("192.0.2.1"), "/xmlrpc.php", at))
    assert isinstance(ping, Ping)
    verdict = decide([Finding("unverifiable", 0, "late", Action.HOLD), Finding(rule, 1, rule)], Bands())
    return await database.write_together(verdicts.decide, Decision(ping.id, verdict, None, AT, next_check_at=AT))


@pytest.mark.parametrize(
    ("scope", "site", "may"),
    [
        (EVERYWHERE, None, True),
        (EVERYWHERE, "ours", True),
        (Scope(frozenset({"ours"})), "ours", True),
        (Scope(frozenset({"ours"})), "theirs", False),
        (Scope(frozenset({"ours"})), None, False),
        (Scope(frozenset()), "ours", False),
    ],
)
def test_what_may_be_changed(scope: Scope, site: str | None, may: bool) -> None:
    assert scope.holds(site) is may
    if may:
        scope.must_hold(site)
    else:
        with pytest.raises(NotYours):
            scope.must_hold(site)


async def test_the_scope_ends_with_the_work_whether_it_succeeds_or_not(database: Database, ours: Within) -> None:
    theirs = await held(database, "theirs")
    with pytest.raises(UnknownThing):
        await ours.read(pings.get, theirs.id)
    with pytest.raises(UnknownThing):
        await ours.write(pings.remove, theirs.id)
    await ours.read(pings.counts)
    assert (await database.read(pings.get, theirs.id)).id == theirs.id
    assert (await database.write(pings.label, theirs.id, Label.HAM, "anna", AT)).label is Label.HAM


async def test_lists_counts_and_figures_are_of_the_own_sites(database: Database, ours: Within) -> None:
    mine, theirs = await held(database, "ours"), await held(database, "theirs")
    for wanted in (Filter(), Filter(State.HELD), Filter(text="casino"), Filter(rule="thin"), Filter(site="ours")):
        assert [ping.id for ping in (await ours.read(inbox.look, wanted, 9)).pings] == [mine.id], wanted
        assert [ping.id for ping in (await ours.read(pings.list_page, wanted, 9))[0]] == [mine.id], wanted
    for wanted in (Filter(site="theirs"), Filter(text="theirs")):
        assert (await ours.read(inbox.look, wanted, 9)).pings == ()
    assert (await ours.read(inbox.counts, Filter()))[State.HELD] == 1
    assert (await ours.read(pings.counts))["held"] == 1
    assert await ours.read(inbox.neighbours, mine) == (None, None)
    assert (await database.read(inbox.neighbours, mine))[0] == theirs.id
    assert [ping.id for ping in await ours.read(history.since, AT - timedelta(days=1), 9)] == [mine.id]
    found = await ours.read(figures.since, AT - timedelta(days=1))
    assert [name for name, *_ in found.sources] == ["source.example"]
    assert sum(count for day in found.by_day.values() for count in day.values()) == 1
    assert dict(found.reasons) == {"thin": 1, "unverifiable": 1}


async def test_several_sites_are_one_list(database: Database) -> None:
    sites = ("a", "b", "theirs")
    made = []
    for number in range(9):
        at = AT + timedelta(seconds=number)
        link = Linkback(Kind.PINGBACK, f"http://a.example/{number}", "http://blog.example/alpha/")
        ping = await database.write_together(
            arrivals.receive, Arrival(sites[number % 3], link, Sender("192.0.2.1"), "/xmlrpc.php", at)
        )
        assert isinstance(ping, Ping)
        made.append(ping)
    seen = [ping for ping in made if ping.site != "theirs"][::-1]
    both = Within(database, Scope(frozenset({"a", "b"})))
    for wanted in (Filter(), Filter(State.RECEIVED), Filter(kind="pingback"), Filter(text="example")):
        found: list[str] = []
        older: str | None = None
        while len(found) < len(seen):
            page = await both.read(inbox.look, wanted, 2, older)
            found += [ping.id for ping in page.pings]
            older = page.older
        assert (found, older) == ([ping.id for ping in seen], None), wanted
    assert (await both.read(inbox.counts, Filter()))[State.RECEIVED] == 6
    assert (await both.read(inbox.counts, Filter(site="a")))[State.RECEIVED] == 3
    for newer, middle, older_one in zip(seen, seen[1:], seen[2:], strict=False):
        assert await both.read(inbox.neighbours, middle) == (newer.id, older_one.id)
    nobody = Within(database, Scope(frozenset()))
    assert (await nobody.read(inbox.look, Filter(), 9)).pings == ()
    assert await nobody.read(inbox.neighbours, seen[1]) == (None, None)


async def test_what_waits_is_of_the_own_sites(database: Database, ours: Within) -> None:
    found = [await held(database, site, "not-yet-checked") for site in ("ours", "theirs", "theirs2")]
    later = AT + timedelta(seconds=60)
    assert await ours.read(figures.waiting, later) == Waiting(0, None, checks=1, unasked=1)
    assert await database.read(figures.waiting, later) == Waiting(0, None, checks=3, unasked=3)
    for ping in found:
        await database.write(pings.move, ping.id, State.APPROVED, "anna", AT)
    assert await ours.read(figures.waiting, later) == Waiting(1, 60.0, 0, 0)
    assert await database.read(figures.waiting, later) == Waiting(3, 60.0, 0, 0)
    taken = await ours.read(figures.since, AT - timedelta(days=1))
    assert taken.sources == (("source.example", 1, 0),)
    assert taken.targets == (("http://ours.example/alpha/", 1),)
    assert await Within(database, Scope(frozenset({"none"}))).read(history.oldest_waiting, later) is None


async def test_labels_are_counted_of_the_own_sites(database: Database, ours: Within) -> None:
    for site in ("ours", "theirs"):
        ping = await held(database, site)
        await database.write(pings.label, ping.id, Label.SPAM, f"person-of-{site}", AT)
        beside = {"label": Label.HAM, "weight": 1.0, "source": "wordpress", "at": 0, "ping_id": None, "sample": {}}
        await database.write(labels.put, {site: beside | {"site": site, "by": f"{site} in WordPress"}})
    tally = await ours.read(labels.tally)
    assert {(one.by, one.count) for one in tally} == {("person-of-ours", 1), ("ours in WordPress", 1)}
    assert len(await database.read(labels.tally)) == 4


async def test_rules_for_all_sites_can_be_read_and_not_changed(database: Database, ours: Within) -> None:
    shared = await database.write(rulebook.add, RULE, AT)
    theirs = await database.write(rulebook.add, replace(RULE, site="theirs"), AT)
    mine = await ours.write(rulebook.add, replace(RULE, site="ours"), AT)
    await held(database, "theirs", theirs.finding_name)
    await held(database, "ours", mine.finding_name)
    assert {rule.id for rule in await ours.read(rulebook.list_all)} == {shared.id, mine.id}
    assert await ours.read(rulebook.get, shared.id) == shared
    assert await ours.read(inbox.rules_that_spoke) == [mine.finding_name, "unverifiable"]
    assert theirs.finding_name in await database.read(inbox.rules_that_spoke)
    refused: list[tuple[Callable[[], Awaitable[object]], type[Exception]]] = [
        (lambda: ours.write(rulebook.add, RULE, AT), NotYours),
        (lambda: ours.write(rulebook.add, replace(RULE, site="theirs"), AT), NotYours),
        (lambda: ours.write(rulebook.change, replace(shared, site="ours")), NotYours),
        (lambda: ours.write(rulebook.change, replace(mine, site=None)), NotYours),
        (lambda: ours.write(rulebook.change, replace(mine, site="theirs")), NotYours),
        (lambda: ours.write(rulebook.change, replace(theirs, site="ours")), UnknownThing),
        (lambda: ours.write(rulebook.remove, shared.id), NotYours),
        (lambda: ours.write(rulebook.remove, theirs.id), UnknownThing),
        (lambda: ours.read(rulebook.get, theirs.id), UnknownThing),
    ]
    for attempt, problem in refused:
        with pytest.raises(problem):
            await attempt()
    assert {rule.site for rule in await database.read(rulebook.list_all)} == {None, "ours", "theirs"}
    await ours.write(rulebook.remove, mine.id)


async def test_policies_of_other_sites_are_neither_seen_nor_changed(database: Database, ours: Within) -> None:
    await database.write(policies.keep, "theirs", POLICY)
    await ours.write(policies.keep, "ours", POLICY)
    assert set(await ours.read(policies.list_all)) == {"ours"}
    for change in (ours.write(policies.keep, "theirs", POLICY), ours.write(policies.forget, "theirs")):
        with pytest.raises(UnknownThing):
            await change
    assert set(await database.read(policies.list_all)) == {"ours", "theirs"}


async def test_only_what_concerns_the_own_sites_alone_can_be_undone(database: Database, ours: Within) -> None:
    mine, theirs = await held(database, "ours"), await held(database, "theirs")
    shared = await database.write(rulebook.add, RULE, AT)
    own_rule = await database.write(rulebook.add, replace(RULE, site="ours"), AT)
    former = await database.read(undo.rule_of, shared.id)
    await database.write(rulebook.change, replace(shared, site="ours"))
    word, other = await ours.read(undo.word_of, mine.id), await database.read(undo.word_of, theirs.id)
    gone = await database.read(undo.whole_ping, theirs.id)
    kept: list[tuple[str, list[undo.Kept], bool]] = [
        ("a word on ours", [word], True),
        ("a word on theirs", [other], False),
        ("a word on both", [word, other], False),
        ("theirs deleted", [gone], False),
        ("a rule for all that became ours", [former], False),
        ("our rule", [await database.read(undo.rule_of, own_rule.id)], True),
        ("their policy", [await database.read(undo.policy_of, "theirs")], False),
        ("our policy", [await database.read(undo.policy_of, "ours")], True),
        ("a model", [{"model": "x"}], False),
        ("of a ping that is gone", [{"ping": "nothing", "row": {}}], False),
    ]
    for told, before, may in kept:
        undo_id = await database.write(undo.keep, "approve", before, "anna", AT)
        if may:
            assert (await ours.read(undo.find, undo_id)).id == undo_id, told
            assert await ours.write(undo.take_back, undo_id, "anna", AT) == 1, told
            continue
        for look in (ours.read(undo.find, undo_id), ours.read(undo.models_of, undo_id)):
            with pytest.raises(UnknownThing):
                await look
        with pytest.raises(UnknownThing):
            await ours.write(undo.take_back, undo_id, "anna", AT)
    for work in (undo.word_of, undo.verdict_of, undo.whole_ping):
        with pytest.raises(UnknownThing):
            await ours.read(work, theirs.id)
