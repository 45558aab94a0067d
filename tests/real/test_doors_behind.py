"""Behind each web server, with the configuration that is printed for it: every door is read, the rest goes straight on.

The same requests are first put to the inner server, which tells what WordPress would make of them behind that server.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlencode
from xmlrpc.client import dumps

import pytest

from tests.real.front import Front
from tests.real.httpclient import Answer, Connection, request
from tests.real.park import Park
from tests.real.servers import SERVERS
from tests.real.site import PLAIN, PRETTY
from tests.real.web import Web

CLIENT = "127.0.0.9"
URLENCODED = "application/x-www-form-urlencoded"
CALLS = "text/xml"


@dataclass(frozen=True)
class Knock:
    """A POST at some door: a pingback where `fields` is None, else a form with a trackback and these fields."""

    target: str
    fields: str | None = None
    content_type: str = URLENCODED
    everywhere: bool = True
    """Whether WordPress takes it behind every one of the servers."""


def _call(target: str, content_type: str = CALLS, *, everywhere: bool = True) -> Knock:
    return Knock(target, None, content_type, everywhere)


CALL_DOORS = [
    _call("/xmlrpc.php"),
    _call("/xmlrpc.php?any=query"),
    _call("/xmlrpc.php/"),
    _call("/xmlrpc.php/anything"),
    _call("//xmlrpc.php"),
    _call("/./xmlrpc.php"),
    _call("/x/../xmlrpc.php"),
    _call("/%78mlrpc.php"),
    _call("/xmlrpc%2ephp"),
    _call("/xmlrpc%2Ephp?a=/wp-login.php"),
    _call("/wp-admin/../xmlrpc.php", everywhere=False),
    _call("/wp-login.php/../xmlrpc.php", everywhere=False),
    _call("/xmlrpc.php/../wp-login.php", everywhere=False),
    _call("/xmlrpc.php//../wp-login.php", everywhere=False),
    _call("/xmlrpc.php/wp-login.php"),
    _call("/xmlrpc.php%2Ffoo", everywhere=False),
    _call("/foo/..%2fxmlrpc.php", everywhere=False),
    _call("/xmlrpc.php#/wp-login.php", everywhere=False),
    _call("/xmlrpc.php%0A", everywhere=False),
    _call("/\\xmlrpc.php", everywhere=False),
    _call("/xm%5Clrpc.php", everywhere=False),
    _call("/x%5C..%5Cxmlrpc.php", everywhere=False),
    _call("/xmlrpc.ph%3F", everywhere=False),
    _call("/xmlr%2Apc.php", everywhere=False),
    _call("/xmlrpc.ph%5Bp%5D", everywhere=False),
    _call("/%7Bxmlrpc,x%7D.php", everywhere=False),
    _call("/xmlrpc.php", ""),
    _call("/xmlrpc.php", "application/json"),
    _call("/xmlrpc.php", URLENCODED),
    _call("/xmlrpc.php", "multipart/form-data"),
]
FORM_DOORS = [
    Knock("/2024/03/02/beta/trackback/", ""),
    Knock("/2024/03/02/beta/trackback", ""),
    Knock("/2024/03/02/beta/trackback/?x=/wp-login.php", ""),
    Knock("/2024/03/02/beta/%74rackback/", ""),
    Knock("/2024/03/02/beta/trackback%0A", "", everywhere=False),
    Knock("/2024/03/02/beta/trackback/%0A", "", everywhere=False),
    Knock("//2024/03/02/beta/trackback/", "", everywhere=False),
    Knock("/2024/03/02/beta%2Ftrackback/", "", everywhere=False),
    Knock("/about/trackback/", ""),
    Knock("/index.php/2024/03/02/beta/trackback/", ""),
    Knock("/", "tb=1&p=4"),
    Knock("/", "+tb=1&p=4"),
    Knock("/", "%74b=1&p=4"),
    Knock("/", "tb%00x=1&p=4"),
    Knock("/", "tb[]=1&p=4"),
    Knock("/", "tb=0x&p=4", "Application/X-WWW-Form-URLEncoded; charset=latin1"),
    Knock("/", "tb=1&p=4", "multipart/form-data; boundary=b"),
    Knock("/", "tb=1&p=4", "", everywhere=False),
    Knock("/?tb=1&p=4", ""),
    Knock("/?%74b=1&p=4", ""),
    Knock("/?tb=1&x=/4", ""),
    Knock("/?s=q&tb=1&x=/4", ""),
    Knock("/?x=1&p=4&tb=1", ""),
    Knock("/?p=4&tb=1&x=/wp-login.php", ""),
    Knock("/author/admin/?tb=1&z=/5", ""),
    Knock("/2024/03/03/alpha/", "tb=1"),
    Knock("/index.php", "tb=1&p=4"),
    Knock("/index.php?tb=1&p=4", ""),
    Knock("/index.php/", "tb=1&p=4"),
    Knock("/wp-trackback.php/4", ""),
    Knock("/wp-trackback.php?page_id=8", ""),
    Knock("/wp-%74rackback.php/4", ""),
    Knock("/wp-blog-header.php?name=alpha", "tb=1"),
]
DOORS: Sequence[Knock] = [*CALL_DOORS, *FORM_DOORS]
LOOKALIKES: Sequence[Knock] = [
    # What looks like a script whose forms are not read, and is none: without permalinks, WordPress reads these.
    Knock("/?x=/wp-login.php", "tb=1&p=4"),
    Knock("/WP-LOGIN.PHP", "tb=1&p=4"),
    Knock("/wp-login.phpx", "tb=1&p=4"),
    Knock("/%69ndex.php", "tb=1&p=4"),
    Knock("/x/wp-login.php", "tb=1&p=4", everywhere=False),
    Knock("/wp-login.php%0A", "tb=1&p=4", everywhere=False),
    Knock("/wp-login.php%3Fx", "tb=1&p=4", everywhere=False),
    Knock("/wp-login.php;x", "tb=1&p=4", everywhere=False),
    Knock("/wp-login.php%20", "tb=1&p=4", everywhere=False),
    Knock("/wp-login.php#x", "tb=1&p=4", everywhere=False),
    Knock("/index.php/wp-login.php", "tb=1&p=4"),
    Knock("/index.php/../wp-login.php", "tb=1&p=4", everywhere=False),
    Knock("/index.php//../wp-login.php", "tb=1&p=4", everywhere=False),
    Knock("/index.php/%2e%2e/wp-login.php", "tb=1&p=4", everywhere=False),
    Knock("/index.php/..%2fwp-login.php", "tb=1&p=4", everywhere=False),
    Knock("/wp-login.php/../index.php", "tb=1&p=4", everywhere=False),
    Knock("/wp-login.php/..", "tb=1&p=4", everywhere=False),
    Knock("/wp-login.php/%2e%2e/?x=/wp-login.php", "tb=1&p=4", everywhere=False),
    Knock("/wp-admin/..", "tb=1&p=4", everywhere=False),
    Knock("/wp-admin/async-upload.php/../../", "tb=1&p=4", everywhere=False),
    Knock("/wp-trackback.php?p=4", ""),
    Knock("/?p=4&tb=1", ""),
    Knock("/any/path?p=4&tb=1", ""),
]


@pytest.fixture(scope="module", params=SERVERS)
def front(park: Park, request: pytest.FixtureRequest) -> Iterator[Front]:
    """WordPress behind Pingwarden behind each server."""
    site = park.wordpress("7.1", "behind servers")
    site.configure(flood=False)
    front = Front(site, behind=request.param)
    front.pingwarden.approve_hosts()
    yield front
    front.stop()


def post(address: str, target: str, content_type: str, body: bytes, *headers: tuple[str, str]) -> Answer:
    """The answer to one POST, whose client claims to be somebody else."""
    connection = Connection(address, source=CLIENT)
    forged = [("X-Forwarded-For", "203.0.113.7"), ("X-Real-IP", "203.0.113.7"), ("Forwarded", "for=203.0.113.7")]
    given = [("Content-Type", content_type)] if content_type else []
    try:
        return connection.send("POST", target, [*given, *forged, *headers], body)
    finally:
        connection.close()


def knock(address: str, door: Knock, source: str, target: str) -> Answer:
    """Send a linkback from *source* to that door."""
    if door.fields is None:
        body = dumps((source, target), "pingback.ping").encode()
    elif door.content_type.startswith("multipart"):
        pairs = [pair.split("=") for pair in f"{door.fields}&url={source}&title=T&blog_name=B".split("&")]
        parts = [f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in pairs]
        body = ("".join(parts) + "--b--\r\n").encode()
    else:
        fields = urlencode({"url": source, "title": f"T {source}", "excerpt": source, "blog_name": "B"})
        body = f"{door.fields}&{fields}".removeprefix("&").encode()
    return post(address, door.target, door.content_type, body)


def executed(front: Front, mark: int) -> set[str]:
    """The sources of the linkbacks that WordPress took since then."""
    return {
        seen.data["url"] if seen.what == "trackback" else seen.data["arguments"][0]
        for seen in front.site.executed(mark)
    }


@pytest.mark.parametrize(("doors", "permalinks"), [(DOORS, PRETTY), (LOOKALIKES, PLAIN)], ids=["pretty", "plain"])
def test_every_door_is_read(front: Front, doors: Sequence[Knock], permalinks: str) -> None:
    """What WordPress would have taken is recorded, or refused where no sender of linkbacks would knock."""
    front.site.configure(permalinks=permalinks)
    mark = front.site.mark()
    sources = {f"http://honest.example/{len(doors)}/{number}": door for number, door in enumerate(doors)}
    for source, door in sources.items():
        knock(front.inner, door, source, "http://elsewhere.example/")  # WordPress need not look for it
    taken = executed(front, mark)
    assert [door for source, door in sources.items() if door.everywhere and source not in taken] == []

    front.site.query("delete from wp_comments")
    mark = front.site.mark()
    alpha = front.site.permalink("alpha")
    statuses = {source: knock(front.address, door, source, alpha).status for source, door in sources.items()}
    assert executed(front, mark) == set()
    recorded = {ping["source_url"] for ping in front.pingwarden.pings()}
    passed = {source: (sources[source], statuses[source]) for source in taken - recorded if statuses[source] < 400}
    assert passed == {}
    assert [door for source, door in sources.items() if door.everywhere and source not in recorded] == []
    assert front.pingwarden.troubles() == []
    front.site.configure(permalinks=PRETTY)


def test_what_no_door_is_goes_straight_to_php_even_while_pingwarden_is_down(front: Front) -> None:
    """Linkbacks are told to come again; readers, people who log in and who comment notice nothing."""
    front.pingwarden.kill()
    try:
        mark = front.site.mark()
        for door in DOORS[::6]:
            answer = knock(front.address, door, "http://honest.example/down", front.site.permalink("alpha"))
            if door.everywhere:
                assert answer.status == 503, door
                assert answer.header("Retry-After") == "120"
                assert "try again later" in answer.text
        assert executed(front, mark) == set()
        assert request("GET", front.site.permalink("alpha")).header("X-Pingback") == f"{front.address}/xmlrpc.php"
        assert request("GET", f"{front.address}/2024/03/02/beta/?a=b").status == 200
        assert request("GET", f"{front.address}/wp-includes/images/smilies/icon_smile.gif").header("Content-Type")
        log_in = urlencode({"log": "admin", "pwd": "adminpass", "testcookie": "1"}).encode()
        answer = post(
            front.address, "/wp-login.php", URLENCODED, log_in, ("Cookie", "wordpress_test_cookie=WP%20Cookie%20check")
        )
        assert answer.status == 302
        words = {"comment": "Nice", "author": "A", "email": "a@honest.example", "comment_post_ID": "4"}
        assert post(front.address, "/wp-comments-post.php", URLENCODED, urlencode(words).encode()).status == 302
        [ip] = front.site.query("select comment_author_IP from wp_comments where comment_type = 'comment'")
        assert ip == CLIENT
    finally:
        front.pingwarden.start()


@contextmanager
def without_a_script(front: Front) -> Iterator[None]:
    """One script is missing, and there are no permalinks that would say so."""
    front.site.configure(permalinks=PLAIN)
    script = front.site.web / "wp-cron.php"
    kept = script.read_bytes()
    script.unlink()
    try:
        yield
    finally:
        script.write_bytes(kept)
        front.site.configure(permalinks=PRETTY)


def test_a_script_that_is_missing_is_no_door(front: Front) -> None:
    """Its forms are not read, so they must not end at the front page either: not in front of us, not behind us."""
    with without_a_script(front):
        mark = front.site.mark()
        for address in (front.address, front.pingwarden.address, front.inner):
            knock(address, Knock("/wp-cron.php", "tb=1&p=4"), "http://honest.example/missing", "")
            knock(address, Knock("/wp-cron.php?tb=1&p=4", ""), "http://honest.example/missing", "")
        assert executed(front, mark) == set()


@pytest.mark.parametrize("front", ["apache"], indirect=True)
@pytest.mark.parametrize("target", ["/wp-cron.php", "/nosuch.php", "/any/path"])
def test_the_rewriting_that_wordpress_asks_of_apache_opens_no_door(front: Front, target: str) -> None:
    """A .htaccess as WordPress writes it sends what is not there to the front page, forms too."""
    rewriting = front.site.web / ".htaccess"
    rewriting.write_text(
        "RewriteEngine On\nRewriteBase /\nRewriteRule ^index\\.php$ - [L]\n"
        "RewriteCond %{REQUEST_FILENAME} !-f\nRewriteCond %{REQUEST_FILENAME} !-d\nRewriteRule . /index.php [L]\n"
    )
    try:
        with without_a_script(front):
            mark = front.site.mark()
            for address in (front.address, front.pingwarden.address):
                knock(address, Knock(target, "tb=1&p=4"), f"http://honest.example{target}", "")
            assert executed(front, mark) == set()
            assert request("GET", f"{front.address}/any/path?p=4").status == 200
    finally:
        rewriting.unlink()


def test_wordpress_learns_the_clients_address_whatever_it_claims(front: Front, web: Web) -> None:
    """A delivered linkback carries its sender's address, a call that passes through the one of its client."""
    front.site.query("delete from wp_comments")
    alpha = front.site.permalink("alpha")
    source = web.link("/delivered", alpha)
    knock(front.address, Knock("/xmlrpc.php", None, CALLS), source, alpha)
    front.pingwarden.wait_for(lambda states: states.get(source) == "delivered", "the delivery")
    body = dumps((1, "admin", "adminpass", 4, {"content": "Passed through"}), "wp.newComment").encode()
    answer = post(front.address, "/xmlrpc.php", CALLS, body)
    assert re.search("<int>[0-9]+</int>", answer.text), answer.text
    assert front.site.query("select distinct comment_author_IP from wp_comments") == [CLIENT]


def test_the_page_about_us_is_found(front: Front) -> None:
    """Where sources that were fetched look us up."""
    assert "Pingwarden checks linkbacks" in request("GET", f"{front.address}/.well-known/pingwarden").text
