"""Senders of linkbacks that go on while the proxies die and come back."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from random import Random
from threading import Event
from urllib.parse import urlsplit
from xml.parsers.expat import ExpatError
from xmlrpc.client import Fault

from tests.real.httpclient import call, trackback
from tests.real.pingwarden import Pingwarden
from tests.real.process import listens, wait_until
from tests.real.site import Site
from tests.real.web import Web

MOST = 200


class Senders:
    """Eight senders that send one linkback after the other until they are told to stop, or `MOST` were sent."""

    def __init__(self, doors: Sequence[Pingwarden], site: Site, web: Web) -> None:
        """They start at once, and go to any of the `doors` that listens."""
        self.acknowledged: list[str] = []
        """Sources whose sender was answered with success."""
        self._doors, self._site, self._web = doors, site, web
        self._numbers = iter(range(1, MOST + 1))
        self._finished = Event()
        self._threads = ThreadPoolExecutor(8)
        self._running = [self._threads.submit(self._send, Random(seed)) for seed in range(8)]

    def have(self, number: int) -> bool:
        """Whether so many linkbacks were acknowledged."""
        return len(self.acknowledged) >= number

    def stop(self) -> None:
        """Wait for the last answers."""
        self._finished.set()
        self._threads.shutdown()
        for sender in self._running:
            sender.result()

    def _send(self, rng: Random) -> None:
        while not self._finished.is_set() and (number := next(self._numbers, None)):
            door = wait_until(lambda: self._finished.is_set() or self._open_door(rng), "a proxy to send to", seconds=60)
            if isinstance(door, Pingwarden) and (source := self._acknowledged(door, number)):
                self.acknowledged.append(source)

    def _open_door(self, rng: Random) -> Pingwarden | None:
        door = rng.choice(self._doors)
        return door if listens(door.port) else None

    def _acknowledged(self, door: Pingwarden, number: int) -> str | None:
        """Send one linkback; its source if it was answered with success, None if there was an error or no answer."""
        target = self._site.permalink("alpha")
        source = self._web.link(f"/post-{number}", target, title=f"Post number {number}")
        try:
            if number % 10 == 0:
                call(f"{door.address}{self._site.subpath}/xmlrpc.php", "pingback.ping", source, target)
                return source
            fields = {"url": source, "title": f"Post {number}", "excerpt": f"About {number}", "blog_name": f"B{number}"}
            answer = trackback(f"{door.address}{urlsplit(target).path}trackback/", fields)
            return source if "<error>0</error>" in answer.text else None
        except (OSError, HTTPException, Fault, ExpatError):  # refused, reset, cut off: what a dying proxy does
            return None
