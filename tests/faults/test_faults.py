"""Faults injected into the real process under load: a bounded part of `python -m tests.faults.run`.

Left to the long run is what waits for timeouts of many seconds.
"""

import pytest

from tests.faults.kinds import ALL, by_name
from tests.faults.run import outcome_of
from tests.real.parts import needed_parts

ROUNDS = {
    "kill -9": 3,
    "SIGTERM": 1,
    "disk full": 1,
    "disk read-only": 1,
    "database gone": 1,
    "PostgreSQL gone": 1,
    "MariaDB gone": 1,
    "upstream down": 1,
    "upstream closing": 1,
    "upstream garbage": 1,
    "model corrupt": 1,
    "hostile pages": 1,
}


@pytest.mark.parametrize("name", ROUNDS)
async def test_the_promises_hold(name: str) -> None:
    with needed_parts():
        outcome = await outcome_of(by_name(name), ROUNDS[name], pings_per_s=10)
    if outcome.skipped:
        pytest.skip(outcome.skipped)
    assert outcome.broken == []
    assert outcome.balance is not None
    assert outcome.balance.acknowledged > 0
    assert outcome.balance.others > 0


def test_every_kind_has_a_name_of_its_own() -> None:
    assert len({fault.name for fault in ALL}) == len(ALL)
