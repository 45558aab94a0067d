"""The real WordPress of the tests: it starts, takes linkbacks, and tells what it did."""

import time
from xmlrpc.client import Fault

import pytest

from tests.real.builds import Build
from tests.real.httpclient import Answer, request, trackback
from tests.real.park import Park
from tests.real.parts import LINES
from tests.real.site import PLAIN, Site
from tests.real.web import Web
from tests.real.wordpress import WordPress


def send_trackback(site: Site, path: str, url: str = "http://honest.example/post") -> Answer:
    """A trackback, straight to the site."""
    fields = {"url": url, "title": f"On {url}", "excerpt": "Excerpt", "blog_name": "Blog"}
    return trackback(site.address + path, fields)


def stores_both_kinds(site: Site, web: Web) -> None:
    """One pingback and one trackback, stored and traced."""
    site.configure(flood=False)
    source = web.link("/about-roses", site.permalink("alpha"), title="About roses")

    assert site.call("demo.sayHello") == "Hello!"
    assert "registered" in str(site.call("pingback.ping", source, site.permalink("alpha")))
    assert "<error>0</error>" in send_trackback(site, "/2024/03/02/beta/trackback/").text

    by_link, by_form = site.comments()
    assert (by_link.type, by_link.post, by_link.author, by_link.author_url) == ("pingback", 4, "About roses", source)
    assert (by_form.type, by_form.post, by_form.author, by_form.approved) == ("trackback", 5, "Blog", "0")
    assert [seen.what for seen in site.executed()] == ["xmlrpc_call", "trackback"]
    assert [seen.data["id"] for seen in site.trace() if seen.what == "stored"] == [by_link.id, by_form.id]


def test_stores_a_pingback_and_a_trackback(wordpress: WordPress, web: Web) -> None:
    """Each line of WordPress takes both kinds."""
    stores_both_kinds(wordpress, web)


def test_a_build_stores_a_pingback_and_a_trackback(build: Build, web: Web) -> None:
    """Each build on SQLite takes both kinds."""
    stores_both_kinds(build, web)


def test_is_the_version_that_it_is_called(park: Park) -> None:
    """The tree of a line holds that line."""
    for line in LINES:
        assert park.wordpress(line).version.startswith(line)


def test_starts_within_seconds(park: Park) -> None:
    """A site of its own is cheap enough to have one for a single test."""
    park.wordpress("6.1")
    before = time.monotonic()
    park.wordpress("6.1", "freshly started")
    assert time.monotonic() - before < 10


def test_tells_the_fault_that_wordpress_hides(wordpress: WordPress, web: Web) -> None:
    """Every fault but 48 goes out as 0 without words; the trace has the real one."""
    source = web.put("/no-link", "<title>No link</title>")
    with pytest.raises(Fault, match="Fault 0"):
        wordpress.call("pingback.ping", source, wordpress.permalink("alpha"))
    assert [seen.data["code"] for seen in wordpress.trace() if seen.what == "pingback_fault"] == [17]


def test_throttles_as_wordpress_does_until_told_otherwise(wordpress: WordPress) -> None:
    """One ping per 15 s; the switch takes effect at once."""
    statuses = [
        send_trackback(wordpress, "/2024/03/03/alpha/trackback/", f"http://a.example/{n}").status for n in range(2)
    ]
    assert statuses == [200, 429]
    wordpress.configure(flood=False)
    answer = send_trackback(wordpress, "/2024/03/02/beta/trackback/", "http://a.example/3")
    assert "<error>0</error>" in answer.text


def test_publishes_at_once_when_told_so(wordpress: WordPress) -> None:
    """Stock WordPress holds pings for moderation; the switch lets them go live."""
    wordpress.configure(approve_at_once=True)
    send_trackback(wordpress, "/2024/03/03/alpha/trackback/")
    assert [comment.approved for comment in wordpress.comments()] == ["1"]


def test_plain_permalinks(wordpress: WordPress) -> None:
    """Without rewriting, a post is ?p=N and its trackback door is wp-trackback.php?p=N."""
    wordpress.configure(permalinks=PLAIN)
    assert "Body of alpha" in request("GET", wordpress.permalink("alpha")).text
    assert "<error>0</error>" in send_trackback(wordpress, "/wp-trackback.php?p=4").text


def test_believes_the_last_forwarded_address_when_told_so(wordpress: WordPress) -> None:
    """Stock WordPress believes the peer."""
    wordpress.configure(trust_forwarded_for=True, flood=False)
    headers = [("X-Forwarded-For", "198.51.100.9, 203.0.113.7"), ("User-Agent", "Honest/1.0")]
    fields = {"url": "http://a.example/", "title": "T", "blog_name": "B"}
    trackback(f"{wordpress.address}/2024/03/03/alpha/trackback/", fields, headers)
    [comment] = wordpress.comments()
    assert (comment.ip, comment.agent) == ("203.0.113.7", "Honest/1.0")


def test_sends_pingbacks_for_what_it_publishes(park: Park) -> None:
    """Two sites: one publishes a post that links to the other, and cron sends the pingback."""
    receiver, sender = park.wordpress("6.1"), park.wordpress("7.1", "sender", host="127.0.0.9")
    post = sender.publish("Roses", f"<p>Read <a href='{receiver.permalink('alpha')}'>this</a>.</p>")
    sender.run_cron()
    [comment] = receiver.comments()
    assert (comment.type, comment.author_url) == ("pingback", post.url)
    assert comment.ip == "127.0.0.9"
    assert comment.agent.startswith("The Incutio XML-RPC PHP Library -- WordPress/7.1")


def test_a_network_in_a_subdirectory(park: Park) -> None:
    """Two sites of one network, each with its own xmlrpc.php and posts."""
    network = park.wordpress("7.1", "network", subpath="/blogs", multisite=True)
    assert "On site two" in request("GET", f"{network.address}/two/2024/03/03/two-post/").text
    assert "Body of alpha" in request("GET", network.permalink("alpha")).text
    assert request("GET", f"{network.address}/two/xmlrpc.php").status == 405
