"""Six approved pings at once, for a WordPress that takes one in 15 seconds."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.real.front import Front
from tests.real.httpclient import call
from tests.real.park import Park
from tests.real.web import Web


@pytest.fixture
def front(park: Park) -> Iterator[Front]:
    """A stock WordPress with its throttle, and Pingwarden with its usual pace."""
    front = Front(park.wordpress("6.8"), delivery={"min_interval_s": 16})
    front.pingwarden.approve_hosts()
    yield front
    front.stop()


def test_six_approved_pings_in_a_burst_are_all_stored(front: Front, web: Web) -> None:
    """Each sender is told that its ping is registered; WordPress gets them one by one, and refuses none."""
    posts = [front.site.permalink(slug) for slug in ("alpha", "beta", "gamma")]
    pairs = [(web.link(f"/burst-{number}", posts[number % 3], title=f"Burst {number}"), number) for number in range(6)]

    def send(pair: tuple[str, int]) -> str:
        return str(call(f"{front.address}/xmlrpc.php", "pingback.ping", pair[0], posts[pair[1] % 3]))

    with ThreadPoolExecutor(6) as senders:
        answers = list(senders.map(send, pairs))
    assert all("registered" in answer for answer in answers), answers

    delivered = {source: "delivered" for source, _ in pairs}
    front.pingwarden.wait_for(lambda states: states == delivered, "six deliveries", seconds=150)
    assert sorted(comment.author_url for comment in front.site.comments()) == sorted(delivered)
    faults = [seen.data for seen in front.site.trace() if seen.what == "pingback_fault"]
    assert faults == []
