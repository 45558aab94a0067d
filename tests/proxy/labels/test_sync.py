"""Syncs as transcripts: what stands in WordPress, what is asked, and which words are here afterwards."""

from datetime import UTC, datetime, timedelta

import pytest

from proxy.clock import now
from proxy.ping import Action, Kind, Label, Linkback, Ping, Sender, State, Verdict
from proxy.store import arrivals, labels, moderation, pings, verdicts
from proxy.store.arrivals import Arrival
from proxy.store.moderation import Taken
from proxy.store.verdicts import Decision
from tests.proxy.labels.blog import Room

ALPHA = "http://blog.example/2024/03/03/alpha/"
SOURCE = "http://spam.example/?a=1&b=2"
EARLY = datetime(2024, 1, 1, tzinfo=UTC)
APPROVE = Verdict(Action.APPROVE, -2.0, ())


async def words(here: Room) -> dict[str, tuple[str, float]]:
    """Return each label with its weight, by the id of the sample."""
    found = await here.database.read(labels.samples)
    return {one.sample["id"].rpartition(":")[2]: (one.label.value, one.weight) for one in found}


async def delivered(here: Room, source: str = SOURCE, target: str = ALPHA, at: datetime = EARLY) -> Ping:
    """A ping that our own verdict let through, and that WordPress took."""
    linkback = Linkback(Kind.PINGBACK, source, target)
    ping = await here.database.write_together(
        arrivals.receive, Arrival("blog", linkback, Sender("192.0.2.7"), "/xmlrpc.php", at)
    )
    assert isinstance(ping, Ping)
    await here.database.write_together(verdicts.decide, Decision(ping.id, APPROVE, None, at))
    return await here.database.write(pings.move, ping.id, State.DELIVERED, "wordpress", at)


async def ping_now(here: Room, ping: Ping) -> Ping:
    return await here.database.read(pings.get, ping.id)


async def test_exactly_what_has_a_word_comes_over(here: Room) -> None:
    for kind in ("pingback", "trackback", "comment", "note"):
        for status in ("hold", "approved", "spam", "trash", "post-trashed"):
            here.blog.add(kind, status)
    done = await here.sync()
    assert (done.door, done.looked_at, done.taken) == ("REST", 12, Taken(spam=3, ham=3))
    assert await words(here) == {
        "2": ("ham", 1.0), "3": ("spam", 1.0),
        "7": ("ham", 1.0), "8": ("spam", 1.0),
        "12": ("ham", 0.1), "13": ("spam", 0.25),
    }  # fmt: skip


async def test_a_second_sync_changes_nothing_and_asks_for_no_text(here: Room) -> None:
    for number in range(120):
        here.blog.add("pingback" if number % 2 else "comment", ("spam", "approved", "hold")[number % 3])
    first = await here.sync()
    before = await here.database.read(labels.samples)
    assert first.taken.words == len(before) == 80
    here.blog.asked.clear()
    second = await here.sync()
    assert (second.looked_at, second.taken) == (120, Taken())
    assert here.blog.texts_asked == 0
    assert await here.database.read(labels.samples) == before


@pytest.mark.parametrize(
    ("way", "expected"),
    [
        ("hold spam", ("spam", 1.0)),
        ("hold approved", ("ham", 1.0)),
        ("approved spam", ("spam", 1.0)),
        ("spam hold", ("ham", 1.0)),  # "not spam"
        ("spam approved", ("ham", 1.0)),
        ("trash hold", ("ham", 0.5)),  # restored
        ("trash approved", ("ham", 1.0)),
        ("trash spam", ("spam", 1.0)),
        ("hold trash", None),
        ("hold trash hold", ("ham", 0.5)),
        ("approved hold", None),  # unapproved: taken back
        ("spam trash", ("spam", 1.0)),  # deleting takes nothing back
        ("approved trash", ("ham", 1.0)),
        ("spam post-trashed spam", ("spam", 1.0)),
        ("hold post-trashed hold", None),
        ("spam hold spam", ("spam", 1.0)),
    ],
)
async def test_each_change_of_an_old_linkback_is_the_word_that_it_is(
    here: Room, way: str, expected: tuple[str, float] | None
) -> None:
    here.blog.add("pingback", "hold")
    row = here.blog.add("trackback", "hold", date_gmt="2020-01-01T00:00:00")
    for status in way.split():
        row.status = status
        assert not (await here.sync()).trouble
    assert (await words(here)).get("2") == expected


async def test_what_is_deleted_for_ever_stays_said(here: Room) -> None:
    here.blog.add("pingback", "spam")
    await here.sync()
    here.blog.rows.clear()
    await here.sync()
    assert await words(here) == {"1": ("spam", 1.0)}


async def test_an_approval_that_perhaps_nobody_gave_counts_little_until_pings_are_seen_held(here: Room) -> None:
    here.blog.add("pingback", "approved")
    here.blog.add("pingback", "spam")
    await here.sync()
    assert await words(here) == {"1": ("ham", 0.25), "2": ("spam", 1.0)}
    here.blog.add("trackback", "hold")
    await here.sync()
    assert await words(here) == {"1": ("ham", 1.0), "2": ("spam", 1.0)}


async def test_pings_of_the_site_s_own_posts_publish_themselves_and_say_nothing(here: Room) -> None:
    here.blog.add("pingback", "approved", "http://blog.example/2024/03/02/beta/")
    here.blog.add("pingback", "hold")
    await here.sync()
    assert await words(here) == {}


async def test_a_word_lands_on_our_ping_with_its_evidence(here: Room) -> None:
    ping = await delivered(here)
    row = here.blog.add("pingback", "hold", "http://spam.example/?a=1&amp;b=2")
    await here.sync()
    assert (await ping_now(here, ping)).label is None
    row.status = "spam"
    done = await here.sync()
    assert done.taken == Taken(spam=1, on_pings=1)
    labelled = await ping_now(here, ping)
    assert labelled.label is Label.SPAM
    assert (labelled.events[-1].what, labelled.events[-1].by, labelled.events[-1].detail) == (
        "labelled",
        "wordpress",
        "spam",
    )
    [one] = await here.database.read(labels.samples)
    assert (one.sample["id"], one.source, one.key) == (ping.id, "wordpress", f"ping:{ping.id}")


@pytest.mark.parametrize(
    ("target", "url", "post"),
    [
        ("http://blog.example/2024/03/03/alpha", "HTTP://spam.example/?a=1&amp;b=2", 4),
        ("https://www.blog.example/2024/03/03/alpha/", "http://spam.example/?a=1&#038;b=2", 4),
        ("http://blog.example/?p=4", SOURCE, 4),
        ("http://blog.example/index.php?x=1&page_id=4", SOURCE, 4),
        ("http://blog.example/2024/03/03/alpha/trackback/", SOURCE, 4),
    ],
)
async def test_spellings_of_the_same_source_and_post_match(here: Room, target: str, url: str, post: int) -> None:
    ping = await delivered(here, target=target)
    here.blog.add("pingback", "spam", url, post=post)
    await here.sync()
    assert (await ping_now(here, ping)).label is Label.SPAM


@pytest.mark.parametrize(
    ("url", "more"),
    [
        ("http://spam.example/?a=1&amp;b=3", {}),
        ("http://other.example/?a=1&amp;b=2", {}),
        ("http://spam.example/?a=1&amp;b=2", {"path": "/2024/03/02/beta/", "post": 5}),
    ],
)
async def test_another_source_or_post_is_another_linkback(here: Room, url: str, more: dict[str, object]) -> None:
    ping = await delivered(here)
    here.blog.add("pingback", "spam", url, **more)
    await here.sync()
    assert (await ping_now(here, ping)).label is None
    assert await words(here) == {"1": ("spam", 1.0)}


async def test_what_our_own_verdict_let_through_is_no_ham_where_wordpress_publishes_at_once(here: Room) -> None:
    ping = await delivered(here)
    here.blog.add("pingback", "approved", SOURCE)
    await here.sync()
    assert (await ping_now(here, ping)).label is None
    assert await here.database.read(labels.samples) == []


async def test_what_a_person_approved_in_wordpress_is_ham_here(here: Room) -> None:
    here.blog.add("pingback", "hold")
    ping = await delivered(here)
    here.blog.add("pingback", "approved", SOURCE)
    await here.sync()
    assert (await ping_now(here, ping)).label is Label.HAM


async def test_of_two_words_the_latest_wins_whoever_said_it(here: Room) -> None:
    ping = await delivered(here)
    row = here.blog.add("pingback", "hold", SOURCE)
    await here.sync()
    await here.database.write(pings.label, ping.id, Label.HAM, "anna", now())
    row.status = "spam"
    await here.sync()
    assert (await ping_now(here, ping)).label is Label.SPAM
    await here.database.write(pings.label, ping.id, Label.HAM, "anna", now() + timedelta(seconds=1))
    await here.sync()
    [one] = await here.database.read(labels.samples)
    assert (one.label, one.source, one.by) == (Label.HAM, "admin", "anna")


async def test_at_first_sight_what_we_were_told_after_the_delivery_is_the_later_word(here: Room) -> None:
    ping = await delivered(here)
    await here.database.write(pings.label, ping.id, Label.HAM, "anna", now())
    here.blog.add("pingback", "spam", SOURCE)
    await here.sync()
    assert (await ping_now(here, ping)).label is Label.HAM


async def test_nothing_is_written_to_wordpress_unless_the_owner_allows_it(here: Room) -> None:
    ping = await delivered(here)
    row = here.blog.add("pingback", "approved", SOURCE)
    await here.database.write(pings.label, ping.id, Label.SPAM, "anna", now())
    assert (await here.sync()).marked == 0
    assert row.status == "approved"
    assert not any(one.startswith("POST") for one in here.blog.asked)


@pytest.mark.parametrize("rest", ["open", "plain", "closed"])
async def test_a_delivered_ping_that_is_spam_by_now_is_marked_so_in_wordpress(writing_back: Room, rest: str) -> None:
    here = writing_back
    here.blog.rest = rest
    ping = await delivered(here)
    row = here.blog.add("pingback", "approved", SOURCE)
    await here.sync()
    await here.database.write(pings.label, ping.id, Label.SPAM, "anna", now())
    assert (await here.sync()).marked == 1
    assert row.status == "spam"
    again = await here.sync()
    assert (again.marked, again.taken) == (0, Taken())
    events = (await ping_now(here, ping)).events
    assert [(event.what, event.by) for event in events[-2:]] == [("labelled", "anna"), ("marked", "pingwarden")]
    row.status = "hold"  # "not spam", said in the dashboard, is the later word
    assert (await here.sync()).marked == 0
    assert (await ping_now(here, ping)).label is Label.HAM


async def test_what_wordpress_has_no_more_is_not_marked(writing_back: Room) -> None:
    here = writing_back
    ping = await delivered(here)
    here.blog.add("pingback", "hold", SOURCE)
    await here.sync()
    here.blog.rows.clear()
    await here.database.write(pings.label, ping.id, Label.SPAM, "anna", now())
    done = await here.sync()
    assert (done.marked, done.trouble) == (0, "")
    assert await here.database.read(moderation.to_mark, "blog") == []


async def test_a_comment_of_another_date_under_the_same_number_is_another_comment(here: Room) -> None:
    row = here.blog.add("pingback", "spam")
    await here.sync()
    row.date_gmt, row.status = "2026-01-01T00:00:00", "approved"
    here.blog.add("pingback", "hold")
    assert (await here.sync()).taken == Taken(ham=1)
