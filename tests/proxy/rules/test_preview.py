"""What a new rule would have changed in the past."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from proxy.decide import Bands, decide
from proxy.ping import MACHINE, Action, Finding, Ping, State
from proxy.rules.case import Case
from proxy.rules.owner import OwnerRule, When
from proxy.rules.preview import Change, changes

Maker = Callable[..., Case]
BANDS = Bands(-1.0, 4.0)
RULE = OwnerRule("01", "No bread", When(source_host=("bread.example",)), "reject")
APPROVED, HELD, REJECTED = -2.0, 0.0, 5.0

# The ping's state and points, the rule's action and points, who decided, and where the ping would stand.
CASES: dict[str, tuple[State, float, str, float, str | None, State | None]] = {
    "held would be rejected": (State.HELD, HELD, "reject", 0, MACHINE, State.REJECTED),
    "delivered would be rejected": (State.DELIVERED, APPROVED, "reject", 0, MACHINE, State.REJECTED),
    "refused by WordPress would be held": (State.REFUSED, APPROVED, "hold", 0, MACHINE, State.HELD),
    "delivered stays approved": (State.DELIVERED, APPROVED, "approve", 0, MACHINE, None),
    "failed stays approved": (State.FAILED, APPROVED, "approve", 0, MACHINE, None),
    "held stays held": (State.HELD, HELD, "hold", 0, MACHINE, None),
    "held would be approved by points": (State.HELD, HELD, "points", -3.0, MACHINE, State.APPROVED),
    "held stays held by few points": (State.HELD, HELD, "points", 1.0, MACHINE, None),
    "rejected would be approved": (State.REJECTED, REJECTED, "approve", 0, None, State.APPROVED),
    "observed would be rejected": (State.OBSERVED, HELD, "reject", 0, None, State.REJECTED),
    "observed would have been rejected anyway": (State.OBSERVED, REJECTED, "reject", 0, None, None),
    "a person's word stays": (State.DELIVERED, APPROVED, "reject", 0, "anna", None),
}  # fmt: skip


def past(case: Case, state: State, points: float, by: str | None) -> Ping:
    """Return a ping of the past."""
    verdict = decide([Finding("model", points, "")], BANDS)
    return Ping(
        "ping", "blog", state, case.linkback, case.sender, "/xmlrpc.php", case.at, verdict, case.evidence, decided_by=by
    )


@pytest.mark.parametrize(("state", "points", "action", "adds", "by", "after"), CASES.values(), ids=CASES.keys())
def test_in_the_past(
    case: Maker, state: State, points: float, action: Any, adds: float, by: str | None, after: State | None
) -> None:
    old = past(case(), state, points, by)
    rule = replace(RULE, action=action, points=adds)
    found = changes(rule, [old], {"blog": case().site}, lambda _: BANDS)
    assert found == ([] if after is None else [Change("ping", state, after)])


def test_what_the_rule_does_not_match_or_nobody_knows_is_left_out(case: Maker) -> None:
    old = past(case(), State.HELD, HELD, MACHINE)
    others = [
        replace(old, site="gone"),
        replace(old, verdict=None),
        past(case(source_url="https://x.example/"), State.HELD, HELD, MACHINE),
    ]
    assert changes(RULE, others, {"blog": case().site}, lambda _: BANDS) == []


def test_an_allow_rule_would_not_have_approved_what_was_held_outright(case: Maker) -> None:
    old = past(case(), State.HELD, HELD, MACHINE)
    held = decide([Finding("unverifiable", 0, "", Action.HOLD)], BANDS)
    assert (
        changes(replace(RULE, action="approve"), [replace(old, verdict=held)], {"blog": case().site}, lambda _: BANDS)
        == []
    )
