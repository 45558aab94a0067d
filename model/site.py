"""A site's own model: the shipped one, moved by the site's labels as far as they prove that it should be.

The shipped model's log-odds are the starting point of every sample; what is learnt are differences from its weights,
each pulled towards none, and for each field how far the shipped model is to be believed in it. How hard they are
pulled (how much a label counts) is fitted: every strength on a scale, from not moving at all upwards, is tried on
folds of whole groups, and the one that predicts unseen labels best wins. Not moving is on the scale, so that labels
which teach nothing change nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from scipy import sparse

from model.augment import HonestWords, variants
from model.card import Thresholds
from model.encode import SIGNS, WORDS
from model.figures import Floats
from model.groups import folds_of, group_of
from model.matrix import MIN_GROUPS, Columns, groups_with, known_words, numbered, rows_of, sign_columns_of
from model.sample import Kind, Sample
from model.scorer import Scorer
from model.thresholds import Rates, choose
from model.train import Progress, Settings, Trained, check_enough, platt, silent, spam_of
from model.weights import Block, Weights

MIN_EACH: Final = 5  # of either class; with fewer the shipped model stays as it is
STRENGTHS: Final = (0.0, 10.0, 30.0, 100.0)  # weak ones seem safer on a few labels and find less
MANY: Final = 500  # labels; from here on a token must be used by two groups
STRENGTHS_OF_MANY: Final = (0.0, 30.0, 120.0)
SETTINGS: Final = Settings(variants=3, folds=5)
VARIED: Final = 5000  # labels; more of them differ enough by themselves, and one variant of each keeps training short
_PRIOR_MAY_STRETCH: Final = 1.0  # standard deviation of the factor on a field's shipped log-odds, around 1
_ALONE: Final = 0.7  # how far a token that one group alone used may be believed, of few labels
_LEVEL_MAY_SHIFT: Final = 1.5  # standard deviation of the site's intercept, in log-odds
# Blocks whose weights a site's labels move further than the seed corpus may: there they are one author's guess.
_FREER: Final = {"excerpt:words": 2.0, "excerpt:letters": 2.0, "path:words": 1.5, "path:letters": 1.5}
_SIGNS_FREER: Final = 2.0
_CELL_SMOOTH: Final = 10  # rows that each cell of class and kind is taken to have besides its own
_FEW_ROWS: Final = 800
_OWN_THRESHOLDS: Final = 300  # honest labels from which a site's thresholds are its own
_RATES: Final = Rates(rejected_at_worst=0.003)  # thousands of honest labels take years to come together
_LOWEST_REJECT: Final = 1.5  # log-odds, some 82 %; below the shipped model's: it was measured on the site itself


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
    if len(labelled) > VARIED:
        settings = replace(settings, variants=min(settings.variants, 1))
    task = _prepare(shipped, labelled, settings)
    losses: dict[float, float] = {}
    margins: dict[float, Floats] = {}
    scale = STRENGTHS if task.count < MANY else STRENGTHS_OF_MANY
    for number, strength in enumerate(scale):
        margins[strength] = _out_of_fold(task, strength)
        losses[strength] = _loss(task, margins[strength])
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
    """Rows of the labels and then of their variants; `start` is what the shipped model's
    weights of each of `fields` say of each row, `level` its intercept."""

    matrix: Any
    start: Floats
    fields: tuple[str, ...]
    level: float
    spam: Floats
    weight: Floats
    folds: Any
    names: tuple[tuple[str, str], ...]
    rarity: Floats
    count: int


@dataclass(frozen=True, slots=True)
class _Moved:
    """Differences by column, the factor on each field's shipped log-odds, and the shift of the level."""

    differences: Floats
    factors: Floats
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
    columns = _columns_of(shipped.weights)
    own = rows_of(labels, columns, table, known, grow=True)
    other = rows_of(made, columns, table, known, grow=False)
    owner = np.concatenate([np.arange(len(labels)), np.repeat(np.arange(len(labels)), settings.variants)])
    groups = groups_with(own, numbered([group_of(sample) for sample in labels]))
    rarity = _rarity(shipped.weights, columns, groups, len(labels))
    used = np.flatnonzero(rarity * (groups > 0))
    whole = sparse.vstack([own, other], format="csr")
    fields, start = _start(shipped.weights, columns, whole)
    scaled = whole[:, used] @ sparse.diags(rarity[used].astype(np.float32))
    names = columns.names()
    return _Task(
        matrix=scaled.tocsr(),
        start=start,
        fields=fields,
        level=shipped.weights.intercept,
        spam=spam_of(labels)[owner],
        weight=(_balance(labels) / (1 + settings.variants))[owner],
        folds=np.array(folds_of(labels, settings.folds, settings.seed))[owner],
        names=tuple(names[column] for column in used),
        rarity=rarity[used],
        count=len(labels),
    )


def _columns_of(shipped: Weights) -> Columns:
    """The columns of all tokens that the shipped model knows, in its order; those of the labels come after them."""
    columns = Columns()
    for name, block in shipped.blocks.items():
        columns.by_block[name] = {token: columns.count + place for place, token in enumerate(block.tokens)}
        columns.count += len(block.tokens)
    return columns


def _start(shipped: Weights, columns: Columns, matrix: Any) -> tuple[tuple[str, ...], Floats]:
    """The fields' names, and for each row what the shipped weights of each field add up to."""
    fields = tuple(sorted({_field_of(name) for name in shipped.blocks}))
    weights = np.zeros((columns.count, len(fields)))
    for name, block in shipped.blocks.items():
        numbers = columns.by_block[name]
        weights[[numbers[token] for token in block.tokens], fields.index(_field_of(name))] = block.weights
    return fields, np.asarray(matrix @ weights)


def _field_of(block: str) -> str:
    """The field that a block is about: one of the texts, the page that was fetched, or short facts of any kind."""
    name = block.partition(":")[0]
    return "page" if name == "evidence" else "signs" if block.endswith(SIGNS) else name


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
    rarity[alone] *= 0.0 if labels >= MANY else _ALONE
    for name, freer in _FREER.items():
        rarity[list(columns.by_block.get(name, {}).values())] *= freer
    rarity[signs] = _SIGNS_FREER
    return rarity


def _balance(labels: Sequence[Sample]) -> Floats:
    """What each label counts: its own weight, shared out so that spam and honest, linkbacks and others count alike
    where there are many of each, and the many do not drown the few. All together they count what they did."""
    spam = spam_of(labels).astype(np.int64)
    linkback = np.array([sample.kind in (Kind.TRACKBACK, Kind.PINGBACK) for sample in labels])
    cell = 2 * spam + linkback
    own = np.array([sample.weight for sample in labels])
    shared = own / (np.bincount(cell, own)[cell] + _CELL_SMOOTH)
    return np.asarray(shared * own.sum() / shared.sum(), dtype=np.float64)


def _out_of_fold(task: _Task, strength: float) -> Floats:
    margins: Floats = task.start[: task.count].sum(axis=1) + task.level
    for number in np.unique(task.folds):
        seen = task.folds != number
        if not seen.any():
            continue  # one group alone shows nothing of others
        tested = np.flatnonzero(~seen[: task.count])
        learnt = _moved(task, seen, strength)
        margins[tested] = _odds(task, tested, learnt)
    return margins


def _odds(task: _Task, rows: Any, learnt: _Moved) -> Floats:
    said = task.matrix[rows] @ learnt.differences + task.start[rows] @ learnt.factors
    return np.asarray(said + task.level + learnt.shift, dtype=np.float64)


def _moved(task: _Task, rows: Any, strength: float) -> _Moved:
    """The most probable differences, given the rows and a normal prior around the shipped weights."""
    from scipy.optimize import minimize

    if not strength:
        return _Moved(np.zeros(task.matrix.shape[1]), np.ones(len(task.fields)), 0.0)
    start, spam, weight = task.start[rows], task.spam[rows], task.weight[rows]
    matrix, back = _in_span(task.matrix[rows])
    level = start.sum(axis=1) + task.level
    width = matrix.shape[1]
    spread = np.sqrt(strength)
    turned = matrix.T

    def loss(free: Floats) -> tuple[float, Floats]:
        odds = (
            spread * (matrix @ free[:width])
            + _PRIOR_MAY_STRETCH * (start @ free[width:-1])
            + level
            + _LEVEL_MAY_SHIFT * free[-1]
        )
        error = weight * (1 / (1 + np.exp(-np.clip(odds, -500, 500))) - spam)
        value = float((weight * (np.logaddexp(0, odds) - spam * odds)).sum() + 0.5 * free @ free)
        ends = [_PRIOR_MAY_STRETCH * (error @ start), [_LEVEL_MAY_SHIFT * float(error.sum())]]
        return value, np.concatenate([spread * (turned @ error), *ends]) + free

    size = width + len(task.fields) + 1
    found = minimize(loss, np.zeros(size), jac=True, method="L-BFGS-B", options={"maxiter": 100, "ftol": 1e-6}).x
    return _Moved(
        spread * back(found[:width]),
        1 + _PRIOR_MAY_STRETCH * found[width:-1],
        _LEVEL_MAY_SHIFT * float(found[-1]),
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


def _loss(task: _Task, odds: Floats) -> float:
    """Mean log-loss of the labels in nats, each with its weight."""
    spam, weight = task.spam[: task.count], task.weight[: task.count]
    return float(weight @ (np.logaddexp(0, odds) - spam * odds) / weight.sum())


def _gentle_platt(margins: Floats, spam: Floats) -> tuple[float, float]:
    """Platt's line, pulled towards no change by as much as fifty labels would."""
    slope, offset = platt(margins, spam)
    trust = len(spam) / (len(spam) + 50)
    return 1 + trust * (slope - 1), trust * offset


def _merged(shipped: Weights, task: _Task, learnt: _Moved, slope: float, offset: float) -> Weights:
    """Shipped weights and differences in one, calibrated."""
    factors = dict(zip(task.fields, (slope * learnt.factors).tolist(), strict=True))
    merged: dict[str, dict[str, tuple[float, float]]] = {
        name: {
            token: (factors[_field_of(name)] * weight, rarity)
            for token, weight, rarity in zip(block.tokens, block.weights, block.rarity, strict=True)
        }
        for name, block in shipped.blocks.items()
    }
    for (name, token), difference, rarity in zip(
        task.names, learnt.differences * task.rarity, task.rarity, strict=True
    ):
        tokens = merged.setdefault(name, {})
        before = tokens.get(token, (0.0, float(np.float32(min(1.0, rarity)))))
        if difference or before[0]:
            tokens[token] = (before[0] + slope * float(difference), before[1])
    blocks = {name: _block(tokens) for name, tokens in sorted(merged.items())}
    intercept = slope * (task.level + learnt.shift) + offset
    return Weights(blocks, float(intercept), shipped.confusables)


def _block(tokens: Mapping[str, tuple[float, float]]) -> Block:
    names = sorted(tokens)
    weights = np.array([tokens[name][0] for name in names], dtype=np.float32)
    return Block(tuple(names), tuple(weights.tolist()), tuple(tokens[name][1] for name in names))


def _thresholds(shipped: Scorer, trained: Trained) -> Thresholds:
    """The site's own where its honest labels are many enough to tell rare errors, else the shipped ones."""
    honest = int((1 - trained.spam).sum())
    own = choose(trained.spam, trained.out_of_fold, _RATES, _LOWEST_REJECT)
    return own if honest >= _OWN_THRESHOLDS else shipped.card.thresholds
