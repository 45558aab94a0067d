"""A site's own model: the shipped one, moved by the site's labels as far as they prove that it should be.

The shipped model's log-odds are the starting point of every sample; what is learnt are differences from its weights,
each pulled towards none. How hard they are pulled (how much a label counts) is fitted: every strength on a scale,
from not moving at all upwards, is tried on folds of whole groups, and the one that predicts unseen labels best wins.
Not moving is on the scale, so that labels which teach nothing change nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from scipy import sparse

from model.augment import HonestWords, variants
from model.card import Thresholds
from model.encode import WORDS
from model.figures import Floats
from model.groups import folds_of, group_of
from model.matrix import MIN_GROUPS, Columns, groups_with, known_words, numbered, rows_of, sign_columns_of
from model.sample import Sample
from model.scorer import Scorer
from model.thresholds import choose
from model.train import Progress, Settings, Trained, check_enough, platt, silent, spam_of
from model.weights import Block, Weights

MIN_EACH: Final = 5  # of either class; with fewer the shipped model stays as it is
STRENGTHS: Final = (0.0, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0)
MANY: Final = 500  # labels; from here on a token must be used by two groups, and weak strengths are not tried
STRENGTHS_OF_MANY: Final = (0.0, 20.0, 100.0, 400.0)
SETTINGS: Final = Settings(variants=1, folds=5)
_PRIOR_MAY_STRETCH: Final = 0.5  # standard deviation of the factor on the shipped log-odds, around 1
_ALONE: Final = 0.7  # how far a token that one group alone used may be believed, of few labels
_LEVEL_MAY_SHIFT: Final = 1.5  # standard deviation of the site's intercept, in log-odds
_FEW_ROWS: Final = 800
_OWN_THRESHOLDS: Final = 300  # honest labels from which a site's thresholds are its own


@dataclass(frozen=True, slots=True)
class SiteModel:
    """A trained model, its thresholds, and the strength (0: as shipped) that its labels earned."""

    trained: Trained
    thresholds: Thresholds
    strength: float
    losses: Mapping[float, float]


def train_site(
    shipped: Scorer, labels: Sequence[Sample], settings: Settings = SETTINGS, progress: Progress = silent
) -> SiteModel:
    """The shipped model and what `labels` add. Raises TooFewLabels with fewer than five of either class."""
    labelled = tuple(sample for sample in labels if sample.label is not None)
    check_enough(labelled, MIN_EACH)
    task = _prepare(shipped, labelled, settings)
    losses: dict[float, float] = {}
    margins: dict[float, Floats] = {}
    scale = STRENGTHS if task.count < MANY else STRENGTHS_OF_MANY
    for number, strength in enumerate(scale):
        margins[strength] = _out_of_fold(task, strength)
        losses[strength] = _loss(task.spam[: task.count], margins[strength], task.weight[: task.count])
        progress("finding out how much the labels count", (number + 1) / len(scale))
        if losses[strength] > 1.1 * min(losses.values()) and strength:
            break  # the labels are taken too literally already
    best = min(losses, key=lambda strength: losses[strength])
    learnt = _moved(task, np.ones(task.matrix.shape[0], dtype=bool), best)
    slope, offset = _gentle_platt(margins[best], spam_of(labelled))
    weights = _merged(shipped.weights, task, learnt, slope, offset)
    trained = Trained(
        weights, labelled, slope * margins[best] + offset, settings,
        {name: len(block.tokens) for name, block in weights.blocks.items()},
    )  # fmt: skip
    return SiteModel(trained, _thresholds(shipped, trained), best, losses)


@dataclass(frozen=True, slots=True)
class _Task:
    """Rows of the labels and then of their variants; `start` is the shipped model's log-odds for each row."""

    matrix: Any
    start: Floats
    spam: Floats
    weight: Floats
    folds: Any
    names: tuple[tuple[str, str], ...]
    rarity: Floats
    count: int


@dataclass(frozen=True, slots=True)
class _Moved:
    """Differences by column, the factor on the shipped log-odds, and the shift of the level."""

    differences: Floats
    factor: float
    shift: float


def _prepare(shipped: Scorer, labels: tuple[Sample, ...], settings: Settings) -> _Task:
    table = shipped.weights.confusables
    known: dict[str, set[str]] = {
        name: set(block.tokens) for name, block in shipped.weights.blocks.items() if name.endswith(WORDS)
    }
    for name, words in known_words(labels, table).items():
        known.setdefault(name, set()).update(words)
    honest = HonestWords.of(labels)
    made = [variant for sample in labels for variant in variants(sample, honest, settings.variants, settings.seed)]
    rows = (*labels, *made)
    columns = Columns()
    own = rows_of(labels, columns, table, known, grow=True)
    other = rows_of(made, columns, table, known, grow=False)
    owner = np.concatenate([np.arange(len(labels)), np.repeat(np.arange(len(labels)), settings.variants)])
    groups = groups_with(own, numbered([group_of(sample) for sample in labels]))
    rarity = _rarity(shipped.weights, columns, groups, len(labels))
    used = np.flatnonzero(rarity)
    scaled = sparse.vstack([own, other], format="csr")[:, used] @ sparse.diags(rarity[used].astype(np.float32))
    names = columns.names()
    return _Task(
        matrix=scaled.tocsr(),
        start=np.array([shipped.log_odds(sample) for sample in rows]),
        spam=spam_of(labels)[owner],
        weight=np.array([sample.weight for sample in labels])[owner] / (1 + settings.variants),
        folds=np.array(folds_of(labels, settings.folds, settings.seed))[owner],
        names=tuple(names[column] for column in used),
        rarity=rarity[used],
        count=len(labels),
    )


def _rarity(shipped: Weights, columns: Columns, groups: Floats, labels: int) -> Floats:
    """As the shipped model has it; what it never saw counts as rare as can be. 0 for what is not learnt from."""
    rarity = np.ones(columns.count)
    signs = sign_columns_of(columns)
    for name, block in shipped.blocks.items():
        numbers = columns.by_block.get(name, {})
        for token, known in zip(block.tokens, block.rarity, strict=True):
            if token in numbers:
                rarity[numbers[token]] = known
    alone = ~signs & (groups < MIN_GROUPS)
    return np.where(alone, 0.0 if labels >= MANY else _ALONE * rarity, rarity)


def _out_of_fold(task: _Task, strength: float) -> Floats:
    margins = np.array(task.start[: task.count])
    for number in np.unique(task.folds):
        seen = task.folds != number
        if not seen.any():
            continue  # one group alone shows nothing of others
        tested = np.flatnonzero(~seen[: task.count])
        learnt = _moved(task, seen, strength)
        margins[tested] = task.matrix[tested] @ learnt.differences + learnt.factor * task.start[tested] + learnt.shift
    return margins


def _moved(task: _Task, rows: Any, strength: float) -> _Moved:
    """The most probable differences, given the rows and a normal prior around the shipped weights."""
    from scipy.optimize import minimize

    if not strength:
        return _Moved(np.zeros(task.matrix.shape[1]), 1.0, 0.0)
    start, spam, weight = task.start[rows], task.spam[rows], task.weight[rows]
    matrix, back = _in_span(task.matrix[rows])
    width = matrix.shape[1]
    spread = np.sqrt(strength)
    turned = matrix.T

    def loss(free: Floats) -> tuple[float, Floats]:
        odds = (
            spread * (matrix @ free[:width])
            + (1 + _PRIOR_MAY_STRETCH * free[width]) * start
            + _LEVEL_MAY_SHIFT * free[width + 1]
        )
        error = weight * (1 / (1 + np.exp(-np.clip(odds, -500, 500))) - spam)
        value = float((weight * (np.logaddexp(0, odds) - spam * odds)).sum() + 0.5 * free @ free)
        ends = [_PRIOR_MAY_STRETCH * float(error @ start), _LEVEL_MAY_SHIFT * float(error.sum())]
        return value, np.concatenate([spread * (turned @ error), ends]) + free

    found = minimize(loss, np.zeros(width + 2), jac=True, method="L-BFGS-B", options={"maxiter": 100, "ftol": 1e-6}).x
    return _Moved(
        spread * back(found[:width]),
        max(0.05, 1 + _PRIOR_MAY_STRETCH * float(found[width])),
        _LEVEL_MAY_SHIFT * float(found[width + 1]),
    )


def _in_span(matrix: Any) -> tuple[Any, Callable[[Floats], Floats]]:
    """A few rows, seen in an orthonormal basis of their own span, and the way back from there to all columns.

    The most probable differences lie in that span (representer theorem), so that a hundred numbers are looked for and
    not thirty thousand. Many rows stay as they are: finding the basis would take longer than it saves.
    """
    if matrix.shape[0] > _FEW_ROWS:
        return matrix.tocsr(), lambda inner: inner
    values, vectors = np.linalg.eigh((matrix @ matrix.T).toarray().astype(np.float64))
    kept = values > values[-1] * 1e-12
    root = np.sqrt(values[kept])
    return vectors[:, kept] * root, lambda inner: np.asarray(matrix.T @ (vectors[:, kept] @ (inner / root)))


def _loss(spam: Floats, odds: Floats, weight: Floats) -> float:
    """Mean log-loss in nats."""
    return float(weight @ (np.logaddexp(0, odds) - spam * odds) / weight.sum())


def _gentle_platt(margins: Floats, spam: Floats) -> tuple[float, float]:
    """Platt's line, pulled towards no change by as much as fifty labels would."""
    slope, offset = platt(margins, spam)
    trust = len(spam) / (len(spam) + 50)
    return 1 + trust * (slope - 1), trust * offset


def _merged(shipped: Weights, task: _Task, learnt: _Moved, slope: float, offset: float) -> Weights:
    """Shipped weights and differences in one, calibrated."""
    merged: dict[str, dict[str, tuple[float, float]]] = {
        name: {
            token: (slope * learnt.factor * weight, rarity)
            for token, weight, rarity in zip(block.tokens, block.weights, block.rarity, strict=True)
        }
        for name, block in shipped.blocks.items()
    }
    for (name, token), difference, rarity in zip(
        task.names, learnt.differences * task.rarity, task.rarity, strict=True
    ):
        tokens = merged.setdefault(name, {})
        before = tokens.get(token, (0.0, float(np.float32(rarity))))
        if difference or before[0]:
            tokens[token] = (before[0] + slope * float(difference), before[1])
    blocks = {name: _block(tokens) for name, tokens in sorted(merged.items())}
    intercept = slope * (learnt.factor * shipped.intercept + learnt.shift) + offset
    return Weights(blocks, float(intercept), shipped.confusables)


def _block(tokens: Mapping[str, tuple[float, float]]) -> Block:
    names = sorted(tokens)
    weights = np.array([tokens[name][0] for name in names], dtype=np.float32)
    return Block(tuple(names), tuple(weights.tolist()), tuple(tokens[name][1] for name in names))


def _thresholds(shipped: Scorer, trained: Trained) -> Thresholds:
    """The site's own where its honest labels are many enough to tell rare errors, else the shipped ones."""
    honest = int((1 - trained.spam).sum())
    return choose(trained.spam, trained.out_of_fold) if honest >= _OWN_THRESHOLDS else shipped.card.thresholds
