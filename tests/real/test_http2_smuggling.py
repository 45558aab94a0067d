"""The same over HTTP/2, which a server before us writes anew as HTTP/1.1: no linkback arrives that we did not judge.

A part of the cases; PINGWARDEN_SMUGGLING=all sends every one. `pytest -s` shows the table.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.real.http2 import Answered, Asked, ask
from tests.real.http2_smuggling import Case, as_it_should_be, cases, fields_of
from tests.real.parts import needed_parts
from tests.real.servers import HTTP2
from tests.real.smuggling import DOORS, Door
from tests.real.test_smuggling import EVERY, PATIENCE_S, Chain, table


@pytest.fixture(scope="module", params=HTTP2)
def chain(request: pytest.FixtureRequest) -> Iterator[Chain]:
    """Each server before Pingwarden."""
    with needed_parts():
        chain = Chain(request.param, HTTP2)
    yield chain
    chain.stop()


def in_step(chain: Chain, number: str) -> bool:
    """Whether a request of somebody else, on a connection of its own, gets the answer that is its own."""
    asked = Asked(
        fields_of(Door(b"/probe?n=%s" % number.encode(), b"application/json", b""), chain.host.encode(), 2), (b"{}",)
    )
    (answer,) = ask(chain.port, asked)
    return answer.body == f"asked with {number}".encode()


def test_what_is_sent_as_it_should_be_is_judged(chain: Chain) -> None:
    """Or all that follows would show nothing."""
    for name, door in DOORS.items():
        source = f"plain-h2-{name}"
        answer = ask(chain.port, as_it_should_be(door.at(source, chain.host), chain.host.encode()))
        assert source in chain.judged(), answer


def outcome(case: Case, answer: Answered, arrived: set[str], judged: set[str]) -> str:
    """What became of a case."""
    if case.source in arrived:
        return "passed"
    if case.source in judged:
        return "judged"
    return "refused" if answer.status >= 400 or not answer.status else "no linkback to anyone"


def test_nothing_is_smuggled_in(chain: Chain) -> None:
    """No linkback arrives unjudged, and nobody gets somebody else's answer."""
    tried = [case for number, case in enumerate(cases(chain.name, chain.host)) if number % EVERY == 0]

    def attempt(case: Case) -> tuple[Answered, bool]:
        (answer,) = ask(chain.port, case.asked, patience_s=PATIENCE_S)
        return answer, in_step(chain, case.source)

    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(attempt, tried))
    arrived, judged = chain.arrived(), chain.judged()
    outcomes = [outcome(case, answer, arrived, judged) for case, (answer, _) in zip(tried, answers, strict=True)]
    out_of_step = [case.name for case, (_, in_step) in zip(tried, answers, strict=True) if not in_step]
    print(table(f"{chain.name}, HTTP/2", outcomes, len(out_of_step)))
    assert [case.name for case, became in zip(tried, outcomes, strict=True) if became == "passed"] == []
    assert arrived == set()
    assert out_of_step == []
    assert "judged" in outcomes
    assert "refused" in outcomes
    assert chain.pingwarden.troubles() == []
