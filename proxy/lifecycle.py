"""The table of states. Nothing else moves a ping from one state to another.

received ─┬─► held ─┬─► approved ─┬─► delivered   WordPress took it
          │         │     ▲  ▲    ├─► refused     WordPress said no ──┐
          │         │     │  │    └─► failed      we gave up ─────────┤
          │         │     │  └────────────────────────────────────────┘  (tried again)
          ├─────────┼─► rejected
          └─► observed (observe mode: it went on as it came)
"""

from proxy.errors import IllegalMove
from proxy.ping import Action, State

MOVES: dict[State, frozenset[State]] = {
    State.RECEIVED: frozenset({State.HELD, State.APPROVED, State.REJECTED, State.OBSERVED}),
    State.HELD: frozenset({State.APPROVED, State.REJECTED}),
    State.REJECTED: frozenset({State.APPROVED}),
    State.APPROVED: frozenset({State.DELIVERED, State.REFUSED, State.FAILED}),
    State.REFUSED: frozenset({State.APPROVED}),
    State.FAILED: frozenset({State.APPROVED}),
    State.DELIVERED: frozenset(),
    State.OBSERVED: frozenset(),
}

# What a person may take back of their own word on the admin pages, while WordPress was not asked: no move, but the
# ping stands again where it stood.
TAKEN_BACK: dict[State, frozenset[State]] = {
    State.APPROVED: frozenset({State.HELD, State.REJECTED, State.REFUSED, State.FAILED}),
    State.REJECTED: frozenset({State.HELD}),
}

# While a ping stands in one of these, the same source and target was "seen before" (fault 48).
SEEN_STATES = frozenset({State.RECEIVED, State.HELD, State.APPROVED, State.DELIVERED})

STATE_AFTER: dict[Action, State] = {
    Action.APPROVE: State.APPROVED,
    Action.HOLD: State.HELD,
    Action.REJECT: State.REJECTED,
}


def check_move(ping_id: str, present: State, wanted: State) -> None:
    """Return when the move is in the table, else raise `IllegalMove`."""
    if wanted not in MOVES[present]:
        raise IllegalMove(ping_id, present.value, wanted.value)


def may_take_back(present: State, former: State) -> bool:
    """True when a person's word that brought a ping from *former* to *present* can be taken back."""
    return former in TAKEN_BACK.get(present, ())
