"""A WordPress that sends a pingback waits three seconds. It hears an answer in that time, whatever the source does."""

import socket
import time
from collections.abc import Iterator
from threading import Thread

import pytest

from tests.real.front import Front
from tests.real.httpclient import call
from tests.real.park import Park
from tests.real.web import ELSEWHERE

PATIENCE_S = 3.0

Behaviour = tuple[bytes, float]
"""What is sent at once, and after how many seconds one more byte, again and again."""


class Tease:
    """A server that takes connections and answers too slowly, or not at all."""

    def __init__(self, first: bytes, byte_every: float) -> None:
        """Listen."""
        self._listener = socket.create_server((ELSEWHERE, 0))
        self.address = f"http://{ELSEWHERE}:{self._listener.getsockname()[1]}"
        self._taken: list[socket.socket] = []
        self._behaviour = (first, byte_every)
        Thread(target=self._serve, daemon=True).start()

    def stop(self) -> None:
        """Close everything."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._taken:
            connection.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._taken.append(connection)
            Thread(target=self._tease, args=(connection,), daemon=True).start()

    def _tease(self, connection: socket.socket) -> None:
        first, byte_every = self._behaviour
        try:
            connection.sendall(first)
            while byte_every:
                time.sleep(byte_every)
                connection.sendall(b"x")
        except OSError:
            return


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 1000000\r\n\r\n<title>Slow</title>"


@pytest.fixture(scope="module")
def front(park: Park) -> Iterator[Front]:
    """WordPress behind Pingwarden."""
    front = Front(park.wordpress("6.8"))
    yield front
    front.stop()


@pytest.mark.parametrize(
    ("first", "byte_every"),
    [(b"", 0), (b"HTTP/1.1 200 OK\r\n", 0), (HEAD, 0), (HEAD, 0.2), (b"HTTP/1.1 200 OK\r\nX-A: ", 0.2)],
    ids=["silent", "half a head", "half a body", "a drip of body", "a drip of head"],
)
def test_the_answer_comes_in_time(front: Front, first: bytes, byte_every: float) -> None:
    """It is registered, and the work goes on."""
    source = Tease(first, byte_every)
    started = time.monotonic()
    answer = call(
        f"{front.address}/xmlrpc.php", "pingback.ping", f"{source.address}/post", front.site.permalink("alpha")
    )
    took = time.monotonic() - started
    source.stop()
    assert "registered" in answer
    assert took < PATIENCE_S
