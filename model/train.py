"""Training: samples in, weights and the figures that they reached on samples they had not seen out.

Each row is learnt with and without its evidence and in a few variants (`augment`). Scores for calibration and
thresholds are out of fold, by content alone, since what the page showed only makes a score surer; folds are whole
groups. Calibration is Platt's, one straight line over the margins, so that it can be folded into
the weights. Everything is drawn from `Settings.seed`: the same rows and settings give the same weights.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np

from model.augment import HonestWords, variants
from model.errors import ModelError, TooFewLabels
from model.figures import Floats
from model.fold import unicode_confusables
from model.groups import folds_of, numbers_of
from model.matrix import Columns, Indices, Selected, known_words, rows_of, select, sign_columns_of
from model.sample import Label, Sample
from model.weights import Block, Weights

MIN_EACH: Final = 10  # of either class; below that there is nothing to learn
Progress = Callable[[str, float], None]
"""Told what is going on and how much of it is done (0 to 1)."""


def silent(_what: str, _done: float) -> None:
    """Progress for nobody."""


@dataclass(frozen=True, slots=True)
class Settings:
    """`strength` is the inverse of the pull towards zero (smaller: simpler), `variants` forms per row besides itself,
    `folds` for the out-of-fold scores, `jobs` processes for them."""

    strength: float = 0.25
    variants: int = 1
    folds: int = 4
    seed: int = 20
    jobs: int = 1


@dataclass(frozen=True, slots=True)
class Fitted:
    """A straight line in the kept columns: margins are amounts · weights + intercept."""

    kept: Indices
    weights: Floats
    rarity: Floats
    intercept: float

    def margins(self, matrix: Any) -> Floats:
        """One margin per row."""
        return np.asarray(matrix[:, self.kept] @ self.weights + self.intercept, dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Trained:
    """What came out: calibrated `weights`, the samples that were learnt from and, for each, the calibrated log-odds
    that a model which had not seen its group gave it."""

    weights: Weights
    samples: Sequence[Sample]
    out_of_fold: Floats
    settings: Settings
    columns: Mapping[str, int] = field(default_factory=dict)

    @property
    def spam(self) -> Floats:
        """1 for spam, 0 for honest, in the samples' order."""
        return spam_of(self.samples)


def spam_of(samples: Sequence[Sample]) -> Floats:
    """1 for spam, 0 for honest, for each sample."""
    return np.array([1.0 if sample.label is Label.SPAM else 0.0 for sample in samples])


def check_enough(samples: Sequence[Sample], needed: int = MIN_EACH) -> None:
    """Raises TooFewLabels unless there are `needed` of each class."""
    found = Counter(sample.label for sample in samples)
    if min(found[Label.SPAM], found[Label.HAM]) < needed:
        raise TooFewLabels(found[Label.SPAM], found[Label.HAM], needed)


def train(samples: Sequence[Sample], settings: Settings = Settings(), progress: Progress = silent) -> Trained:
    """Weights learnt from the labelled ones of `samples`. Raises TooFewLabels with fewer than ten of a class,
    ModelError when a class is of one group alone."""
    labelled = tuple(sample for sample in samples if sample.label is not None)
    check_enough(labelled)
    table = unicode_confusables()
    prepared = _prepare(labelled, table, settings, progress)
    margins = _out_of_fold(prepared, settings, progress)
    slope, offset = platt(margins, spam_of(labelled), prepared.balance[: len(labelled)])
    progress("learning from all", 0.0)
    fitted = fit(prepared.matrix, prepared.spam, prepared.weight, prepared.groups, prepared.signs, settings.strength)
    weights = _compiled(fitted, prepared.columns, slope, offset, table)
    counts = {name: len(block.tokens) for name, block in weights.blocks.items()}
    progress("learning from all", 1.0)
    return Trained(weights, labelled, slope * margins + offset, settings, counts)


@dataclass(frozen=True, slots=True)
class _Prepared:
    """Rows of all samples first, as they are without evidence, then with the evidence that they have, then of their
    variants; `owner` says whose form a row is."""

    matrix: Any
    spam: Floats
    weight: Floats
    balance: Floats
    groups: Indices
    owner: Indices
    folds: Indices
    signs: Any
    columns: Columns


def _prepare(
    samples: tuple[Sample, ...], table: Mapping[str, str], settings: Settings, progress: Progress
) -> _Prepared:
    progress("reading", 0.0)
    known = known_words(samples, table)
    columns = Columns()
    honest = HonestWords.of(samples)
    whole = rows_of(samples, columns, table, known, grow=True)
    own = rows_of([replace(sample, evidence=None) for sample in samples], columns, table, known, grow=False)
    progress("reading", 0.5)
    made = [variant for sample in samples for variant in variants(sample, honest, settings.variants, settings.seed)]
    other = rows_of(made, columns, table, known, grow=False)
    progress("reading", 1.0)
    from scipy import sparse

    each = np.arange(len(samples))
    seen = np.array([row for row, sample in enumerate(samples) if sample.evidence is not None], dtype=np.int64)
    owner = np.concatenate([each, seen, np.repeat(each, settings.variants)])
    forms = np.bincount(owner)[owner]
    spam = spam_of(samples)[owner]
    balance = len(spam) / (2 * np.where(spam == 1, spam.sum(), (1 - spam).sum()))
    return _Prepared(
        matrix=sparse.vstack([own, whole[seen], other], format="csr"),
        spam=spam,
        weight=np.array([sample.weight for sample in samples])[owner] * balance / forms,
        balance=balance,
        groups=numbers_of(samples)[owner],
        owner=owner,
        folds=np.array(folds_of(samples, settings.folds, settings.seed))[owner],
        signs=sign_columns_of(columns),
        columns=columns,
    )


def _out_of_fold(prepared: _Prepared, settings: Settings, progress: Progress) -> Floats:
    """For every sample the margin by a model that saw no row of its group."""
    count = len(set(prepared.owner.tolist()))
    margins = np.zeros(count)

    def one(number: int) -> tuple[Indices, Floats]:
        seen = prepared.folds != number
        if len(np.unique(prepared.spam[seen])) < 2:
            raise ModelError("all spam or all honest samples are of one group, which shows nothing of others")
        tested = np.flatnonzero(~seen[:count])
        fitted = fit(
            prepared.matrix[seen], prepared.spam[seen], prepared.weight[seen], prepared.groups[seen],
            prepared.signs, settings.strength,
        )  # fmt: skip
        return tested, fitted.margins(prepared.matrix[tested])

    for number, (tested, found) in enumerate(_each(one, settings)):
        margins[tested] = found
        progress("judging what was not seen", (number + 1) / settings.folds)
    return margins


def _each(one: Callable[[int], tuple[Indices, Floats]], settings: Settings) -> Any:
    if settings.jobs == 1:
        return map(one, range(settings.folds))
    import joblib

    parallel = joblib.Parallel(n_jobs=settings.jobs, return_as="generator")
    return parallel(joblib.delayed(one)(number) for number in range(settings.folds))


def fit(matrix: Any, spam: Floats, weight: Floats, groups: Indices, signs: Any, strength: float) -> Fitted:
    """Logistic regression over the columns that enough groups use, rarer ones being freer to move."""
    from sklearn.linear_model import LogisticRegression

    chosen: Selected = select(matrix, np.unique(groups, return_inverse=True)[1], signs)
    kept = matrix[:, chosen.kept]
    kept = kept.multiply(chosen.rarity[np.newaxis, :].astype(np.float32)).tocsr()
    learner = LogisticRegression(C=strength, max_iter=300, tol=1e-5)
    learner.fit(kept, spam, sample_weight=weight)
    coefficients = np.asarray(learner.coef_[0], dtype=np.float64) * chosen.rarity
    return Fitted(chosen.kept, coefficients, chosen.rarity, float(learner.intercept_[0]))


def platt(margins: Floats, spam: Floats, weight: Floats | None = None) -> tuple[float, float]:
    """Slope and offset of the straight line from margins to log-odds (Platt, with his smoothed targets)."""
    from scipy.optimize import minimize

    positive, negative = spam.sum(), (1 - spam).sum()
    target = np.where(spam == 1, (positive + 1) / (positive + 2), 1 / (negative + 2))
    each = np.ones_like(margins) if weight is None else weight

    def loss(line: Floats) -> tuple[float, Floats]:
        odds = line[0] * margins + line[1]
        probability = 1 / (1 + np.exp(-np.clip(odds, -500, 500)))
        error = each * (probability - target)
        value = float((each * (np.logaddexp(0, odds) - target * odds)).sum())
        return value, np.array([(error * margins).sum(), error.sum()])

    found = minimize(loss, np.array([1.0, 0.0]), jac=True, method="L-BFGS-B")
    slope, offset = (float(number) for number in found.x)
    return (slope, offset) if slope > 0 else (1.0, 0.0)  # a falling line would turn every verdict round


def _compiled(fitted: Fitted, columns: Columns, slope: float, offset: float, table: Mapping[str, str]) -> Weights:
    """Calibrated weights by block, rounded to single precision, tokens in order."""
    names = columns.names()
    found: dict[str, list[tuple[str, float, float]]] = {}
    rounded = (slope * fitted.weights).astype(np.float32)
    for column, weight, rarity in zip(fitted.kept.tolist(), rounded, fitted.rarity.astype(np.float32), strict=True):
        block, token = names[column]
        found.setdefault(block, []).append((token, float(weight), float(rarity)))
    blocks = {}
    for block, entries in sorted(found.items()):
        entries.sort()
        tokens, weights, rarities = zip(*entries, strict=True)
        blocks[block] = Block(tokens, weights, rarities)
    return Weights(blocks, slope * fitted.intercept + offset, dict(table))
