"""However a WordPress is laid out, approved linkbacks find their post: found and sent as real senders do it."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.real.front import Front
from tests.real.httpclient import call, request, trackback
from tests.real.park import Park
from tests.real.process import LOOPBACK, free_port
from tests.real.site import PLAIN, PRETTY, Switches
from tests.real.web import Web

LAYOUTS: dict[str, tuple[str, dict[str, Any], str]] = {
    # how it is called: its role among the sites, how it is started, its permalinks
    "pretty": ("receiver", {}, PRETTY),
    "plain": ("receiver", {}, PLAIN),
    "path info": ("receiver", {}, "/index.php" + PRETTY),
    "numeric": ("receiver", {}, "/archives/%post_id%"),
    "subdirectory": ("in a subdirectory", {"subpath": "/blog"}, PRETTY),
    "plain in a subdirectory": ("in a subdirectory", {"subpath": "/blog"}, PLAIN),
}


@pytest.fixture(params=LAYOUTS)
def front(park: Park, request: pytest.FixtureRequest) -> Iterator[Front]:
    """Each layout behind Pingwarden, with friends."""
    role, specification, permalinks = LAYOUTS[request.param]
    site = park.wordpress("6.8", role, **specification)
    site.configure(flood=False, permalinks=permalinks)
    front = Front(site)
    front.pingwarden.approve_hosts()
    yield front
    front.stop()


def discover(front: Front) -> tuple[str, str, str]:
    """The permalink of alpha, and the endpoints for pingbacks and trackbacks that its page names."""
    moved = request("GET", f"{front.address}/?p=4")
    permalink = moved.header("Location") or f"{front.address}/?p=4"
    page = request("GET", permalink)
    assert page.status == 200
    door = re.search('trackback:ping="([^"]+)"', page.text)
    assert door
    return permalink, page.header("X-Pingback") or "", door[1].replace("&amp;", "&")


def test_linkbacks_find_their_post(front: Front, web: Web) -> None:
    """A pingback and a trackback for the same post, by the doors that the post names."""
    permalink, endpoint, door = discover(front)
    by_link, by_form = (web.link(path, permalink, title=f"On {path}") for path in ("/by-link", "/by-form"))
    assert "registered" in call(endpoint, "pingback.ping", by_link, permalink)
    answer = trackback(door, {"url": by_form, "title": "By form", "excerpt": "Words", "blog_name": "A friend"})
    assert "<error>0</error>" in answer.text

    both = {by_link: "delivered", by_form: "delivered"}
    front.pingwarden.wait_for(lambda states: states == both, "both deliveries")
    stored = {comment.author_url: (comment.type, comment.post) for comment in front.site.comments()}
    assert stored == {by_link: ("pingback", 4), by_form: ("trackback", 4)}


@pytest.fixture
def network(park: Park) -> Iterator[Front]:
    """Two sites in the subdirectories of one host."""
    port = free_port()
    public = Switches(public_url=f"http://{LOOPBACK}:{port}/net", flood=False)
    site = park.wordpress("7.1", "a network", subpath="/net", multisite=True, switches=public)
    front = Front(site, port=port)
    yield front
    front.stop()


def test_every_site_of_a_network_takes_its_own(network: Front, web: Web) -> None:
    """The second site has its own doors; and its pages are no pages of the first one, whatever their fragment says."""
    network.pingwarden.approve_hosts()
    post = f"{network.address}/two/2024/03/03/two-post/"
    by_link, by_form = (web.link(path, post, title=f"On {path}") for path in ("/by-link", "/by-form"))
    call(f"{network.address}/two/xmlrpc.php", "pingback.ping", by_link, post)
    trackback(f"{post}trackback/", {"url": by_form, "title": "By form", "blog_name": "A friend"})
    both = {by_link: "delivered", by_form: "delivered"}
    network.pingwarden.wait_for(lambda states: states == both, "both deliveries")
    assert {comment.author_url for comment in network.site.comments("wp_2_")} == both.keys()
    assert network.site.comments() == []

    alpha = network.site.permalink("alpha")
    network.site.query(
        f"update wp_2_posts set post_content = '<a href=\"{alpha}\">alpha</a>' where post_name = 'two-post'"
    )
    call(f"{network.address}/xmlrpc.php", "pingback.ping", f"{post}#?p=5", alpha)
    network.pingwarden.wait_for(lambda states: "received" not in states.values(), "a verdict")
    assert [comment for comment in network.site.comments() if comment.approved == "1"] == []


def test_a_site_that_observes_gets_everything_as_it_came(park: Park, web: Web) -> None:
    """WordPress answers itself, and what would have happened stands in the list."""
    front = Front(park.wordpress("6.8"), mode="observe")
    alpha = front.site.permalink("alpha")
    source = web.link("/observed", alpha)
    answer = call(f"{front.address}/xmlrpc.php", "pingback.ping", source, alpha)
    assert answer == f"Pingback from {source} to {alpha} registered. Keep the web talking! :-)"
    front.pingwarden.wait_for(lambda states: states == {source: "observed"}, "the record")
    [comment] = front.site.comments()
    assert comment.author_url == source
    assert len(front.site.executed()) == 1
    front.stop()
