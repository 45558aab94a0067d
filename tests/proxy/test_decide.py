"""Points are added, the strictest demand counts, and the order of findings never matters."""

import itertools
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proxy.decide import Bands, decide
from proxy.errors import FaultCode
from proxy.ping import Action, Finding

BANDS = Bands(-1.0, 4.0)
APPROVE, HOLD, REJECT = Action.APPROVE, Action.HOLD, Action.REJECT

POINTS: dict[str, tuple[list[float], Action]] = {
    "nothing found": ([], HOLD),
    "well below the first band": ([-3.0], APPROVE),
    "just below the first band": ([-1.01], APPROVE),
    "on the first band": ([-1.0], HOLD),
    "just below the second band": ([3.99], HOLD),
    "on the second band": ([4.0], REJECT),
    "points are added": ([2.0, 2.0], REJECT),
    "good outweighs bad": ([4.0, -6.0], APPROVE),
    "an infinity of good": ([-math.inf], APPROVE),
    "infinities against each other": ([math.inf, -math.inf], HOLD),
    "no number at all": ([math.nan], HOLD),
    "no number among others": ([-9.0, math.nan], HOLD),
}


@pytest.mark.parametrize(("points", "action"), POINTS.values(), ids=POINTS.keys())
def test_bands_over_the_sum(points: list[float], action: Action) -> None:
    found = [Finding(f"rule-{place}", value, "") for place, value in enumerate(points)]
    assert decide(found, BANDS).action is action


DEMANDS: dict[str, tuple[list[Action | None], float, Action]] = {
    "approve over points": ([APPROVE], 9.0, APPROVE),
    "hold over points that approve": ([HOLD], -9.0, HOLD),
    "hold over points that reject": ([HOLD], 9.0, HOLD),
    "reject over points": ([REJECT], -9.0, REJECT),
    "hold over approve": ([APPROVE, HOLD], -9.0, HOLD),
    "reject over approve": ([APPROVE, REJECT], -9.0, REJECT),
    "reject over hold": ([HOLD, REJECT], -9.0, REJECT),
    "reject over all": ([APPROVE, HOLD, REJECT, None], -9.0, REJECT),
    "none leaves it to the points": ([None, None], -9.0, APPROVE),
}


@pytest.mark.parametrize(("demands", "points", "action"), DEMANDS.values(), ids=DEMANDS.keys())
def test_the_strictest_demand_counts(demands: list[Action | None], points: float, action: Action) -> None:
    found = [Finding("rule", 0, "", one) for one in demands] + [Finding("model", points, "")]
    for order in itertools.permutations(found):
        assert decide(order, BANDS).action is action


def test_a_rejection_by_points_is_answered_with_49() -> None:
    assert decide([Finding("model", 9.0, "")], BANDS).fault is FaultCode.ACCESS_DENIED


FAULTS = {
    "no fault named": ([None], FaultCode.ACCESS_DENIED),
    "the one that is named": ([FaultCode.NO_LINK], FaultCode.NO_LINK),
    "a missing source before a missing link": ([FaultCode.NO_LINK, FaultCode.SOURCE_MISSING], FaultCode.SOURCE_MISSING),
    "a missing link before a closed post": ([FaultCode.TARGET_UNUSABLE, FaultCode.NO_LINK], FaultCode.NO_LINK),
    "a closed post before a denial": ([FaultCode.ACCESS_DENIED, FaultCode.TARGET_UNUSABLE], FaultCode.TARGET_UNUSABLE),
    "a denial before none": ([None, FaultCode.ACCESS_DENIED], FaultCode.ACCESS_DENIED),
}


@pytest.mark.parametrize(("faults", "told"), FAULTS.values(), ids=FAULTS.keys())
def test_the_fault_that_tells_most_is_told(faults: list[FaultCode | None], told: FaultCode) -> None:
    found = [Finding("rule", 0, "", REJECT, fault) for fault in faults]
    for order in itertools.permutations(found):
        assert decide(order, BANDS).fault is told


def test_a_fault_counts_only_where_it_is_why() -> None:
    held = Finding("held", 0, "", HOLD, FaultCode.NO_LINK)
    assert decide([held], BANDS).fault is None
    assert decide([held, Finding("denied", 0, "", REJECT)], BANDS).fault is FaultCode.ACCESS_DENIED


def test_the_weightiest_finding_stands_first_and_the_opinion_is_kept() -> None:
    found = [Finding("b", 1.0, ""), Finding("a", 1.0, ""), Finding("c", -3.0, "")]
    verdict = decide(found, BANDS, 0.25)
    assert [finding.rule for finding in verdict.findings] == ["c", "a", "b"]
    assert (verdict.points, verdict.spam_probability) == (-1.0, 0.25)


@pytest.mark.parametrize("bands", [(1.0, 0.0), (math.nan, 1.0), (0.0, math.nan)])
def test_bands_that_cross_are_refused(bands: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="approve_below must not be above reject_from"):
        Bands(*bands)


FINDINGS = st.builds(
    Finding,
    rule=st.sampled_from(["a", "b"]),
    points=st.sampled_from([0.0, 0.1, -0.1, 0.2, -0.3, 1e16, -1e16]),
    text=st.sampled_from(["x", "y"]),
    demands=st.none() | st.sampled_from(list(Action)),
    fault=st.none() | st.sampled_from(list(FaultCode)),
)


@settings(max_examples=400, deadline=None, derandomize=True, database=None)
@given(st.lists(FINDINGS, max_size=8).flatmap(lambda found: st.tuples(st.just(found), st.permutations(found))))
def test_the_order_of_findings_never_matters(both: tuple[list[Finding], list[Finding]]) -> None:
    assert decide(both[0], BANDS) == decide(both[1], BANDS)
