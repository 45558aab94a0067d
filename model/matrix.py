"""Samples as rows of numbers: columns are the tokens of all blocks, entries their amounts."""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from model.encode import SIGNS, WORDS, encode
from model.features import Words, all_features
from model.sample import Sample
from model.view import read
from model.weights import SEPARATOR

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]

MIN_GROUPS: Final = 2  # a token that only one campaign or site ever used says nothing about others


class Columns:
    """Numbers tokens in the order they are met; frozen, it leaves out those that it does not know."""

    def __init__(self) -> None:
        self.by_block: dict[str, dict[str, int]] = {}
        self.count = 0

    def names(self) -> list[tuple[str, str]]:
        """Block and token of every column, in their order."""
        named = [("", "")] * self.count
        for block, tokens in self.by_block.items():
            for token, column in tokens.items():
                named[column] = (block, token)
        return named


def known_words(samples: Iterable[Sample], confusables: Mapping[str, str]) -> dict[str, set[str]]:
    """For each words' block the words that at least two samples used, which broken words are mended to."""
    fields = [feature for feature in all_features() if isinstance(feature, Words)]
    once: dict[str, set[str]] = {feature.name + WORDS: set() for feature in fields}
    twice: dict[str, set[str]] = {feature.name + WORDS: set() for feature in fields}
    for sample in samples:
        view = read(sample, confusables)
        for feature in fields:
            block, words = feature.name + WORDS, set(feature.read(view))
            twice[block] |= words & once[block]
            once[block] |= words
    return twice


def rows_of(
    samples: Iterable[Sample],
    columns: Columns,
    confusables: Mapping[str, str],
    known: Mapping[str, Set[str]],
    grow: bool,
) -> Any:
    """A CSR matrix with one row per sample, single precision; new tokens become columns if they may `grow`."""
    indices: list[NDArray[np.int32]] = []
    values: list[NDArray[np.float32]] = []
    ends = [0]
    for sample in samples:
        row: list[int] = []
        amounts: list[float] = []
        for block, tokens in encode(read(sample, confusables), known).items():
            table = columns.by_block.setdefault(block, {})
            for token, amount in tokens.items():
                column = table.get(token)
                if column is None:
                    if not grow or SEPARATOR in token:
                        continue
                    column = table[token] = columns.count
                    columns.count += 1
                row.append(column)
                amounts.append(amount)
        indices.append(np.array(row, dtype=np.int32))
        values.append(np.array(amounts, dtype=np.float32))
        ends.append(ends[-1] + len(row))
    parts = [np.concatenate(part) if part else np.array([]) for part in (values, indices)]
    matrix = sparse.csr_matrix((parts[0], parts[1], np.array(ends)), shape=(len(ends) - 1, columns.count))
    matrix.sort_indices()
    return matrix


def groups_with(matrix: Any, groups: Indices) -> Floats:
    """In how many groups (numbered from 0) each column occurs."""
    rows = len(groups)
    member = sparse.csr_matrix((np.ones(rows, dtype=np.float32), (groups, np.arange(rows))))
    present = matrix.copy()
    present.data = np.ones_like(present.data)
    together = member @ present
    return np.bincount(together.indices, minlength=matrix.shape[1]).astype(np.float64)


def rarity_of(counts: Floats, groups: int) -> Floats:
    """How rare each column is, 1 for one group and falling slowly to 0.2 for all of them."""
    rarity: Floats = 1 - 0.8 * np.log(np.maximum(counts, 1)) / np.log(max(groups, 2))
    return np.maximum(0.2, rarity)


@dataclass(frozen=True, slots=True)
class Selected:
    """The columns that training keeps, and how rare each is."""

    kept: Indices
    rarity: Floats


def select(matrix: Any, groups: Indices, sign_columns: NDArray[np.bool_]) -> Selected:
    """The columns that enough groups use (signs always), with their rarities; signs count as rare throughout."""
    counts = groups_with(matrix, groups)
    wanted = (counts >= MIN_GROUPS) | (sign_columns & (counts >= 1))
    kept = np.flatnonzero(wanted)
    rarity = np.where(sign_columns, 1.0, rarity_of(counts, int(groups.max()) + 1))[kept]
    return Selected(kept, rarity)


def sign_columns_of(columns: Columns) -> NDArray[np.bool_]:
    """Which columns are signs."""
    flags = np.zeros(columns.count, dtype=np.bool_)
    for block, tokens in columns.by_block.items():
        if block.endswith(SIGNS):
            flags[list(tokens.values())] = True
    return flags
