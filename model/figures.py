"""Figures over labelled scores: areas, recall at a false-positive rate, calibration, thresholds, with intervals.

`spam` is 1 for spam and 0 for honest; scores may be any numbers that rise with suspicion.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure and the ends of its 95 % interval."""

    value: float
    low: float
    high: float

    def to_json(self) -> dict[str, float]:
        """Rounded to five digits, since more is noise."""
        return {"value": round(self.value, 5), "low": round(self.low, 5), "high": round(self.high, 5)}


Figure = Callable[[Floats, Floats], float]


def roc_auc(spam: Floats, scores: Floats) -> float:
    """The chance that a spam scores above an honest one (ties count half); nan when a class is missing."""
    ham_scores = np.sort(scores[spam == 0])
    spam_scores = scores[spam == 1]
    if not len(ham_scores) or not len(spam_scores):
        return float("nan")
    below = np.searchsorted(ham_scores, spam_scores, "left")
    upto = np.searchsorted(ham_scores, spam_scores, "right")
    return float((below + upto).mean() / (2 * len(ham_scores)))


def threshold_at(spam: Floats, scores: Floats, false_positive_rate: float) -> float:
    """The lowest score above which at most that share of the honest ones lies; everything above it is refused."""
    ham = np.sort(scores[spam == 0])[::-1]
    if not len(ham):
        return float("inf")
    allowed = int(np.floor(false_positive_rate * len(ham) + 1e-9))
    return float(ham[allowed]) if allowed < len(ham) else float("-inf")


def recall_at(spam: Floats, scores: Floats, false_positive_rate: float) -> float:
    """The share of spam that is found when at most that share of honest ones is refused."""
    found = scores[spam == 1] > threshold_at(spam, scores, false_positive_rate)
    return float(found.mean()) if len(found) else float("nan")


def brier(spam: Floats, probabilities: Floats) -> float:
    """The mean squared error of probabilities."""
    return float(np.mean((probabilities - spam) ** 2))


def average_precision(spam: Floats, scores: Floats) -> float:
    """The area under the precision-recall curve."""
    order = np.argsort(-scores, kind="stable")
    hits = spam[order]
    if not hits.sum():
        return float("nan")
    precision = np.cumsum(hits) / np.arange(1, len(hits) + 1)
    return float((precision * hits).sum() / hits.sum())


def share_interval(hits: int, total: int) -> Interval:
    """A share with its Wilson interval; of nothing the share is 0 and unknown."""
    if not total:
        return Interval(0.0, 0.0, 1.0)
    z = 1.959964
    share = hits / total
    middle = (share + z * z / (2 * total)) / (1 + z * z / total)
    half = z * np.sqrt(share * (1 - share) / total + z * z / (4 * total * total)) / (1 + z * z / total)
    return Interval(share, max(0.0, float(middle - half)), min(1.0, float(middle + half)))


def bootstrap(
    figure: Figure,
    spam: Floats,
    scores: Floats,
    groups: Sequence[str] | NDArray[np.int64],
    draws: int = 200,
    seed: int = 0,
) -> Interval:
    """A figure with its interval from drawing whole groups again, since rows of one campaign rise and fall together."""
    _, numbers = np.unique(np.asarray(groups), return_inverse=True)
    order = np.argsort(numbers, kind="stable")
    members = np.split(order, np.flatnonzero(np.diff(numbers[order])) + 1)
    dice = np.random.default_rng(seed)
    values = []
    for _ in range(draws):
        drawn = np.concatenate([members[i] for i in dice.integers(0, len(members), len(members))])
        values.append(figure(spam[drawn], scores[drawn]))
    low, high = np.nanquantile(values, [0.025, 0.975]) if not np.all(np.isnan(values)) else (np.nan, np.nan)
    return Interval(figure(spam, scores), float(low), float(high))
