"""Every move of the table is allowed, and every other one refused."""

import itertools

import pytest

from proxy.errors import IllegalMove
from proxy.lifecycle import MOVES, SEEN_STATES, STATE_AFTER, check_move, may_take_back
from proxy.ping import Action, State

# Design §3, word for word.
TABLE = {
    "received": "held approved rejected observed",
    "held": "approved rejected",
    "rejected": "approved",
    "approved": "delivered refused failed",
    "refused": "approved",
    "failed": "approved",
    "delivered": "",
    "observed": "",
}
ALLOWED = {(State(present), State(wanted)) for present, after in TABLE.items() for wanted in after.split()}
ALL = list(itertools.product(State, State))


def names(pair: tuple[State, State]) -> str:
    """Return the words that name a case."""
    return " to ".join(pair)


@pytest.mark.parametrize("pair", sorted(ALLOWED), ids=names)
def test_it_may_go_from(pair: tuple[State, State]) -> None:
    check_move("01", *pair)


@pytest.mark.parametrize("pair", [pair for pair in ALL if pair not in ALLOWED], ids=names)
def test_it_may_not_go_from(pair: tuple[State, State]) -> None:
    with pytest.raises(IllegalMove) as problem:
        check_move("01", *pair)
    assert str(problem.value) == f"ping 01 is {pair[0].value}; it cannot become {pair[1].value}"


def test_every_state_stands_in_the_table() -> None:
    assert set(MOVES) == set(State)


def test_what_counts_as_seen_before() -> None:
    assert {"received", "held", "approved", "delivered"} == SEEN_STATES


@pytest.mark.parametrize("action", Action)
def test_what_a_verdict_brings_is_a_move_from_received(action: Action) -> None:
    check_move("01", State.RECEIVED, STATE_AFTER[action])


TAKEN_BACK = {"approved": "held rejected refused failed", "rejected": "held"}
BACK = {(State(present), State(former)) for present, before in TAKEN_BACK.items() for former in before.split()}


@pytest.mark.parametrize("pair", ALL, ids=names)
def test_only_a_person_s_own_word_is_taken_back(pair: tuple[State, State]) -> None:
    present, former = pair
    assert may_take_back(present, former) is (pair in BACK)
    if pair in BACK:
        check_move("01", former, present)  # what is taken back was a move of the table
