"""Every observed case is sent through the proxy: nothing unjudged arrives, and what is harmless passes unchanged."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.real.fixtures import Case, cases
from tests.real.front import Front
from tests.real.httpclient import Answer, Connection
from tests.real.park import Park
from tests.real.parts import needed_parts
from tests.real.site import Site

FILES = ("xmlrpc.jsonl", "trackback.jsonl", "xmlrpc-newer.jsonl", "trackback-newer.jsonl")
ELSEWHERE = b"http://nowhere.example/t"
# The sites that were observed stood on this address, and had posts of that day.
OBSERVED = b"http://127.0.0.1:18080"
MOVED = {"/2026/11/21/closed/": "/2024/03/04/closed/", "/2026/11/21/hello-world/": "/2024/03/01/hello-world/"}


@pytest.fixture(scope="module", params=["6.1 alone", "6.8 behind nginx", "7.1 alone"])
def front(park: Park, request: pytest.FixtureRequest) -> Iterator[Front]:
    """Pingwarden before the whole site, or behind nginx with the printed configuration."""
    line, _, where = request.param.partition(" ")
    site = park.wordpress(line)
    site.configure(flood=False)
    front = Front(site, behind=where.removeprefix("behind ") if where != "alone" else "")
    yield front
    front.stop()


def observed(version: str) -> list[Case]:
    """All cases for that version, at home where the tests are."""
    with needed_parts():
        found = [case for file in FILES for case in cases(file)]
    mine = [case for case in found if case.raw.get("version", version) == version]
    assert len(mine) > 200
    return [_moved(case) for case in mine]


def _moved(case: Case) -> Case:
    target = case.target.replace(OBSERVED.decode(), "")
    for old, new in MOVED.items():
        target = target.replace(old, new)
    return replace(case, target=target)


def send(address: str, case: Case) -> Answer:
    """The answer to that very request."""
    connection = Connection(address)
    try:
        return connection.send(case.method, case.target, case.headers, case.body or None)
    finally:
        connection.close()


def arrived(site: Site, front: Front, found: list[Case]) -> list[tuple[str, object]]:
    """What WordPress executed while these were sent to the front."""
    seen: list[tuple[str, object]] = []
    for case in found:
        mark = site.mark()
        send(front.address, case)
        seen += [(case.id, linkback) for linkback in site.executed(mark)]
    return seen


def test_nothing_unjudged_arrives(front: Front) -> None:
    """No page links to anything here, so that no linkback can be approved, in whatever form it comes."""
    assert arrived(front.site, front, observed(front.site.version)) == []
    assert front.site.comments() == []
    states = front.pingwarden.wait_for(lambda states: "received" not in states.values(), "every ping is judged")
    assert set(states.values()) <= {"held", "rejected"}
    assert front.pingwarden.troubles() == []


def test_nothing_unjudged_arrives_for_posts_that_are_there(front: Front) -> None:
    """The same, where the observed calls named posts elsewhere."""
    post = front.site.permalink("alpha").encode()
    found = [case for case in observed(front.site.version) if ELSEWHERE in case.body or OBSERVED in case.body]
    assert len(found) > 100
    here = [
        replace(case, body=case.body.replace(ELSEWHERE, post).replace(OBSERVED, front.address.encode()))
        for case in found
    ]
    assert arrived(front.site, front, here) == []
    assert front.pingwarden.pings()


def is_harmless(case: Case) -> bool:
    """A call that executes something, but no ping; or a request that nothing reads as a form."""
    if case.calls:
        return not case.pings
    has_form = any("form" in value.lower() for name, value in case.headers if name == "Content-Type")
    return case.id.startswith(("meth", "ct", "url", "body")) and (case.method != "POST" or not has_form)


def test_what_is_harmless_passes_unchanged(front: Front) -> None:
    """It is answered as without us, byte for byte."""
    found = [case for case in observed(front.site.version) if is_harmless(case)]
    assert len(found) > 10
    for case in found:
        through, direct = send(front.address, case), send(front.site.address, case)
        assert (case.id, through.status, through.body) == (case.id, direct.status, direct.body)
