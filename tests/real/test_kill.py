"""kill -9 of the proxy under load, again and again: what was acknowledged is there afterwards, and arrives once."""

from collections import Counter
from collections.abc import Iterator
from functools import partial
from random import Random

import pytest

from tests.real.front import Front
from tests.real.park import Park
from tests.real.process import wait_until
from tests.real.senders import Senders
from tests.real.web import Web

KILLS, SEED = 6, 9


@pytest.fixture
def front(park: Park) -> Iterator[Front]:
    """A site without a throttle, and a proxy that approves and tries again soon."""
    site = park.wordpress("7.1")
    site.configure(flood=False)
    front = Front(site, delivery={"min_interval_s": 0, "retry_after_s": [1]})
    front.pingwarden.approve_hosts()
    yield front
    front.stop()


@pytest.mark.timeout(300)
def test_what_was_acknowledged_arrives_once(front: Front, web: Web) -> None:
    """Senders go on while the proxy dies and comes back; those that heard nothing may be there or not."""
    rng = Random(SEED)
    senders = Senders([front.pingwarden], front.site, web)
    for kill in range(KILLS):
        enough = len(senders.acknowledged) + rng.randint(1, 12)
        wait_until(partial(senders.have, enough), f"load before kill {kill}")
        front.pingwarden.kill()
        front.pingwarden.start()
    senders.stop()

    def all_delivered(states: dict[str, str]) -> bool:
        return set(states.values()) == {"delivered"}

    states = front.pingwarden.wait_for(all_delivered, "all deliveries", seconds=120)
    assert set(senders.acknowledged) <= states.keys()
    assert Counter(comment.author_url for comment in front.site.comments()) == Counter(states.keys())
    print(f"{len(senders.acknowledged)} acknowledged, {len(states)} stored, {KILLS} kills")
