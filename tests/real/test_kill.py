"""kill -9 of the proxy under load, again and again: what was acknowledged is there afterwards, and arrives once."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http.client import HTTPException
from random import Random
from threading import Event
from xml.parsers.expat import ExpatError
from xmlrpc.client import Fault

import pytest

from tests.real.front import Front
from tests.real.httpclient import call, trackback
from tests.real.park import Park
from tests.real.process import listens, wait_until
from tests.real.web import Web

MOST, KILLS, SEED = 300, 6, 9


@pytest.fixture
def front(park: Park) -> Iterator[Front]:
    """A site without a throttle, and a proxy that approves and tries again soon."""
    site = park.wordpress("7.1")
    site.configure(flood=False)
    front = Front(site, delivery={"min_interval_s": 0, "retry_after_s": [1]})
    front.pingwarden.approve_hosts()
    yield front
    front.stop()


def acknowledged(front: Front, web: Web, number: int) -> str | None:
    """Send one linkback; its source if it was answered with success, None if there was an error or no answer."""
    target = front.site.permalink("alpha")
    source = web.link(f"/post-{number}", target, title=f"Post number {number}")
    try:
        if number % 10 == 0:
            call(f"{front.address}/xmlrpc.php", "pingback.ping", source, target)
            return source
        fields = {"url": source, "title": f"Post {number}", "excerpt": f"About {number}", "blog_name": f"B{number}"}
        answer = trackback(f"{target}trackback/", fields)
        return source if "<error>0</error>" in answer.text else None
    except (OSError, HTTPException, Fault, ExpatError):  # refused, reset, cut off: what a dying proxy does
        return None


class Senders:
    """Eight senders that send one linkback after the other until they are told to stop."""

    def __init__(self, front: Front, web: Web) -> None:
        """They start at once."""
        self.acknowledged: list[str] = []
        self._numbers = iter(range(1, MOST + 1))
        self._finished = Event()
        self._threads = ThreadPoolExecutor(8)
        self._running = [self._threads.submit(self._send, front, web) for _ in range(8)]

    def have(self, number: int) -> bool:
        """Whether so many linkbacks were acknowledged."""
        return len(self.acknowledged) >= number

    def stop(self) -> None:
        """Wait for the last answers."""
        self._finished.set()
        self._threads.shutdown()
        for sender in self._running:
            sender.result()

    def _send(self, front: Front, web: Web) -> None:
        while not self._finished.is_set() and (number := next(self._numbers, None)):
            wait_until(lambda: self._finished.is_set() or listens(front.pingwarden.port), "a proxy to send to")
            if source := acknowledged(front, web, number):
                self.acknowledged.append(source)


@pytest.mark.timeout(300)
def test_what_was_acknowledged_arrives_once(front: Front, web: Web) -> None:
    """Senders go on while the proxy dies and comes back; those that heard nothing may be there or not."""
    rng = Random(SEED)
    senders = Senders(front, web)
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
