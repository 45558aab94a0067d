"""Samples as rows of numbers."""

import numpy as np
import pytest

from model.encode import encode
from model.matrix import Columns, groups_with, known_words, rarity_of, rows_of, select, sign_columns_of
from model.sample import Sample
from model.view import read

SAMPLES = (
    Sample(url="http://a.example/", title="cheap pills"),
    Sample(url="http://b.example/", title="cheap walks"),
    Sample(url="http://b.example/", title="walks"),
)


def test_a_row_holds_the_amounts_of_its_sample() -> None:
    """Each in the column of its token."""
    columns = Columns()
    matrix = rows_of(SAMPLES, columns, {}, {}, grow=True)
    names = columns.names()
    assert matrix.shape == (3, len(names))
    for row, sample in zip(matrix, SAMPLES, strict=True):
        found = {names[column]: amount for column, amount in zip(row.indices, row.data, strict=True)}
        expected = {
            (block, token): amount
            for block, tokens in encode(read(sample, {}), {}).items()
            for token, amount in tokens.items()
        }
        assert found == pytest.approx(expected, abs=1e-6)


def test_frozen_columns_leave_out_what_they_do_not_know() -> None:
    """And stay as many."""
    columns = Columns()
    rows_of(SAMPLES[:1], columns, {}, {}, grow=True)
    count = columns.count
    matrix = rows_of(SAMPLES, columns, {}, {}, grow=False)
    assert columns.count == count == matrix.shape[1]
    assert ("title:words", "walks") not in columns.names()
    assert matrix[1, columns.by_block["title:words"]["cheap"]] > 0


def test_a_token_that_cannot_be_written_down_is_not_learnt() -> None:
    """A line break in an address would make a model that nobody can load again."""
    columns = Columns()
    rows_of([Sample(url="http://a.exam\nple/", title="cheap")], columns, {}, {}, grow=True)
    assert ("title:words", "cheap") in columns.names()
    assert not [token for _, token in columns.names() if "\n" in token]


def test_no_samples_are_no_rows() -> None:
    """Rather than an error."""
    assert rows_of((), Columns(), {}, {}, grow=True).shape == (0, 0)


def test_known_words_are_those_of_two_samples() -> None:
    """In the same field; one that uses a word twice does not make it known."""
    known = known_words((*SAMPLES, Sample(url="", title="rare rare", excerpt="pills")), {})
    assert known["title:words"] == {"cheap", "walks"}
    assert known["excerpt:words"] == set()
    assert not any(block.endswith((":signs", ":letters")) for block in known)


def test_columns_are_kept_when_two_groups_use_them() -> None:
    """Signs are kept for one group also, and count as rare throughout."""
    columns = Columns()
    matrix = rows_of(SAMPLES, columns, {}, {}, grow=True)
    groups = np.array([0, 1, 1])
    signs = sign_columns_of(columns)
    selected = select(matrix, groups, signs)
    kept = {columns.names()[column] for column in selected.kept}
    assert ("title:words", "cheap") in kept
    assert ("title:words", "pills") not in kept
    assert ("title:words", "walks") not in kept
    assert {name for name in columns.names() if name[0].endswith(":signs")} <= kept
    assert set(selected.rarity[signs[selected.kept]]) == {1.0}


def test_groups_are_counted_once_each() -> None:
    """However many of their rows use a column, and however much."""
    columns = Columns()
    matrix = rows_of(SAMPLES, columns, {}, {}, grow=True)
    counts = groups_with(matrix, np.array([0, 1, 1]))
    words = columns.by_block["title:words"]
    assert [counts[words[word]] for word in ("cheap", "pills", "walks")] == [2, 1, 1]


def test_rarity_falls_from_one_to_a_fifth() -> None:
    """And slowly in between."""
    rarity = rarity_of(np.array([1.0, 10.0, 100.0, 1000.0]), 1000)
    assert rarity[0] == 1
    assert rarity[-1] == pytest.approx(0.2)
    assert np.all(np.diff(rarity) < 0)
    assert rarity_of(np.array([0.0, 1.0]), 1).tolist() == [1.0, 1.0]
