"""WordPress 7.1 publishes at once what it takes for a ping from its own posts. Nobody gets that through us."""

from collections.abc import Iterator
from xmlrpc.client import Fault

import pytest

from tests.real.front import Front
from tests.real.httpclient import call
from tests.real.park import Park
from tests.real.process import LOOPBACK
from tests.real.web import Web

# What WordPress takes for its post 5 (beta), though it is somebody's page on another port of the same host…
ELSEWHERE = (
    "/anything?p=5",
    "/anything?p=5abc",
    "/anything?p=05",
    "/anything?p=5&x=1",
    "/anything?page_id=8",
    "/anything?attachment_id=5",
    "/other/page#?p=5",
    "/other/page?y=1#?p=5",
    "/2024/03/02/beta/#?p=5",
)
# … or a file on the site itself.
ON_THE_SITE = ("?p=5", "#?p=5", "?x#?page_id=8")


@pytest.fixture
def front(park: Park) -> Iterator[Front]:
    """WordPress 7.1 behind Pingwarden."""
    site = park.wordpress("7.1")
    site.configure(flood=False)
    front = Front(site)
    yield front
    front.stop()


@pytest.fixture
def web() -> Iterator[Web]:
    """A web on the site's own host, but another port."""
    web = Web(LOOPBACK)
    yield web
    web.stop()


def ping(front: Front, source: str) -> str:
    """The answer to a pingback from `source` to alpha."""
    try:
        return str(call(f"{front.address}/xmlrpc.php", "pingback.ping", source, front.site.permalink("alpha")))
    except Fault as fault:
        return f"fault {fault.faultCode}"


def published(front: Front) -> list[str]:
    """The sources of the comments that everybody can read."""
    return [comment.author_url for comment in front.site.comments() if comment.approved == "1"]


def test_wordpress_itself_publishes_them(front: Front, web: Web) -> None:
    """Without us: the reason for all this."""
    source = web.link("/anything?p=5", front.site.permalink("alpha"))
    front.site.call("pingback.ping", source, front.site.permalink("alpha"))
    assert published(front) == [source]


def test_a_page_on_another_port_is_not_published_unseen(front: Front, web: Web) -> None:
    """It is judged as what it is, a page elsewhere, and waits for the owner."""
    for path in ELSEWHERE:
        web.link(path.partition("#")[0], front.site.permalink("alpha"), title=f"A page at {path}")
    sources = [web.address + path for path in ELSEWHERE]
    sources.append(sources[0].replace("http:", "HTTP:").replace("anything", "capitals"))
    web.link("/capitals?p=5", front.site.permalink("alpha"))
    for source in sources:
        ping(front, source)
    front.pingwarden.wait_for(lambda states: "received" not in states.values(), "verdicts")
    assert front.pingwarden.states()
    assert published(front) == []


def test_a_file_on_the_site_is_not_published_unseen(front: Front, web: Web) -> None:
    """An upload that links is no post, whatever stands in its query or fragment."""
    link = f"<html><head><title>%s</title></head><body><a href='{front.site.permalink('alpha')}'>link</a></body></html>"
    for number, ending in enumerate(ON_THE_SITE):
        name = f"wp-content/uploads/x{number}.html"
        (front.site.web / name).write_text(link % name)
        ping(front, f"{front.address}/{name}{ending}")
    front.pingwarden.wait_for(lambda states: "received" not in states.values(), "verdicts")
    assert published(front) == []


def test_what_the_owner_approves_is_published(front: Front, web: Web) -> None:
    """A person has seen it: then it goes on, without the fragment that would speak for it."""
    ping(front, web.link("/other/page", front.site.permalink("alpha")) + "#?p=5")
    [held] = front.pingwarden.pings()
    assert held["state"] == "held"
    front.pingwarden.api("POST", f"pings/{held['id']}/approve")
    front.pingwarden.wait_for(lambda states: set(states.values()) == {"delivered"}, "the delivery")
    [comment] = front.site.comments()
    assert comment.author_url == f"{web.address}/other/page"
