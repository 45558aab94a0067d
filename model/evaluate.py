"""How well a model does on labelled samples: figures with intervals, curves, costs, parts, evasions, worst mistakes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np

from model.card import Thresholds
from model.errors import TooFewLabels
from model.evasions import EVASIONS, evade
from model.features.scripts import language_of, script_of
from model.figures import Floats, Interval, average_precision, bootstrap, brier, recall_at, roc_auc
from model.groups import folds_of, numbers_of
from model.sample import Sample
from model.scorer import Reason, Scorer
from model.stored import Chosen
from model.thresholds import cost_of
from model.train import Progress, silent, spam_of
from model.view import read_text

BLANKED: Final = "blog name blanked"
WORST: Final = 10
_CURVE_POINTS: Final = 120
_BINS: Final = 10
_MIN_PART: Final = 10  # samples; smaller parts tell nothing

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of one set of samples; recalls are at a share of honest ones refused."""

    spam: int
    ham: int
    roc_auc: Interval
    average_precision: Interval
    recall_at_half_percent: Interval
    recall_at_tenth_percent: Interval
    brier: Interval


@dataclass(frozen=True, slots=True)
class ThresholdCost:
    """What a pair of thresholds would do, per 1,000 of each class."""

    thresholds: Thresholds
    spam_approved: float
    spam_held: float
    spam_rejected: float
    honest_held: float
    honest_rejected: float


@dataclass(frozen=True, slots=True)
class Mistake:
    """A sample on the wrong side, its log-odds and what spoke most."""

    sample: Sample
    log_odds: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Everything that `evaluate` found. Curves are points from 0 to 1; `calibration` is (said, true, samples)."""

    overall: Figures
    parts: Mapping[str, Figures]
    evasions: Mapping[str, Figures]
    roc: tuple[Point, ...]
    precision_recall: tuple[Point, ...]
    calibration: tuple[tuple[float, float, int], ...]
    costs: tuple[ThresholdCost, ...]
    mistakes: tuple[Mistake, ...]
    learning: tuple[tuple[int, float], ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Builtins only."""
        data = asdict(self)
        data["mistakes"] = [
            {"sample": mistake.sample.to_json(), "log_odds": mistake.log_odds}
            | {"reasons": [reason._asdict() for reason in mistake.reasons]}
            for mistake in self.mistakes
        ]
        return data


def evaluate(scorer: Scorer, samples: Sequence[Sample], progress: Progress = silent) -> Evaluation:
    """What `scorer` does on the labelled ones of `samples`. Raises TooFewLabels unless there are both classes."""
    labelled = [sample for sample in samples if sample.label is not None]
    spam = spam_of(labelled)
    if not 0 < spam.sum() < len(spam):
        raise TooFewLabels(int(spam.sum()), int((1 - spam).sum()), 1)
    odds = _scores(scorer, labelled)
    progress("scoring", 1.0)
    evasions = {}
    for number, name in enumerate(EVASIONS):
        evasions[name] = _under(name, scorer, labelled, spam, odds)
        progress("evading", (number + 1) / len(EVASIONS))
    return Evaluation(
        overall=figures(labelled, spam, odds),
        parts=_parts(labelled, spam, odds),
        evasions=evasions,
        roc=_roc(spam, odds),
        precision_recall=_precision_recall(spam, odds),
        calibration=_calibration(spam, odds),
        costs=_costs(spam, odds, scorer.card.thresholds),
        mistakes=_mistakes(scorer, labelled, spam, odds),
    )


def figures(samples: Sequence[Sample], spam: Floats, odds: Floats) -> Figures:
    """The figures for samples with these log-odds, intervals by drawing whole groups again."""
    groups = numbers_of(samples)
    probability = 1 / (1 + np.exp(-np.clip(odds, -500, 500)))

    def drawn(figure: Callable[[Floats, Floats], float], scores: Floats) -> Interval:
        return bootstrap(figure, spam, scores, groups, draws=100)

    return Figures(
        spam=int(spam.sum()),
        ham=int((1 - spam).sum()),
        roc_auc=drawn(roc_auc, odds),
        average_precision=drawn(average_precision, odds),
        recall_at_half_percent=drawn(lambda truth, scores: recall_at(truth, scores, 0.005), odds),
        recall_at_tenth_percent=drawn(lambda truth, scores: recall_at(truth, scores, 0.001), odds),
        brier=drawn(brier, probability),
    )


def learning_curve(
    learn: Callable[[Sequence[Sample]], Scorer],
    samples: Sequence[Sample],
    sizes: Sequence[int] = (20, 50, 100, 200, 500),
    progress: Progress = silent,
) -> tuple[tuple[int, float], ...]:
    """Recall at 0.5 % on every fourth group after learning from the first so many of the others; sizes that are too
    large, or too small for `learn`, are left out."""
    folds = folds_of(samples, 4, seed=1)
    tested = Chosen(samples, (row for row, fold in enumerate(folds) if fold == 0))
    pool = Chosen(samples, (row for row, fold in enumerate(folds) if fold))
    order = np.random.default_rng(1).permutation(len(pool))
    points = []
    for number, size in enumerate(size for size in sizes if size <= len(pool)):
        try:
            scorer = learn([pool[row] for row in order[:size]])
        except TooFewLabels:
            continue
        points.append((size, recall_at(spam_of(tested), _scores(scorer, tested), 0.005)))
        progress("learning curve", (number + 1) / len(sizes))
    return tuple(points)


def _scores(scorer: Scorer, samples: Sequence[Sample]) -> Floats:
    return np.fromiter(map(scorer.log_odds, samples), dtype=np.float64)


def _under(name: str, scorer: Scorer, samples: Sequence[Sample], spam: Floats, odds: Floats) -> Figures:
    """An evasion changes spam alone; a blanked name happens to everybody."""
    changed = np.array(odds)
    for row, sample in enumerate(samples):
        if spam[row] or name == BLANKED:
            changed[row] = scorer.log_odds(evade(name, sample))
    return figures(samples, spam, changed)


def _parts(samples: Sequence[Sample], spam: Floats, odds: Floats) -> dict[str, Figures]:
    """By kind, and by script or language of the texts, where there are enough of both classes."""
    rows: dict[str, list[int]] = {}
    for row, sample in enumerate(samples):
        rows.setdefault(f"kind {sample.kind.value}", []).append(row)
        rows.setdefault(_language(sample), []).append(row)
    found = {}
    for name, members in sorted(rows.items()):
        if name and min(spam[members].sum(), (1 - spam[members]).sum()) >= _MIN_PART:
            found[name] = figures([samples[row] for row in members], spam[members], odds[members])
    return found


def _language(sample: Sample) -> str:
    text = read_text(f"{sample.title or ''} {sample.excerpt or ''}", {})
    script = script_of(text)
    language = language_of(text) if script == "latin" else ""
    return f"language {language}" if language else f"script {script}" if script else ""


def _roc(spam: Floats, odds: Floats) -> tuple[Point, ...]:
    order = np.argsort(-odds, kind="stable")
    found = np.cumsum(spam[order]) / spam.sum()
    refused = np.cumsum(1 - spam[order]) / (1 - spam).sum()
    return ((0.0, 0.0), *_thinned(refused, found))


def _precision_recall(spam: Floats, odds: Floats) -> tuple[Point, ...]:
    order = np.argsort(-odds, kind="stable")
    hits = np.cumsum(spam[order])
    return _thinned(hits / spam.sum(), hits / np.arange(1, len(hits) + 1))


def _thinned(across: Floats, up: Floats) -> tuple[Point, ...]:
    chosen = np.unique(np.linspace(0, len(across) - 1, _CURVE_POINTS).astype(int))
    return tuple((float(across[row]), float(up[row])) for row in chosen)


def _calibration(spam: Floats, odds: Floats) -> tuple[tuple[float, float, int], ...]:
    said = 1 / (1 + np.exp(-np.clip(odds, -500, 500)))
    bins = np.minimum((said * _BINS).astype(int), _BINS - 1)
    return tuple(
        (float(said[bins == number].mean()), float(spam[bins == number].mean()), int((bins == number).sum()))
        for number in range(_BINS)
        if (bins == number).any()
    )


def _costs(spam: Floats, odds: Floats, own: Thresholds) -> tuple[ThresholdCost, ...]:
    """The model's own thresholds first, then pairs around them."""
    ladder = [Thresholds(-reject / 2, reject) for reject in (1.0, 2.0, 3.0, 4.0, 6.0, 8.0)]
    costs = []
    for bands in (own, *ladder):
        cost = cost_of(spam, odds, bands)
        approved, rejected = cost.spam_approved.value, cost.spam_rejected.value
        costs.append(
            ThresholdCost(
                bands,
                spam_approved=1000 * approved,
                spam_held=1000 * (1 - approved - rejected),
                spam_rejected=1000 * rejected,
                honest_held=1000 * cost.honest_held.value,
                honest_rejected=1000 * cost.honest_rejected.value,
            )
        )
    return tuple(costs)


def _mistakes(scorer: Scorer, samples: Sequence[Sample], spam: Floats, odds: Floats) -> tuple[Mistake, ...]:
    """The samples furthest on the wrong side, the worst first."""
    wrong = np.where(spam == 1, -odds, odds)
    worst = [int(row) for row in np.argsort(-wrong, kind="stable")[: 2 * WORST] if wrong[row] > 0]
    return tuple(Mistake(samples[row], float(odds[row]), scorer.score(samples[row]).reasons) for row in worst)
