"""Ordinary calls of a real WordPress while 2,000 spam pings a second arrive: with Pingwarden before it, and without.

    python -m tests.bench flood

It needs what tests/real/install installs. The pings come from as many addresses as there are pings, for a few posts,
with the limits that Pingwarden has by itself. All run on this one machine, those that send the pings too; so the
ordinary calls come one after the other, and keep one of two processors busy. Calls that go around Pingwarden while the
flood goes to it show what this one machine leaves of them whatever they pass through.
"""

import http.client
import random
import selectors
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from threading import Thread

from tests.bench.figure import Figure, at_least
from tests.bench.served import ROOT, Server
from tests.real.park import Park
from tests.real.parts import MissingPartError

LINE = "6.8"
ROUNDS = 3
SECONDS = 6.0
PER_SECOND = 2000
_CALLERS = 1  # of two processors the other one is left to the senders, who live elsewhere, and to the proxy
_SENDERS = 128
_WHILE_ALL_WAIT_S = 0.002
_HELLO = b"<?xml version='1.0'?><methodCall><methodName>demo.sayHello</methodName><params></params></methodCall>"


def measure() -> list[Figure]:
    """Call with and without the flood, in turns."""
    with tempfile.TemporaryDirectory(prefix="pingwarden-bench-") as directory:
        park = Park(Path(directory) / "park")
        try:
            site = park.wordpress(LINE)
        except (MissingPartError, BaseException) as problem:  # noqa: BLE001 - pytest's skip is no Exception
            print(f"  left out: {problem}", file=sys.stderr)
            park.stop()
            return []
        sources = Server("sources")
        ours = Server("pingwarden", site.address, site.url)
        try:
            targets = [site.permalink(slug) for slug in ("alpha", "beta", "gamma")]
            return _compare(site.port, ours.port, sources.port, targets)
        finally:
            ours.stop()
            sources.stop()
            park.stop()


def _compare(site: int, ours: int, sources: int, targets: list[str]) -> list[Figure]:
    shares: dict[str, list[float]] = {"with": [], "around": [], "without": []}
    took: list[float] = []
    calm: list[float] = []
    for _ in range(ROUNDS):
        for name, port, flood in (("with", ours, ours), ("around", site, ours), ("without", site, site)):
            quiet, _ = _calls(port, None)
            flooded, answered = _calls(port, [str(flood), str(sources), *targets])
            _settled(site)
            shares[name].append(flooded / quiet)
            print(
                f"  {name}: {quiet:.1f} calls/s, in the flood {flooded:.1f}; {answered:.0f} pings/s answered",
                file=sys.stderr,
            )
            if name == "with":
                took.append(answered)
                calm.append(quiet)
    kept, around, bare = (median(shares[name]) for name in ("with", "around", "without"))
    seen = (
        f"{kept:.2f} of {median(calm):.0f} calls/s (around Pingwarden, which takes the flood, {around:.2f}; without it "
        f"{bare:.2f}); {median(took):.0f} pings/s answered"
    )
    return [
        at_least(f"ordinary calls of WordPress {LINE} kept while {PER_SECOND:,} spam pings/s arrive", kept, 0.9, seen)
    ]


def _calls(port: int, flood: list[str] | None) -> tuple[float, float]:
    """Return ordinary calls per second, and pings answered per second."""
    sender = None
    if flood is not None:
        command = ["setpriv", "--pdeathsig", "TERM", sys.executable, "-m", "tests.bench.flood", *flood]
        sender = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        assert sender.stdout is not None
        sender.stdout.readline()  # it has begun
    counts = [0] * _CALLERS
    ends = time.monotonic() + SECONDS
    callers = [Thread(target=_call, args=(port, ends, counts, place)) for place in range(_CALLERS)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    answered = 0.0
    if sender is not None:
        answered = float(sender.communicate()[0] or 0)
    return sum(counts) / SECONDS, answered


def _settled(port: int) -> None:
    """Return when WordPress has got through what was left of a flood, or after a minute."""
    began = time.monotonic()
    while time.monotonic() - began < 60:
        asked, counts = time.monotonic(), [0]
        _call(port, asked + 0.001, counts, 0)
        if counts[0] and time.monotonic() - asked < 0.5:
            return


def _call(port: int, ends: float, counts: list[int], place: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    while time.monotonic() < ends:
        try:
            connection.request("POST", "/xmlrpc.php", _HELLO, {"Content-Type": "text/xml"})
            answer = connection.getresponse()
            counts[place] += answer.status == 200 and b"Hello!" in answer.read()
            answer.read()
        except (OSError, http.client.HTTPException):
            connection.close()
    connection.close()


class _Line:
    """A sender's connection, with one request on it at a time."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=5)
        self._heard = b""

    def send(self, request: bytes) -> None:
        """Send a request."""
        self._heard = b""
        self.socket.sendall(request)

    def heard_all(self) -> bool:
        """Read what came, and return whether the answer is here. Raises OSError when the connection ended."""
        piece = self.socket.recv(65536)
        self._heard += piece
        head, end, body = self._heard.lower().partition(b"\r\n\r\n")
        length = head.partition(b"content-length:")[2].partition(b"\r")[0]
        whole = bool(end) and (len(body) >= int(length) if length else body.endswith(b"0\r\n\r\n"))
        if not piece or (whole and b"connection: close" in head):
            raise ConnectionResetError
        return whole


class _Senders:
    """Up to so many lines; a line that ended is opened anew when it is needed."""

    def __init__(self, port: int) -> None:
        self._port, self._open, self._idle = port, 0, list[_Line]()
        self._waiting = selectors.DefaultSelector()
        self.answered = 0

    def send(self, request: bytes) -> bool:
        """Send a request on a free line; False when all of them wait for an answer."""
        if not self._idle and self._open >= _SENDERS:
            return False
        try:
            line = self._idle.pop() if self._idle else self._opened()
            line.send(request)
            self._waiting.register(line.socket, selectors.EVENT_READ, line)
        except OSError:
            self._open -= 1
        return True

    def _opened(self) -> _Line:
        self._open += 1
        return _Line(self._port)

    def hear(self, at_most_s: float) -> None:
        """Take the answers that are here, or come in that time."""
        for key, _ in self._waiting.select(at_most_s):
            line: _Line = key.data
            try:
                if line.heard_all():
                    self.answered += 1
                    self._idle.append(line)
                    self._waiting.unregister(line.socket)
            except OSError:
                self._waiting.unregister(line.socket)
                line.socket.close()
                self._open -= 1


def _flood(port: int, sources: int, targets: list[str]) -> None:
    chance, began, number, senders = random.Random(5), time.monotonic(), 0, _Senders(port)
    print("begun", flush=True)
    while (passed := time.monotonic() - began) < SECONDS + 1:
        while number < passed * PER_SECOND and senders.send(_spam(number, sources, chance.choice(targets))):
            number += 1
        next_s = began + number / PER_SECOND - time.monotonic()
        senders.hear(next_s if next_s > 0 else _WHILE_ALL_WAIT_S)
    print(senders.answered / (SECONDS + 1))


def _spam(number: int, sources: int, target: str) -> bytes:
    call = (
        "<?xml version='1.0'?><methodCall><methodName>pingback.ping</methodName><params><param><value><string>"
        f"http://127.0.0.1:{sources}/{number}</string></value></param><param><value><string>{target}</string></value>"
        "</param></params></methodCall>"
    )
    sender = f"{20 + number % 100}.{number // 100 % 250}.{number // 25_000 % 250}.7"
    return (
        f"POST /xmlrpc.php HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Forwarded-For: {sender}\r\nContent-Type: text/xml\r\n"
        f"Content-Length: {len(call)}\r\n\r\n{call}"
    ).encode()


if __name__ == "__main__":
    _flood(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])
