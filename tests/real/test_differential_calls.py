"""Mutated XML-RPC calls go to WordPress's own server and to our reader: none may execute a ping that we do not see.

5,000 for each version; PINGWARDEN_DIFFERENTIAL=500000 asks for more, PINGWARDEN_SEED for others.
"""

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pytest

from proxy.errors import MalformedPing
from proxy.wire.xmlrpc import (
    Multicall,
    OtherCall,
    PassedMember,
    PingCall,
    build_multicall,
    build_ping,
    read_call,
)
from tests.real.fixtures import cases
from tests.real.httpclient import Connection
from tests.real.interpreter import Executed, Interpretation, Interpreter
from tests.real.mutations import CALLS, calls
from tests.real.park import Park
from tests.real.parts import BUILDS, LINES, MissingPartError
from tests.real.site import Site

COUNT = int(os.environ.get("PINGWARDEN_DIFFERENTIAL", "5000"))
SEED = int(os.environ.get("PINGWARDEN_SEED", "20030904"))
BATCH = 500
# Around an address they mean nothing; and of a carriage return in CDATA expat makes a line feed, libxml2 does not.
BLANK = b" \t\r\n"

Pair = tuple[bytes, bytes]


@dataclass(frozen=True)
class Reading:
    """What we would do with a body: judge `pings`, and send on `passed`."""

    pings: tuple[Pair, ...] = ()
    refused: int = 0
    """How many calls in it are answered by us."""
    passed: bytes | None = None


def read(body: bytes) -> Reading:
    """What we would do with `body`."""
    try:
        call = read_call(body, max_members=50)
        if isinstance(call, PingCall):
            return Reading(pings=(_pair(call),))
        if isinstance(call, OtherCall):
            return Reading(passed=body)
        return _read_members(call)
    except MalformedPing:
        return Reading(refused=1)


def _read_members(call: Multicall) -> Reading:
    pings = tuple(_pair(member) for member in call.members if isinstance(member, PingCall))
    passed = [member for member in call.members if isinstance(member, PassedMember)]
    refused = len(call.members) - len(pings) - len(passed)
    return Reading(pings, refused, build_multicall(passed) if passed else None)


def _pair(call: PingCall) -> Pair:
    return call.source.encode().strip(BLANK), call.target.encode().strip(BLANK)


def _arguments(ping: Executed) -> Pair:
    source, target = ping.argument(0), ping.argument(1)
    if isinstance(source, bytes) and isinstance(target, bytes):
        return source.strip(BLANK), target.strip(BLANK)
    return b"not two texts", repr(ping.arguments).encode()


def objections(body: bytes, reading: Reading, wordpress: Interpretation, then: Interpretation) -> Iterator[str]:
    """What is wrong with our reading. `wordpress`: with the body; `then`: with what we would pass on of it."""
    unseen = Counter(map(_arguments, wordpress.pings)) - Counter(reading.pings)
    if unseen and not reading.refused:
        yield f"WordPress executes {list(unseen)}, we do not see it"
    if then.pings:
        yield f"what we pass on executes {then.pings}"
    invented = Counter(reading.pings) - Counter(map(_arguments, wordpress.pings))
    if invented and not wordpress.crashed:
        yield f"we judge {list(invented)}, WordPress executes no such ping"
    others = [call for call in wordpress.calls if call.method != "pingback.ping"]
    if reading.passed is not None and list(then.calls[: len(others)]) != others:
        yield f"WordPress would execute {others}, what we pass on executes {then.calls}"


def run(interpreter: Interpreter, bodies: Sequence[bytes]) -> tuple[list[str], Counter[str]]:
    """All objections, and how many of the bodies were what."""
    found: list[str] = []
    kinds: Counter[str] = Counter()
    for start in range(0, len(bodies), BATCH):
        batch = bodies[start : start + BATCH]
        readings = [read(body) for body in batch]
        both = zip(
            batch,
            readings,
            interpreter.interpret(batch),
            interpreter.interpret([reading.passed or b"" for reading in readings]),
            strict=True,
        )
        for body, reading, wordpress, then in both:
            found += [f"{sentence}: {body!r}" for sentence in objections(body, reading, wordpress, then)]
            kinds["executes a ping"] += bool(wordpress.pings)
            kinds["is judged"] += bool(reading.pings)
            kinds["passes and executes"] += bool(reading.passed and wordpress.calls)
    return found, kinds


def starts() -> list[bytes]:
    """The observed cases as further starts of mutations, where they are at hand."""
    try:
        return [case.body for case in cases("xmlrpc.jsonl") if len(case.body) < 10_000 and case.id[:4] != "http"]
    except MissingPartError:
        return []


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("line", ["6.1", "7.1"])
def test_wordpress_executes_no_ping_that_we_do_not_see(park: Park, line: str) -> None:
    """The promise that nothing unjudged reaches WordPress, against WordPress itself."""
    with Interpreter(park.wordpress(line)) as interpreter:
        found, kinds = run(interpreter, list(calls(SEED, COUNT, starts())))
    print(f"WordPress {line}, {COUNT} bodies, seed {SEED}: {dict(kinds)}")
    assert found == []
    # A run whose mutations break everything would prove nothing.
    assert kinds["executes a ping"] > COUNT / 10
    assert min(kinds["is judged"], kinds["passes and executes"]) > COUNT / 100


@pytest.mark.parametrize("line", [*LINES, *BUILDS])
def test_every_version_reads_as_we_do(park: Park, line: str) -> None:
    """A smaller run on all versions, those on SQLite among them."""
    site: Site = park.wordpress(line) if line in LINES else park.build(line)
    with Interpreter(site) as interpreter:
        found, _ = run(interpreter, list(calls(SEED + 1, COUNT // 10, starts())))
    assert found == []


@pytest.mark.parametrize("line", ["6.1", "7.1"])
def test_the_interpreter_is_what_the_site_does(park: Park, line: str) -> None:
    """The same bodies over HTTP: xmlrpc.php executes what the interpreter said."""
    site = park.wordpress(line)
    bodies = [body.encode() for body in CALLS] + list(calls(SEED + 2, 100))
    with Interpreter(site) as interpreter:
        expected = [len(answer.pings) for answer in interpreter.interpret(bodies)]
    connection = Connection(site.address)
    seen = []
    for body in bodies:
        mark = site.mark()
        connection.send("POST", "/xmlrpc.php", [("Content-Type", "text/xml")], body)
        seen.append(len(site.executed(mark)))
    connection.close()
    assert seen == expected


def test_a_ping_that_we_write_is_read_as_it_was_meant(park: Park) -> None:
    """The canonical document of an approved ping means the same to WordPress, whatever the addresses hold."""
    addresses = ["http://a.example/?x=1&y=2", "http://a.example/<b>]]>", "http://a.example/\u00e9\U0001f4a9\u2028", "x"]
    pairs = [(source, target) for source in addresses for target in addresses]
    with Interpreter(park.wordpress("7.1")) as interpreter:
        answers = interpreter.interpret([build_ping(*pair) for pair in pairs])
    executed = [_arguments(ping) for answer in answers for ping in answer.pings]
    assert executed == [(source.encode(), target.encode()) for source, target in pairs]
