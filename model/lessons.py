"""What a site's labels teach with: their rows, what the shipped model says of each, and how far each may move it.

Every spam label is also learnt dressed up and disguised (`augment.forgeries`), which counts little beside itself: as
much as it takes to know it again, and not so much that honest ones who look a bit like it suffer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from scipy import sparse

from model.augment import HonestWords, forgeries
from model.encode import SIGNS, WORDS
from model.figures import Floats
from model.groups import folds_of, numbers_of
from model.matrix import MIN_GROUPS, Columns, groups_with, known_words, rows_of, sign_columns_of
from model.sample import Kind, Sample
from model.scorer import Scorer
from model.train import Settings, spam_of
from model.weights import Weights

MANY: Final = 500  # labels; from here on a token must be used by two groups
_ALONE: Final = 0.4  # how far a token that one group alone used may be believed, of few labels
# Blocks whose weights a site's labels move further than the seed corpus may: there they are one author's guess. How
# fields agree is believed little until labels prove it, and then as much as other signs and a little more. A comment's
# own words move less: they are learnt as an excerpt's as well.
_FREER: Final = {
    "excerpt:words": 2.0,
    "excerpt:letters": 2.0,
    "comment:words": 0.7,
    "comment:letters": 0.7,
    "path:words": 1.5,
    "path:letters": 1.5,
    "agreement:signs": 7.0,
}
_SIGNS_FREER: Final = 2.0
# Labels; fewer have first to show what spam is like without forgeries, and say little of whole fields.
_IN_FULL: Final = 2000
_AT_ONCE: Final = 4000  # rows
# What each cell of class and kind is taken to have besides its own: some labels, and this share of all. Else a handful
# of spam comments among thousands of trackbacks would count as much as those, and decide how much may be learnt.
_CELL_LABELS: Final = 10
_CELL_SHARE: Final = 1 / 40


@dataclass(frozen=True, slots=True)
class Lessons:
    """Rows of the labels (`count` of them) and then of their forgeries; `start` is what the shipped model's weights of
    each of `fields` say of each row, `level` its intercept, `stretch` the standard deviation of the factor on what a
    field says, around 1."""

    matrix: Any
    start: Floats
    fields: tuple[str, ...]
    level: float
    spam: Floats
    weight: Floats
    folds: Any
    names: tuple[tuple[str, str], ...]
    rarity: Floats
    stretch: float
    count: int


def lessons_of(shipped: Scorer, labels: tuple[Sample, ...], settings: Settings) -> Lessons:
    """The rows of `labels` and of their forgeries, beside what `shipped` makes of them."""
    table = shipped.weights.confusables
    known: dict[str, set[str]] = {
        name: set(block.tokens) for name, block in shipped.weights.blocks.items() if name.endswith(WORDS)
    }
    for name, words in known_words(labels, table).items():
        known.setdefault(name, set()).update(words)
    honest = HonestWords.of(labels)
    forged = [(row, *made) for row, label in enumerate(labels) for made in forgeries(label, honest, settings.seed)]
    columns = _columns_of(shipped.weights)
    own = rows_of(labels, columns, table, known, grow=True)
    other = rows_of([sample for _, _, sample in forged], columns, table, known, grow=False)
    owner = np.array([*range(len(labels)), *(row for row, _, _ in forged)])
    full = min(1.0, len(labels) / _IN_FULL)
    counts = np.array([*[1.0] * len(labels), *(full * share for _, share, _ in forged)])
    del forged  # this and what follows: each would else take its memory beside the largest matrices
    groups = groups_with(own, numbers_of(labels))
    rarity = _rarity(shipped.weights, columns, groups, len(labels))
    used = np.flatnonzero(rarity * (groups > 0))
    whole = sparse.vstack([own, other], format="csr")
    del own, other
    fields, start = _start(shipped.weights, columns, whole)
    whole = whole[:, used]
    whole = (whole @ sparse.diags(rarity[used].astype(np.float32))).tocsr()
    names = columns.names()
    return Lessons(
        matrix=whole,
        start=start,
        fields=fields,
        level=shipped.weights.intercept,
        spam=spam_of(labels)[owner],
        weight=(_balance(labels) / np.bincount(owner, counts))[owner] * counts,
        folds=np.array(folds_of(labels, settings.folds, settings.seed))[owner],
        names=tuple(names[column] for column in used),
        rarity=rarity[used],
        stretch=full,
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
    fields = tuple(sorted({field_of(name) for name in shipped.blocks}))
    weights = np.zeros((columns.count, len(fields)))
    for name, block in shipped.blocks.items():
        numbers = columns.by_block[name]
        weights[[numbers[token] for token in block.tokens], fields.index(field_of(name))] = block.weights
    # A product makes a copy of its rows in double precision: of some of them at a time.
    some = (matrix[first : first + _AT_ONCE] @ weights for first in range(0, matrix.shape[0], _AT_ONCE))
    return fields, np.concatenate(list(some))


def field_of(block: str) -> str:
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
    rarity[signs] = _SIGNS_FREER
    for name, freer in _FREER.items():
        rarity[list(columns.by_block.get(name, {}).values())] *= freer
    return rarity


def _balance(labels: Sequence[Sample]) -> Floats:
    """What each label counts: its own weight, shared out so that spam and honest, linkbacks and others count alike
    where there are many of each, and the many do not drown the few. All together they count what they did."""
    spam = spam_of(labels).astype(np.int64)
    linkback = np.array([sample.kind in (Kind.TRACKBACK, Kind.PINGBACK) for sample in labels])
    cell = 2 * spam + linkback
    own = np.array([sample.weight for sample in labels])
    shared = own / (np.bincount(cell, own)[cell] + _CELL_LABELS + _CELL_SHARE * own.sum())
    return np.asarray(shared * own.sum() / shared.sum(), dtype=np.float64)
