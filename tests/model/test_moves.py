"""The most probable change, given labels and a prior around what the model was."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import model.moves
from model.artifact import load_scorer
from model.lessons import Lessons, lessons_of
from model.moves import most_probable, odds_of
from model.sample import Label, Sample
from model.train import Settings


@pytest.fixture(scope="module")
def lessons(model_dir: Path) -> Lessons:
    labels = tuple(
        Sample(
            url=f"http://site{number}.example/",
            title=f"zeppelin bargain {number}" if label is Label.SPAM else f"hall {number} of the museum",
            label=label,
        )
        for number in range(8)
        for label in Label
    )
    return lessons_of(load_scorer(model_dir), labels, Settings(variants=0, folds=2))


def test_strength_none_moves_nothing(lessons: Lessons) -> None:
    """Not moving is a choice like any other."""
    learnt = most_probable(lessons, np.ones(len(lessons.spam), dtype=bool), 0.0)
    assert not learnt.differences.any()
    assert (learnt.factors == 1).all()
    assert learnt.shift == 0


def test_more_strength_fits_the_labels_better(lessons: Lessons) -> None:
    """What spam is called rises, what honest ones are called falls."""
    every = np.ones(len(lessons.spam), dtype=bool)
    gaps = []
    for strength in (1.0, 10.0, 100.0):
        odds = odds_of(lessons, every, most_probable(lessons, every, strength))
        gaps.append(odds[lessons.spam == 1].mean() - odds[lessons.spam == 0].mean())
    assert gaps == sorted(gaps)
    assert gaps[-1] > 2


def test_few_rows_in_their_own_span_find_what_all_columns_would(
    lessons: Lessons, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The short way is the same way."""
    every = np.ones(len(lessons.spam), dtype=bool)
    short = odds_of(lessons, every, most_probable(lessons, every, 10.0))
    monkeypatch.setattr(model.moves, "_FEW_ROWS", 0)
    long = odds_of(lessons, every, most_probable(lessons, every, 10.0))
    assert short == pytest.approx(long, abs=0.05)


def test_all_rows_are_all_rows(lessons: Lessons) -> None:
    """Whether they are named or not, to the last bit."""
    named, unnamed = (most_probable(lessons, rows, 10.0) for rows in (np.ones(len(lessons.spam), dtype=bool), None))
    assert unnamed.differences.tolist() == named.differences.tolist()
    assert (unnamed.factors.tolist(), unnamed.shift) == (named.factors.tolist(), named.shift)


def test_few_labels_leave_the_fields_as_they_are(lessons: Lessons) -> None:
    """However they are fitted, a dozen labels say nothing of a whole field; many would."""
    every = np.ones(len(lessons.spam), dtype=bool)
    few = most_probable(lessons, every, 10.0).factors
    many = most_probable(replace(lessons, stretch=1.0), every, 10.0).factors
    assert abs(few - 1).max() < 0.01 * abs(many - 1).max()
