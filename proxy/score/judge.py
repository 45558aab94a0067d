"""The model's opinion of a ping, as a finding.

A model that cannot be used does not stop anything: then `opinion` says so and demands to hold.
"""

import logging
from dataclasses import dataclass, fields, replace

from model.sample import Kind as SampleKind
from model.sample import PageEvidence, Sample
from model.scorer import Score, Scorer
from proxy.decide import Bands
from proxy.ping import Action, Evidence, Finding, Kind, Linkback, Sender
from proxy.policy import Policy
from proxy.score.shelf import Shelf

_log = logging.getLogger("pingwarden.score")
# Without a model no sum of points is enough: what no rule demands is held.
UNSURE = Bands(float("-inf"), float("inf"))
_WORDS_SHOWN = 4
_SHOWN = tuple(field.name for field in fields(PageEvidence))  # what the model reads of a page


@dataclass(frozen=True, slots=True)
class Opinion:
    """The finding of the model, and the probability behind it (None without a model)."""

    finding: Finding
    spam_probability: float | None


@dataclass(frozen=True, slots=True)
class Judge:
    """The model in force with its thresholds, or the sentence that says why there is none."""

    scorer: Scorer | None
    bands: Bands
    trouble: str = ""
    stamp: tuple[int, int] | None = None  # of the shelf as it was when this was taken from it

    @property
    def model_id(self) -> str | None:
        """The id of the model, None without one."""
        return None if self.scorer is None else self.scorer.card.model_id

    def bands_for(self, policy: Policy) -> Bands:
        """Return the thresholds with those that a site's *policy* names. Without a model none of them counts."""
        if self.bands == UNSURE:
            return UNSURE
        reject_from = self.bands.reject_from if policy.reject_above is None else policy.reject_above
        approve_below = self.bands.approve_below if policy.approve_below is None else policy.approve_below
        return Bands(min(approve_below, reject_from), reject_from)

    def score(self, sample: Sample) -> Score | None:
        """Return the model's score of *sample*, None without a model."""
        return None if self.scorer is None else self.scorer.score(sample)

    def opinion(self, linkback: Linkback, evidence: Evidence | None, sender: Sender) -> Opinion:
        """Return what the model says of a ping, in log-odds, with the words that spoke most."""
        try:
            score = self.score(sample_of(linkback, evidence, sender))
        except Exception:  # noqa: BLE001 - promise 6: a model that fails holds, whatever failed in it
            _log.exception("the model failed on %s", linkback.source_url)
            text = "the model failed on this one, so a person has to decide"
            return Opinion(Finding("no-model", 0, text, Action.HOLD), None)
        if score is None:
            return Opinion(Finding("no-model", 0, "there is no model to judge the text with"), None)
        return Opinion(Finding("model", score.log_odds, _words(score)), score.probability)


def open_judge(shelf: Shelf) -> Judge:
    """Return the judge with the model in force, else the shipped one, else none; trouble says what was wrong."""
    stamp = shelf.stamp()
    scorer, trouble = shelf.load()
    if scorer is None:
        return Judge(None, UNSURE, trouble, stamp)
    return replace(judge_of(scorer), trouble=trouble, stamp=stamp)


def judge_of(scorer: Scorer) -> Judge:
    """Return the judge with this model and its thresholds."""
    limits = scorer.card.thresholds
    return Judge(scorer, Bands(limits.approve_below, limits.reject_above))


def sample_of(linkback: Linkback, evidence: Evidence | None, sender: Sender) -> Sample:
    """Return a ping as the model reads it: a pingback brings no texts of its own, its page has them."""
    page = None if evidence is None else PageEvidence(*(getattr(evidence, name) for name in _SHOWN))
    told = evidence if linkback.kind is Kind.PINGBACK and evidence else linkback
    return Sample(
        url=linkback.source_url,
        kind=SampleKind(linkback.kind.value),
        title=told.title or None,
        excerpt=told.excerpt or None,
        blog_name=linkback.blog_name or None,
        ip=sender.remote_ip,
        evidence=page,
    )


def _words(score: Score) -> str:
    told = sorted(score.reasons, key=lambda reason: -abs(reason.points))[:_WORDS_SHOWN]
    spoke = "; ".join(f"{reason.text} ({reason.points:+.1f})" for reason in told)
    return f"the model gives a spam probability of {score.probability:.0%}: {spoke}"
