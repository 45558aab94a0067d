"""Judging a newcomer: a candidate takes the current model's place only if it is not worse on labels neither has seen.

The test, stated: the difference of the mean log-loss (candidate minus current, in nats, each class weighing half) is
drawn again 1,000 times by whole groups. The candidate is refused when 90 % of the draws lie above 0, when the
difference itself is above 0.02, or when it rejects honest samples that the current one let be, and at least four more
of them than the other way round with a chance below 5 % (sign test).
"""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from math import comb
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from model.figures import Floats, Interval
from model.groups import numbers_of
from model.sample import Label, Sample
from model.scorer import Scorer
from model.stored import Chosen
from model.train import spam_of

MIN_UNSEEN: Final = 3  # of either class; with fewer nothing can be said
_WORST_MEAN: Final = 0.02
_CLEARLY: Final = 0.05
_CLIP: Final = 12.0  # log-odds; beyond it a mistake does not get worse


@dataclass(frozen=True, slots=True)
class Scored:
    """The log-odds that a model gave to each of some samples, and above which of them it rejects."""

    odds: Floats
    reject_above: float

    @classmethod
    def by(cls, scorer: Scorer, samples: Sequence[Sample]) -> "Scored":
        """What `scorer` gives them."""
        odds = np.fromiter(map(scorer.log_odds, samples), dtype=np.float64)
        return cls(odds, scorer.card.thresholds.reject_above)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Whether the candidate may take over, why in one sentence, and the figures it was decided by."""

    promote: bool
    why: str
    loss_difference: Interval
    candidate_loss: float
    current_loss: float
    newly_rejected: int
    no_longer_rejected: int
    samples: int

    def to_json(self) -> dict[str, Any]:
        """For the candidate's card."""
        return {
            "promote": self.promote,
            "why": self.why,
            "loss_difference": self.loss_difference.to_json(),
            "candidate_loss": round(self.candidate_loss, 5),
            "current_loss": round(self.current_loss, 5),
            "honest_newly_rejected": self.newly_rejected,
            "honest_no_longer_rejected": self.no_longer_rejected,
            "samples": self.samples,
        }


def split_by_time(samples: Sequence[Sample], newest: float = 0.25) -> tuple[Chosen[Sample], Chosen[Sample]]:
    """Older samples to learn from and, of either class, about that share of the newest to judge by; of a group that is
    in both, the newest samples are left out of the second part, so that none is judged by what it was learnt with.

    Each class by itself, since their times may have nothing in common: WordPress keeps honest comments for ever, and
    its spam is emptied after days. What was said of all together would be learnt without any spam.
    """
    older, newer = array("q"), array("q")
    dated: dict[Label, list[tuple[str, int]]] = {Label.HAM: [], Label.SPAM: []}
    for place, sample in enumerate(samples):
        if sample.label is not None:
            dated[sample.label].append((sample.date or "", place))
    for ordered in map(sorted, dated.values()):
        cut = round(len(ordered) * (1 - newest))
        older.extend(place for _, place in ordered[:cut])
        newer.extend(place for _, place in ordered[cut:])
    groups = numbers_of(samples)
    learnt = np.zeros(len(groups), dtype=np.bool_)
    learnt[groups[older]] = True
    return Chosen(samples, older), Chosen(samples, (place for place in newer if not learnt[groups[place]]))


def compare(current: Scorer, candidate: Scorer, unseen: Sequence[Sample], seed: int = 0) -> Comparison:
    """Both models on labelled samples that neither learnt from. Never raises: what cannot be judged is refused."""
    return compare_scored(Scored.by(current, unseen), Scored.by(candidate, unseen), unseen, seed)


def compare_scored(current: Scored, candidate: Scored, labelled: Sequence[Sample], seed: int = 0) -> Comparison:
    """The same by what both gave to these samples, all of which have labels."""
    spam = spam_of(labelled)
    if min(spam.sum(), (1 - spam).sum()) < MIN_UNSEEN:
        counts = f"{int(spam.sum())} spam and {int((1 - spam).sum())} ham"
        why = f"{counts} that neither model has seen are too few to judge by"
        return Comparison(False, why, Interval(0, 0, 0), 0, 0, 0, 0, len(labelled))
    before, after = (_losses(scored.odds, spam) for scored in (current, candidate))
    half = np.where(spam == 1, 0.5 / spam.sum(), 0.5 / (1 - spam).sum())
    difference = _interval(after - before, spam, numbers_of(labelled), seed)
    newly, no_longer = _rejections(current, candidate, spam == 0)
    why = _objection(difference, newly, no_longer)
    return Comparison(
        promote=not why,
        why=why or "it is not worse on labels that neither model has seen",
        loss_difference=difference,
        candidate_loss=float(after @ half),
        current_loss=float(before @ half),
        newly_rejected=newly,
        no_longer_rejected=no_longer,
        samples=len(labelled),
    )


def _objection(difference: Interval, newly: int, no_longer: int) -> str:
    if difference.low > 0:
        return f"it is worse: its log-loss is higher by {difference.value:.4f}, surely above 0"
    if difference.value > _WORST_MEAN:
        return f"its log-loss is higher by {difference.value:.4f}, more than {_WORST_MEAN}"
    if newly - no_longer >= 4 and _sign_test(newly, no_longer) < _CLEARLY:
        return f"it rejects {newly} honest linkbacks that the current model does not"
    return ""


def _losses(log_odds: Floats, spam: Floats) -> Floats:
    odds = np.clip(log_odds, -_CLIP, _CLIP)
    return np.asarray(np.logaddexp(0, odds) - spam * odds, dtype=np.float64)


def _interval(differences: Floats, spam: Floats, numbers: NDArray[np.int64], seed: int) -> Interval:
    """The balanced mean difference with its 80 % interval: 90 % of the draws lie above its lower end."""
    count = int(numbers.max()) + 1
    sums = [np.bincount(numbers, differences * (spam == label), count) for label in (0, 1)]
    sizes = [np.bincount(numbers, spam == label, count) for label in (0, 1)]
    dice = np.random.default_rng(seed)

    def mean(rows: NDArray[np.int64]) -> float:
        return float(sum(0.5 * total[rows].sum() / size[rows].sum() for total, size in zip(sums, sizes, strict=True)))

    draws = (dice.integers(0, count, count) for _ in range(1000))
    means = [mean(drawn) for drawn in draws if all(size[drawn].sum() for size in sizes)]
    value = mean(np.arange(count))
    low, high = np.quantile(means, [0.1, 0.9]) if means else (value, value)
    return Interval(value, float(low), float(high))


def _rejections(current: Scored, candidate: Scored, honest: NDArray[np.bool_]) -> tuple[int, int]:
    """How many honest ones only the candidate rejects, and how many only the current model does."""
    before, after = (scored.odds[honest] > scored.reject_above for scored in (current, candidate))
    return int((after & ~before).sum()), int((before & ~after).sum())


def _sign_test(more: int, less: int) -> float:
    """The chance of at least `more` heads in more + less throws of a fair coin."""
    throws = more + less
    return sum(comb(throws, heads) for heads in range(more, throws + 1)) / 2.0**throws
