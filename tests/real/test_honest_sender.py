"""One WordPress publishes a post that links to another, and nginx and Pingwarden stand before the other."""

from collections.abc import Iterator

import pytest

from tests.real.front import Front
from tests.real.httpclient import request, trackback
from tests.real.park import Park
from tests.real.parts import LINES
from tests.real.site import Comment, Published
from tests.real.wordpress import WordPress

SENDER = "127.0.0.9"
POST = """<p>We spent the weekend preparing the allotment for winter, and wrote down what worked.</p>
<p>The best explanation of pruning that I have found is <a href="%s">this one by a neighbour</a>, which
I recommend to everybody whose roses suffered last year. Next week: the compost heap.</p>"""


@pytest.fixture
def sender(park: Park) -> WordPress:
    """A blog of the newest line, on an address of its own."""
    return park.wordpress("7.1", "sender", host=SENDER)


@pytest.fixture(params=LINES)
def line(request: pytest.FixtureRequest) -> str:
    """Each line of WordPress in turn."""
    return str(request.param)


@pytest.fixture
def front(park: Park, line: str) -> Iterator[Front]:
    """Each line of WordPress behind Pingwarden behind nginx; with the printed configuration."""
    front = Front(park.wordpress(line), behind="nginx")
    yield front
    front.stop()


def publish_about(front: Front, sender: WordPress) -> tuple[Published, Comment]:
    """The sender's post that links to alpha, and the comment that comes of it."""
    post = sender.publish("Roses in winter", POST % front.site.permalink("alpha"))
    sender.run_cron()
    states = front.pingwarden.wait_for(lambda states: states.get(post.url) in {"delivered", "held"}, "the ping")
    if states[post.url] == "held":
        [ping] = front.pingwarden.pings()
        pytest.fail(f"an honest ping was held: {ping['reasons']}")
    [comment] = front.site.comments()
    return post, comment


def test_ends_as_a_comment_with_the_senders_address_and_agent(front: Front, sender: WordPress) -> None:
    """What the owner sees is who really sent it, not the proxy."""
    post, comment = publish_about(front, sender)
    assert (comment.type, comment.post, comment.author_url) == ("pingback", 4, post.url)
    assert comment.author.startswith("Roses in winter")
    assert comment.agent == f"The Incutio XML-RPC PHP Library -- WordPress/{sender.version}"
    assert comment.ip == SENDER


def test_readers_notice_nothing(front: Front) -> None:
    """Pages, the dashboard's door and the REST interface answer; a page tells senders where to ping."""
    expected = {
        "/": 200,
        "/2024/03/03/alpha/": 200,
        "/wp-login.php": 200,
        "/wp-json/": 200,
        "/feed/": 200,
        "/none/": 404,
    }
    assert {path: request("GET", front.address + path).status for path in expected} == expected
    post = request("GET", front.site.permalink("alpha"))
    assert post.header("X-Pingback") == f"{front.address}/xmlrpc.php"


def test_while_pingwarden_is_down_only_linkbacks_wait(front: Front) -> None:
    """Pages go on; a linkback is told to come again, and reaches WordPress in no case."""
    front.pingwarden.stop()
    assert request("GET", front.site.permalink("alpha")).status == 200
    answer = request("POST", f"{front.address}/xmlrpc.php", [("Content-Type", "text/xml")], b"<methodCall/>")
    assert (answer.status, answer.header("Retry-After")) == (503, "120")
    fields = {"url": "http://a.example/", "title": "T"}
    assert trackback(f"{front.address}/2024/03/03/alpha/trackback/", fields).status == 503
    assert front.site.executed() == []
