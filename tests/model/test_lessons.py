"""What a site's labels teach with: their rows, what the shipped model says of each, how far each may move it."""

from pathlib import Path

import numpy as np
import pytest

from model.artifact import load_scorer
from model.lessons import MANY, field_of, lessons_of
from model.sample import Kind, Label, Sample
from model.scorer import Scorer
from model.train import Settings

SETTINGS = Settings(variants=0, folds=3)


@pytest.fixture(scope="module")
def shipped(model_dir: Path) -> Scorer:
    return load_scorer(model_dir)


def _labels(spam: int, ham: int, kind: Kind = Kind.TRACKBACK) -> tuple[Sample, ...]:
    return tuple(
        Sample(
            url=f"http://site{number}.example/page-{number}/",
            kind=kind,
            title=f"Zeppelin number {number}",
            excerpt="hangars wholesale" if number < spam else "our museum has a new hall",
            label=Label.SPAM if number < spam else Label.HAM,
        )
        for number in range(spam + ham)
    )


def test_what_the_shipped_model_says_field_by_field_adds_up_to_its_score(shipped: Scorer) -> None:
    """Before anything is learnt, the rows say what the scorer says."""
    labels = _labels(4, 4)
    lessons = lessons_of(shipped, labels, SETTINGS)
    said = lessons.start[: lessons.count].sum(axis=1) + lessons.level
    assert said == pytest.approx([shipped.log_odds(sample) for sample in labels], abs=1e-5)


def test_forgeries_count_little_and_only_spam_has_them(shipped: Scorer) -> None:
    """Together with its forgeries a label counts what it did without."""
    lessons = lessons_of(shipped, _labels(4, 6), SETTINGS)
    assert lessons.count == 10
    assert len(lessons.spam) > 10
    assert (lessons.spam[10:] == 1).all()
    assert lessons.weight[10:].max() < 0.2 * lessons.weight[:4].min()
    assert lessons.weight.sum() == pytest.approx(10)


def test_many_honest_ones_do_not_drown_few_spam(shipped: Scorer) -> None:
    """Each class counts more alike than its number."""
    lessons = lessons_of(shipped, _labels(5, 45), SETTINGS)
    spam = lessons.weight[lessons.spam == 1].sum()
    assert 0.25 < spam / lessons.weight.sum() < 0.5


def test_a_handful_of_one_kind_does_not_count_as_much_as_a_thousand_of_another(shipped: Scorer) -> None:
    """Five spam comments among thousands of trackbacks once decided that nothing was learnt of those."""
    labels = (*_labels(600, 600), *_labels(5, 200, Kind.COMMENT))
    lessons = lessons_of(shipped, labels, SETTINGS)
    assert lessons.weight[1200] < 15 * lessons.weight[0]  # and not 40 times


def test_fields_are_believed_more_or_less_only_by_many_labels(shipped: Scorer) -> None:
    """A few hundred of them say too little of a whole field."""
    assert lessons_of(shipped, _labels(10, 10), SETTINGS).stretch == 0.01


@pytest.mark.parametrize(("count", "learnt"), [(10, True), (MANY, False)])
def test_a_word_of_one_group_is_learnt_from_few_labels_alone(shipped: Scorer, count: int, learnt: bool) -> None:
    """Where there are many, a word of one campaign says nothing about others."""
    labels = _labels(count // 2, count // 2)
    tokens = {token for block, token in lessons_of(shipped, labels, SETTINGS).names if block == "title:words"}
    assert ("3" in tokens) == learnt
    assert "zeppelin" in tokens


@pytest.mark.parametrize(
    ("block", "field"),
    [("title:words", "title"), ("title:letters", "title"), ("host.shape:signs", "signs"), ("evidence:signs", "page")],
)
def test_every_block_is_about_a_field(block: str, field: str) -> None:
    """The shipped model is believed field by field."""
    assert field_of(block) == field


def test_the_same_labels_give_the_same_rows(shipped: Scorer) -> None:
    """Forgeries are drawn from the samples' own bytes."""
    first, second = (lessons_of(shipped, _labels(6, 6), SETTINGS) for _ in range(2))
    assert (first.matrix != second.matrix).nnz == 0
    assert np.array_equal(first.weight, second.weight)
