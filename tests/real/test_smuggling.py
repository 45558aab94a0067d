"""Requests framed in every odd way, through each server and straight to us: no linkback arrives that we did not judge.

A part of them; PINGWARDEN_SMUGGLING=all sends every one. `pytest -s` shows the table.
"""

import os
import re
import socket
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from tests.real.httpclient import Connection
from tests.real.parts import needed_parts
from tests.real.pingwarden import Pingwarden
from tests.real.process import LOOPBACK, free_port, fresh_directory
from tests.real.recorder import Recorder
from tests.real.servers import SERVERS, Server, Start
from tests.real.smuggling import DOORS, Case, cases, plain

ALL = os.environ.get("PINGWARDEN_SMUGGLING") == "all"
EVERY = 1 if ALL else 11
PATIENCE_S = 2.0
# Whoever has read the case to its end goes on to this, and then closes.
END = b"GET /end HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n"


class Chain:
    """A server, Pingwarden, and PHP that notes everything."""

    def __init__(self, name: str, servers: Mapping[str, Start] = SERVERS) -> None:
        """Start it; "" stands for no server before Pingwarden."""
        self.name = name or "straight"
        self.directory = fresh_directory()
        self.recorder = Recorder()
        public, inner = free_port(), free_port()
        self.pingwarden = Pingwarden(
            self.directory / "pingwarden",
            f"http://{LOOPBACK}:{inner}",
            public_url=f"http://{LOOPBACK}:{public}",
            site={"hosts": [LOOPBACK]},
        )
        self.pingwarden.start()
        rule = {"name": "none of these", "when": {"source_host": ["127.0.0.5"]}, "action": "reject"}
        assert self.pingwarden.api("POST", "rules", rule).status == 200
        start = servers[name or "nginx"]
        self.servers: list[Server] = start(
            self.directory / "server", self.pingwarden, self.recorder.root, self.recorder.socket, public
        )
        self.inner = inner
        self.port = public if name else self.pingwarden.port
        self.host = f"{LOOPBACK}:{public}"

    def stop(self) -> None:
        """End it."""
        for server in self.servers:
            server.stop()
        self.pingwarden.stop()
        self.recorder.stop()

    def send(self, request: bytes, port: int = 0) -> bytes:
        """Everything that is answered until the other side closes, or says nothing for a while."""
        heard = b""
        with (
            socket.create_connection((LOOPBACK, port or self.port), timeout=PATIENCE_S) as connection,
            suppress(OSError),
        ):
            connection.sendall(request + END % self.host.encode())
            while piece := connection.recv(2**16):
                heard += piece
        return heard

    def in_step(self, number: str) -> bool:
        """Whether a request of somebody else, on a connection of its own, gets the answer that is its own."""
        connection = Connection(f"http://{LOOPBACK}:{self.port}")
        try:
            headers = [("Host", self.host), ("Content-Type", "application/json")]
            answer = connection.send("POST", f"/probe?n={number}", headers, b"{}")
            return answer.text == f"asked with {number}"
        finally:
            connection.close()

    def arrived(self) -> set[str]:
        """The sources of the linkbacks that PHP was given."""
        return {heard.linkback for heard in self.recorder.heard() if heard.linkback is not None}

    def judged(self) -> set[str]:
        """The sources of the linkbacks that we judged."""
        return {ping["source_url"].rpartition("/")[2] for ping in self.pingwarden.pings()}


@pytest.fixture(scope="module", params=["", *SERVERS], ids=["straight", *SERVERS])
def chain(request: pytest.FixtureRequest) -> Iterator[Chain]:
    """Each server before Pingwarden, and none."""
    with needed_parts():
        chain = Chain(request.param)
    yield chain
    chain.stop()


def test_what_is_sent_past_us_arrives(chain: Chain) -> None:
    """Or all that follows would show nothing."""
    for name, door in DOORS.items():
        source = f"past-{name}"
        chain.send(plain(door.with_source(source), chain.host.encode()), chain.inner)
        assert source in chain.arrived()


def test_what_is_sent_as_it_should_be_is_judged(chain: Chain) -> None:
    """And goes no further, for the owner wants none of it."""
    for name, door in DOORS.items():
        source = f"plain-{name}"
        answer = chain.send(plain(door.at(source, chain.host), chain.host.encode()))
        assert source in chain.judged(), answer


def outcome(case: Case, answer: bytes, arrived: set[str], judged: set[str]) -> str:
    """What became of a case."""
    if case.source in arrived:
        return "passed"
    if case.source in judged:
        return "judged"
    statuses = [int(status) for status in re.findall(rb"HTTP/1\.[01] (\d{3})", answer)]
    if not statuses or max(statuses) >= 400:
        return "refused"
    return "no linkback to anyone"


def table(name: str, outcomes: Sequence[str], out_of_step: int) -> str:
    """A line of the table."""
    count = Counter(outcomes)
    cells = ["judged", "refused", "no linkback to anyone", "passed"]
    return (
        f"\n{name}: {len(outcomes)} tried, "
        + ", ".join(f"{count[cell]} {cell}" for cell in cells)
        + f", {out_of_step} out of step"
    )


def test_nothing_is_smuggled_in(chain: Chain) -> None:
    """No linkback arrives unjudged, and nobody gets somebody else's answer."""
    tried = [case for number, case in enumerate(cases(chain.name, chain.host)) if number % EVERY == 0]

    def attempt(case: Case) -> tuple[bytes, bool]:
        return chain.send(case.request), chain.in_step(case.source)

    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(attempt, tried))
    arrived, judged = chain.arrived(), chain.judged()
    outcomes = [outcome(case, answer, arrived, judged) for case, (answer, _) in zip(tried, answers, strict=True)]
    out_of_step = [case.name for case, (_, in_step) in zip(tried, answers, strict=True) if not in_step]
    print(table(chain.name, outcomes, len(out_of_step)))
    assert [case.name for case, became in zip(tried, outcomes, strict=True) if became == "passed"] == []
    assert arrived <= {f"past-{name}" for name in DOORS}
    assert out_of_step == []
    assert "judged" in outcomes
    assert "refused" in outcomes
    assert chain.pingwarden.troubles() == []
