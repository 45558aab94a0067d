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
