"""Labels from a real WordPress's moderation: which come over, what a change in its dashboard does, and the way back."""

import json
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from proxy.commands import cli
from tests.real.dashboard import Dashboard
from tests.real.front import Front
from tests.real.httpclient import call, trackback
from tests.real.park import Park
from tests.real.parts import LINES
from tests.real.pingwarden import Pingwarden
from tests.real.process import wait_until
from tests.real.site import Site
from tests.real.web import Web
from tests.real.wordpress import WordPress

KINDS = ("pingback", "trackback", "comment", "note")
STATUSES = ("1", "0", "spam", "trash", "post-trashed")
_LOGS = "<strong>Kiln dried logs {n}</strong>\n\nOrder pallets of seasoned firewood, crates of birch and oak logs delivered, number {n}"
_GARDEN = (
    "<strong>Pruning roses {n}</strong>\n\nI have been reading about gardens in winter and thought of your post {n}"
)

_CLOSED = """<?php
add_filter('rest_authentication_errors', fn() => new WP_Error('rest_closed', 'Closed', ['status' => 401]));
"""


def store(site: Site, number: int) -> None:
    """Store `number` comments of every kind and status, as if they had come in over the years."""
    rows = []
    for n in range(number):
        kind, status = KINDS[n % 4], STATUSES[n // 4 % 5]
        text = (_LOGS if status == "spam" else _GARDEN).format(n=n).replace("'", "''").replace("\n", "\\n")
        domain = f"logs{n % 9}" if status == "spam" else f"garden{n}"
        day = f"2024-{n % 12 + 1:02}-{n % 28 + 1:02} 10:00:00"
        rows.append(
            f"(4, 'Blog {n}', '', 'http://{domain}.example/?p={n}&amp;x=1', '127.0.0.9', '{day}', '{day}', '{text}',"
            f" '{status}', 'Blog', '{kind}', 0, 0)"
        )
    site.query(
        "insert into wp_comments (comment_post_ID, comment_author, comment_author_email, comment_author_url,"
        " comment_author_IP, comment_date, comment_date_gmt, comment_content, comment_approved, comment_agent,"
        f" comment_type, comment_parent, user_id) values {', '.join(rows)}"
    )


def standing(site: Site) -> dict[int, tuple[str, str]]:
    """Every comment's kind and status, by its number, as the database has it."""
    sql = "select json_array(comment_ID, comment_type, comment_approved) from wp_comments"
    return {int(number): (kind, status) for number, kind, status in map(json.loads, site.query(sql))}


def front_of(site: WordPress, learning: dict[str, Any] | None = None, **wordpress: Any) -> Front:
    """The site behind Pingwarden, which may read its moderation, by itself only if *learning* says so."""
    access = {"username": "admin", "application_password": site.application_password, **wordpress}
    return Front(site, **{"sites.wordpress": access, "learning": learning or {"sync_every_h": 0}})


@pytest.fixture(scope="module", params=LINES)
def front(park: Park, request: pytest.FixtureRequest) -> Iterator[Front]:
    """Each line of WordPress in turn."""
    site = park.wordpress(request.param)
    site.configure(flood=False)
    front = front_of(site, write_back=True)
    yield front
    front.stop()


def run(ours: Pingwarden, *arguments: str) -> str:
    """Run one of our commands, in this process because it starts sooner, and return what it prints."""
    done = CliRunner().invoke(cli, [*arguments, "--config", str(ours.file)], catch_exceptions=False)
    assert done.exit_code == 0, done.stderr
    return done.stdout


def labels(front: Front) -> dict[str, Any]:
    """What `labels export` gives, by key."""
    lines = run(front.pingwarden, "labels", "export").splitlines()
    return {line["key"]: line for line in map(json.loads, lines)}


def words(front: Front) -> dict[int, str]:
    """The label of each of WordPress's comments, by its number."""
    return {int(key.rpartition(":")[2]): one["label"] for key, one in labels(front).items() if key[:4] == "word"}


def test_exactly_what_has_a_word_comes_over_and_twice_changes_nothing(front: Front) -> None:
    """300 comments and linkbacks of every kind and status; then changes in the dashboard, of old ones."""
    store(front.site, 300)
    told = run(front.pingwarden, "labels", "sync")
    assert told.startswith("blog: 180 comments and linkbacks looked at by REST; 45 new words for spam, 45 for ham"), (
        told
    )
    meaning = {"spam": "spam", "1": "ham"}
    present = standing(front.site)
    expected = {n: meaning[status] for n, (kind, status) in present.items() if kind != "note" and status in meaning}
    assert words(front) == expected
    before = run(front.pingwarden, "labels", "export")
    assert "0 new words for spam, 0 for ham, 0 taken back" in run(front.pingwarden, "labels", "sync")
    assert run(front.pingwarden, "labels", "export") == before

    def some(kind: str, status: str) -> int:
        return next(number for number, stands in present.items() if stands == (kind, status))

    held, approved, spam, trashed = (some("pingback", status) for status in ("0", "1", "spam", "trash"))
    comment = some("comment", "0")
    dashboard = Dashboard(front.site)
    dashboard.do("spam", [held, comment])
    dashboard.do("unapprove", [approved])
    dashboard.do("unspam", [spam], view="spam")
    dashboard.do("untrash", [trashed], view="trash")
    told = run(front.pingwarden, "labels", "sync")
    assert "2 new words for spam, 2 for ham, 1 taken back" in told
    del expected[approved]
    assert words(front) == expected | {held: "spam", comment: "spam", spam: "ham", trashed: "ham"}
    dashboard.do("trash", [spam, held])
    dashboard.do("delete", [some("trackback", "spam")], view="spam")
    assert "0 new words for spam, 0 for ham, 0 taken back" in run(front.pingwarden, "labels", "sync")


def deliver(front: Front, source: str) -> str:
    """The id of a pingback that goes through, held by WordPress until a person approves it there."""
    call(f"{front.address}/xmlrpc.php", "pingback.ping", source, front.site.permalink("alpha"))
    [ping] = [one for one in front.pingwarden.pings() if one["source_url"] == source]
    if ping["state"] == "held":
        front.pingwarden.api("POST", f"pings/{ping['id']}/approve", {"label": None})
    front.pingwarden.wait_for(lambda states: states[source] == "delivered", "the delivery")
    return str(ping["id"])


def test_a_word_lands_on_our_ping_and_ours_goes_back(front: Front, web: Web) -> None:
    """Said in the dashboard, it stands on the ping with its evidence; said here, it stands in WordPress."""
    here, there = (web.link(f"/post?a={n}&b=2", front.site.permalink("alpha"), title=f"On roses {n}") for n in (1, 2))
    said_there, said_here = deliver(front, there), deliver(front, here)
    of_there, of_here = (next(one for one in front.site.comments() if f"a={n}&" in one.author_url) for n in (2, 1))
    assert ("&amp;" in of_there.author_url, of_there.approved) == (True, "0")
    run(front.pingwarden, "labels", "sync")

    Dashboard(front.site).do("spam", [of_there.id])
    front.pingwarden.api("POST", f"pings/{said_here}/label", {"label": "spam"})
    told = run(front.pingwarden, "labels", "sync")
    assert "1 new words for spam" in told
    assert "1 of them on linkbacks that came through here; 1 marked as spam in WordPress" in told

    ping = front.pingwarden.api("GET", f"pings/{said_there}").json()
    assert (ping["label"], ping["events"][-1]["by"]) == ("spam", "wordpress")
    exported = labels(front)
    assert exported[f"ping:{said_there}"]["evidence"]["link_found"] is True
    assert [exported[f"ping:{one}"]["source"] for one in (said_there, said_here)] == ["wordpress", "admin"]
    present = standing(front.site)
    assert present[of_there.id] == present[of_here.id] == ("pingback", "spam")
    assert "0 new words for spam, 0 for ham, 0 taken back" in run(front.pingwarden, "labels", "sync")


def test_a_running_server_learns_by_itself_to_refuse_the_campaign(park: Park, web: Web) -> None:
    """What the owner marks in WordPress decides over the next one of its kind, and nobody has to run a command."""
    site = park.wordpress("7.1")
    site.configure(flood=False)
    learning = {"sync_every_h": 0.0005, "retrain_after_labels": 90, "retrain_at_most_every_h": 0}
    front = front_of(site, learning=learning)
    try:
        assert trackback_of_campaign(front, web, 901)["state"] != "rejected"
        store(site, 300)
        run = wait_until(lambda: trained(front), "the schedule's training", seconds=240)
        assert (run["state"], run["by"], run["promoted"], run["labels"]) == ("done", "schedule", True, 90), run
        later = count(902)  # a running proxy takes the new model within a second
        refused = wait_until(lambda: is_rejected(trackback_of_campaign(front, web, next(later))), "the new model")
        assert all(comment.author_url != refused["source_url"] for comment in site.comments())
        honest = trackback_of(front, web, 950, _GARDEN)
        assert honest["state"] != "rejected"
    finally:
        front.stop()


def test_train_from_wordpress_reads_learns_and_promotes_in_one_call(park: Park, web: Web) -> None:
    """The same by hand, while a server runs that does neither by itself."""
    site = park.wordpress("6.8")
    site.configure(flood=False)
    front = front_of(site, learning={"sync_every_h": 0, "retrain_after_labels": 0})
    try:
        store(site, 300)
        told = run(front.pingwarden, "train", "--from-wordpress")
        assert "45 new words for spam, 45 for ham" in told
        assert "learnt from 90 labels\nin force: it is not worse on labels that neither model has seen" in told
        later = count(902)
        wait_until(lambda: is_rejected(trackback_of_campaign(front, web, next(later))), "the new model")
    finally:
        front.stop()


def trained(front: Front) -> dict[str, Any] | None:
    """The state of training once a training ended."""
    state = dict(front.pingwarden.api("GET", "models/train").json())
    return None if state["state"] in {"idle", "running", "waiting"} else state


def is_rejected(ping: dict[str, Any]) -> dict[str, Any] | None:
    """The ping, if it was rejected."""
    return ping if ping["state"] == "rejected" else None


def trackback_of_campaign(front: Front, web: Web, number: int) -> dict[str, Any]:
    """The ping that one more of the campaign became."""
    return trackback_of(front, web, number, _LOGS)


def trackback_of(front: Front, web: Web, number: int, text: str) -> dict[str, Any]:
    """The ping that a trackback of this text became, from a page that does link."""
    title, _, excerpt = text.format(n=number).partition("\n\n")
    plain = title.removeprefix("<strong>").removesuffix("</strong>")
    source = web.link(f"/{number}", front.site.permalink("alpha"), title=plain)
    fields = {"url": source, "title": plain, "excerpt": excerpt, "blog_name": f"Blog {number}"}
    trackback(f"{front.address}/2024/03/03/alpha/trackback/", fields)
    front.pingwarden.wait_for(lambda states: states.get(source, "received") != "received", "a verdict")
    return next(dict(one) for one in front.pingwarden.pings() if one["source_url"] == source)


def test_xml_rpc_brings_the_same_where_rest_is_blocked(park: Park, tmp_path: Path) -> None:
    """A site whose REST API a plugin closes."""
    site = park.wordpress("6.1")
    store(site, 60)
    access = {"username": "admin", "application_password": site.application_password}
    ours = Pingwarden(tmp_path, site.address, public_url=site.address, **{"sites.wordpress": access})
    plugin = site.web / "wp-content/mu-plugins/closed.php"
    assert "looked at by REST; 9 new words for spam, 9 for ham" in run(ours, "labels", "sync")
    try:
        plugin.write_text(_CLOSED)
        told = run(ours, "labels", "sync")
        assert "36 comments and linkbacks looked at by XML-RPC; 0 new words for spam, 0 for ham, 0 taken back" in told
        Dashboard(site).do("spam", [next(n for n, stands in standing(site).items() if stands == ("trackback", "0"))])
        assert "1 new words for spam, 0 for ham" in run(ours, "labels", "sync")
    finally:
        plugin.unlink()
