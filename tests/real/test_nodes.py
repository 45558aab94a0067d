"""Three nodes in front of one WordPress, sharing a database and a Redis, and killed at random under load."""

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from random import Random

import pytest

from tests.real.engines import ENGINES, empty_database
from tests.real.httpclient import call
from tests.real.park import Park
from tests.real.parts import needed_parts
from tests.real.pingwarden import Pingwarden
from tests.real.process import fresh_directory, wait_until
from tests.real.redis import Redis
from tests.real.senders import Senders
from tests.real.web import ELSEWHERE, Web
from tests.real.wordpress import WordPress

KILLS, SEED, PACE_S = 4, 11, 0.25


class Nodes:
    """Three nodes, each with a directory of its own."""

    def __init__(self, site: WordPress, database: str, redis: Redis, **limits: int) -> None:
        """Start them one after the other: the first makes the tables."""
        self.site = site
        directory = fresh_directory()
        shared = {"database": database, "redis": redis.url}
        self.all = [
            Pingwarden(
                directory / f"node-{number}",
                site.address,
                public_url=site.address,
                top=shared,
                delivery={"min_interval_s": PACE_S, "retry_after_s": [1]},
                limits=limits,
            )
            for number in range(3)
        ]
        for node in self.all:
            node.start()

    def stop(self) -> None:
        """End them."""
        for node in self.all:
            node.stop()


@pytest.fixture(params=ENGINES)
def engines(request: pytest.FixtureRequest) -> Iterator[tuple[str, Redis]]:
    """A database of each engine in turn, and a Redis."""
    with needed_parts():
        redis = Redis(fresh_directory())
    try:
        with empty_database(request.param) as database:
            yield database, redis
    finally:
        redis.stop()


@pytest.fixture
def site(park: Park) -> WordPress:
    """A WordPress without a throttle, so that the pace is ours alone."""
    site = park.wordpress("7.1")
    site.configure(flood=False)
    return site


@pytest.mark.timeout(300)
def test_nodes_that_die_lose_nothing_and_store_nothing_twice(
    engines: tuple[str, Redis], site: WordPress, web: Web
) -> None:
    """Senders go to any node that lives; the others take over what a dead one began."""
    nodes = Nodes(site, *engines)
    try:
        nodes.all[0].approve_hosts()
        rng = Random(SEED)
        senders = Senders(nodes.all, site, web)
        for kill in range(KILLS):
            enough = len(senders.acknowledged) + rng.randint(3, 6)
            wait_until(lambda enough=enough: senders.have(enough), f"load before kill {kill}")
            victim = rng.choice(nodes.all)
            victim.kill()
            victim.start()
        senders.stop()
        states = nodes.all[0].wait_for(
            lambda states: set(states.values()) == {"delivered"}, "all deliveries", seconds=220
        )
        assert set(senders.acknowledged) <= states.keys()
        assert Counter(comment.author_url for comment in site.comments()) == Counter(states.keys())
        print(f"{len(senders.acknowledged)} acknowledged, {len(states)} stored, {KILLS} nodes killed")
    finally:
        nodes.stop()


@pytest.mark.timeout(200)
def test_the_pace_and_the_budgets_are_those_of_all_nodes(engines: tuple[str, Redis], site: WordPress, web: Web) -> None:
    """Whoever asks, a site gets one delivery in its time, and a host is asked ten times a minute."""
    nodes = Nodes(site, *engines, fetches_per_address_per_minute=10)
    try:
        nodes.all[0].approve_hosts()
        target = site.permalink("alpha")
        for number in range(24):
            node = nodes.all[number % 3]
            call(f"{node.address}/xmlrpc.php", "pingback.ping", web.link(f"/p-{number}", target), target)
        states = nodes.all[1].wait_for(lambda states: Counter(states.values())["delivered"] == 10, "ten deliveries")
        assert Counter(states.values()) == {"delivered": 10, "held": 14}
        assert (
            len(web.visits) - sum("wordpress" in visit.headers.get("User-Agent", "").lower() for visit in web.visits)
            == 10
        )
        arrived = [seen.at for seen in site.executed()]
        assert all(later - earlier >= PACE_S for earlier, later in pairwise(arrived)), arrived
    finally:
        nodes.stop()


@pytest.mark.timeout(200)
def test_without_redis_the_nodes_go_on_and_say_so(engines: tuple[str, Redis], site: WordPress, web: Web) -> None:
    """A rule made on one node is in force on all; Redis's end stops nobody."""
    nodes = Nodes(site, *engines)
    try:
        nodes.all[0].approve_hosts([ELSEWHERE])
        engines[1].stop()
        target = site.permalink("beta")
        for number, node in enumerate(nodes.all):
            call(f"{node.address}/xmlrpc.php", "pingback.ping", web.link(f"/q-{number}", target), target)
        nodes.all[2].wait_for(lambda states: list(states.values()) == ["delivered"] * 3, "three deliveries")
        for node in nodes.all:
            assert "count for itself alone" in node.readiness()["redis"]
        engines[1].start()
        for node in nodes.all:
            assert node.readiness()["redis"] == "ok"
    finally:
        nodes.stop()
