"""From findings to a verdict: points are added, bands over the sum say what follows.

A finding may demand an action outright. Of several demands the strictest counts (reject, hold, approve), so that no
allow rule can let through what was not verified. Findings are sorted; their order never matters.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from proxy.errors import FaultCode
from proxy.ping import Action, Finding, Verdict

_STRICTEST_FIRST = (Action.REJECT, Action.HOLD, Action.APPROVE)
# Faults that tell an honest sender the most come first.
_FAULTS_FIRST = (
    FaultCode.SOURCE_MISSING,
    FaultCode.NO_LINK,
    FaultCode.TARGET_UNUSABLE,
    FaultCode.ACCESS_DENIED,
)


@dataclass(frozen=True, slots=True)
class Bands:
    """Thresholds over the sum of points: below `approve_below` approve, from `reject_from` on reject, else hold."""

    approve_below: float = -1.0
    reject_from: float = 4.0

    def __post_init__(self) -> None:
        if not self.approve_below <= self.reject_from:
            raise ValueError("approve_below must not be above reject_from")


def decide(findings: Iterable[Finding], bands: Bands, spam_probability: float | None = None) -> Verdict:
    """Return the verdict that follows from *findings*."""
    ordered = tuple(sorted(findings, key=_place))
    points = sum(finding.points for finding in ordered)
    demanded = {finding.demands for finding in ordered}
    action = next((action for action in _STRICTEST_FIRST if action in demanded), None) or _band(points, bands)
    fault = _fault(ordered) if action is Action.REJECT else None
    return Verdict(action, points, ordered, fault, spam_probability)


def _place(finding: Finding) -> tuple[float, float, str, str, str, int]:
    """The weightiest first; the rest makes the order complete, so that it is the same however findings came in."""
    fault = finding.fault if finding.fault is not None else -1
    return -abs(finding.points), finding.points, finding.rule, finding.text, finding.demands or "", fault


def _band(points: float, bands: Bands) -> Action:
    if points >= bands.reject_from:
        return Action.REJECT
    return Action.APPROVE if points < bands.approve_below else Action.HOLD


def _fault(findings: Iterable[Finding]) -> FaultCode:
    named = {finding.fault for finding in findings if finding.demands is Action.REJECT}
    return next((fault for fault in _FAULTS_FIRST if fault in named), FaultCode.ACCESS_DENIED)
