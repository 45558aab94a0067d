"""What another model or other thresholds would have changed: past linkbacks decided again from what was recorded.

The points of the rules stay as they were found; the model's opinion is asked anew where it was asked then. What a
person decided since does not count: the verdict is compared with the one that Pingwarden gave, and a row tells the
person's label beside it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from proxy.decide import Bands, decide
from proxy.ping import MACHINE, Action, Label, Ping, State
from proxy.policy import Policy
from proxy.score.judge import Judge

_MODEL_SPOKE = frozenset({"model", "no-model"})
_WAS = {
    State.HELD: Action.HOLD,
    State.REJECTED: Action.REJECT,
    State.APPROVED: Action.APPROVE,
    State.DELIVERED: Action.APPROVE,
    State.REFUSED: Action.APPROVE,
    State.FAILED: Action.APPROVE,
}


@dataclass(frozen=True, slots=True)
class Row:
    """A linkback as it was judged and as it would be; `label` is what a person says of it."""

    ping_id: str
    site: str
    source_url: str
    before: Action
    after: Action
    points_before: float
    points_after: float
    label: Label | None

    @property
    def changed(self) -> bool:
        """True when it would have gone another way."""
        return self.before is not self.after

    def to_json(self) -> dict[str, Any]:
        """Return it as a line of JSON."""
        return {
            "id": self.ping_id,
            "site": self.site,
            "source_url": self.source_url,
            "from": self.before.value,
            "to": self.after.value,
            "points_from": round(self.points_before, 4),
            "points_to": round(self.points_after, 4),
            "label": None if self.label is None else self.label.value,
        }


@dataclass(frozen=True, slots=True)
class Candidate:
    """What is tried: a model with its thresholds (those a site's policy names count), or other thresholds instead."""

    present: Judge
    judge: Judge
    approve_below: float | None = None
    reject_above: float | None = None

    def bands(self, policy: Policy) -> Bands:
        """Return the thresholds for a site."""
        own = self.judge.bands_for(policy)
        reject = own.reject_from if self.reject_above is None else self.reject_above
        approve = own.approve_below if self.approve_below is None else self.approve_below
        return Bands(min(approve, reject), reject)


def backtest(candidate: Candidate, past: Iterable[Ping], policies: Mapping[str, Policy]) -> Iterator[Row]:
    """Yield a row for every judged linkback of a known site, in the order of *past*."""
    for ping in past:
        policy = policies.get(ping.site)
        if policy is None or ping.verdict is None:
            continue
        before = _before(ping, candidate.present.bands_for(policy))
        findings = tuple(one for one in ping.verdict.findings if one.rule not in _MODEL_SPOKE)
        if len(findings) < len(ping.verdict.findings):  # it was asked
            findings += (candidate.judge.opinion(ping.linkback, ping.evidence, ping.sender).finding,)
        after = decide(findings, candidate.bands(policy))
        yield Row(
            ping.id,
            ping.site,
            ping.linkback.source_url,
            before,
            after.action,
            ping.verdict.points,
            after.points,
            ping.label,
        )


def _before(ping: Ping, bands: Bands) -> Action:
    """The recorded state tells our own verdict unless a person decided since, or it was only observed."""
    ours = ping.decided_by in {None, MACHINE}
    known = _WAS.get(ping.state) if ours else None
    return known or decide(ping.verdict.findings if ping.verdict else (), bands).action
