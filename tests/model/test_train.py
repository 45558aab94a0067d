"""Learning from few rows, and what it promises of them."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from model.errors import ModelError, TooFewLabels
from model.figures import roc_auc
from model.sample import Label, Sample
from model.train import Fitted, Settings, Trained, check_enough, platt, spam_of, train


def _rows(spam: int, ham: int) -> list[Sample]:
    return [
        Sample(url="", label=label) for label, count in ((Label.SPAM, spam), (Label.HAM, ham)) for _ in range(count)
    ]


def test_spam_is_one_and_honest_nought() -> None:
    """In the samples' order."""
    assert spam_of(_rows(2, 1)).tolist() == [1.0, 1.0, 0.0]


@pytest.mark.parametrize(("spam", "ham", "needed"), [(9, 50, 10), (50, 9, 10), (0, 0, 1)])
def test_too_few_are_said_with_numbers(spam: int, ham: int, needed: int) -> None:
    """Of either class; rows without a label do not count."""
    with pytest.raises(TooFewLabels, match=f"{spam} spam and {ham} ham") as caught:
        check_enough([*_rows(spam, ham), Sample(url="")], needed)
    assert caught.value.needed == needed


def test_just_enough_is_enough() -> None:
    """Ten of each unless told otherwise."""
    check_enough(_rows(10, 10))
    check_enough(_rows(1, 1), 1)


def test_training_refuses_too_few(corpus: tuple[Sample, ...]) -> None:
    """Before it begins."""
    told: list[str] = []
    with pytest.raises(TooFewLabels):
        train(corpus[:18], progress=lambda what, _: told.append(what))
    assert not told


@pytest.mark.parametrize(("spam", "ham"), [(1, 9), (9, 1), (1, 1)])
def test_a_class_of_one_group_is_refused(corpus: tuple[Sample, ...], spam: int, ham: int) -> None:
    """In one sentence: nothing shows what holds for others."""
    groups = {Label.SPAM: spam, Label.HAM: ham, None: 1}
    rows = [replace(row, group=f"{row.label} {number % groups[row.label]}") for number, row in enumerate(corpus[:40])]
    with pytest.raises(ModelError, match="one group"):
        train(rows, Settings(variants=0, folds=2))


def test_unseen_samples_are_told_apart(trained: Trained, corpus: tuple[Sample, ...]) -> None:
    """By models that saw nothing of their groups; every sample has its score, in order."""
    assert trained.samples == corpus
    assert len(trained.out_of_fold) == len(corpus)
    assert trained.spam.tolist() == spam_of(corpus).tolist()
    assert roc_auc(trained.spam, trained.out_of_fold) > 0.95


def test_weights_are_ready_to_serve(trained: Trained) -> None:
    """Blocks and tokens in order, all finite, none twice, and what one group alone used left out."""
    assert list(trained.weights.blocks) == sorted(trained.weights.blocks)
    for name, block in trained.weights.blocks.items():
        assert list(block.tokens) == sorted(set(block.tokens))
        assert np.isfinite(block.weights).all()
        assert all(0 < rarity <= 1 for rarity in block.rarity)
        assert trained.columns[name] == len(block.tokens)
    assert "casino" in trained.weights.blocks["title:words"].tokens


def test_progress_is_told_and_rows_without_a_label_are_not_learnt_from(corpus: tuple[Sample, ...]) -> None:
    """Each step from its beginning to its end."""
    few = corpus[:40]
    told: list[tuple[str, float]] = []
    with_more = [*few, replace(corpus[41], label=None, title="unheard of")]
    found = train(with_more, Settings(variants=0, folds=2), lambda what, done: told.append((what, done)))
    assert found.samples == few
    assert set(Counter(what for what, _ in told)) == {"reading", "judging what was not seen", "learning from all"}
    assert all(0 <= done <= 1 for _, done in told)
    assert told[-1] == ("learning from all", 1.0)


def test_margins_are_amounts_times_weights() -> None:
    """Of the kept columns, plus the intercept."""
    from scipy import sparse

    matrix = sparse.csr_matrix(np.array([[1.0, 5.0, 2.0], [0.0, 5.0, 1.0]]))
    fitted = Fitted(np.array([0, 2]), np.array([2.0, -1.0]), np.array([1.0, 1.0]), 0.5)
    assert fitted.margins(matrix).tolist() == [0.5, -0.5]


@pytest.mark.parametrize(("slope", "offset"), [(1.0, 0.0), (2.5, -1.0), (0.5, 1.5)])
def test_platt_finds_the_line(slope: float, offset: float) -> None:
    """Of margins whose odds are known."""
    dice = np.random.default_rng(5)
    margins = dice.normal(0, 2, 20_000)
    spam = (dice.random(20_000) < 1 / (1 + np.exp(-(slope * margins + offset)))).astype(float)
    assert platt(margins, spam) == pytest.approx((slope, offset), abs=0.15)


def test_a_falling_line_is_not_believed() -> None:
    """It would turn every verdict round."""
    margins = np.array([3.0, 2.0, 1.0, -1.0, -2.0, -3.0])
    assert platt(margins, np.array([0.0, 0.0, 0.0, 1.0, 1.0, 1.0])) == (1.0, 0.0)


def test_separated_margins_get_no_endless_slope() -> None:
    """Platt's targets are short of certain."""
    slope, _ = platt(np.array([1.0] * 10 + [-1.0] * 10), np.array([1.0] * 10 + [0.0] * 10))
    assert slope == pytest.approx(np.log(11), abs=0.01)
