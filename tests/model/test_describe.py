"""A card says what was learnt from and how well it went."""

import platform
from dataclasses import replace
from pathlib import Path

import numpy as np

from model.artifact import load_scorer
from model.card import Thresholds
from model.describe import figures_of, learnt_from, reliability_of, running_versions, save_trained
from model.encode import reading
from model.sample import Kind, Label, Sample
from model.thresholds import choose
from model.train import Trained, spam_of
from model.weights import FORMAT

ROWS = (
    Sample(url="http://a.example/", kind=Kind.TRACKBACK, label=Label.SPAM),
    Sample(url="http://b.a.example/", kind=Kind.PINGBACK, label=Label.SPAM),
    Sample(url="http://c.example/", kind=Kind.PINGBACK, label=Label.HAM),
)


def test_rows_are_counted() -> None:
    """By label, by kind, and in how many groups."""
    found = learnt_from(ROWS)
    assert found["rows"] == 3
    assert found["labels"] == {"ham": 1, "spam": 2}
    assert found["kinds"] == {"pingback": 2, "trackback": 1}
    assert found["groups"] == 2


def test_the_digest_is_of_these_rows_in_this_order() -> None:
    """Another label, another order or one row less make another."""
    others = [ROWS, ROWS[::-1], ROWS[:2], (*ROWS[:2], replace(ROWS[2], label=Label.SPAM))]
    assert len({learnt_from(rows)["sha256"] for rows in others}) == len(others)
    assert learnt_from(ROWS) == learnt_from(list(ROWS))


def test_figures_by_hand(corpus: tuple[Sample, ...]) -> None:
    """Of a judge who is always right, and of one who is always wrong."""
    spam = spam_of(corpus)
    right = figures_of(corpus, spam, 20 * spam - 10, Thresholds(-1.0, 1.0))
    assert right["roc_auc"] == {"value": 1.0, "low": 1.0, "high": 1.0}
    assert right["brier"]["value"] < 1e-4
    assert right["spam_rejected"]["value"] == 1.0
    assert right["honest_held"]["value"] == 0.0
    wrong = figures_of(corpus, spam, 10 - 20 * spam, Thresholds(-1.0, 1.0))
    assert wrong["roc_auc"]["value"] == wrong["recall_at_0.5%"]["value"] == 0.0
    assert wrong["honest_rejected"]["value"] == wrong["spam_approved"]["value"] == 1.0


def test_the_card_tells_what_it_was_told(trained: Trained, tmp_path: Path) -> None:
    """And what this version is; the files hold the same."""
    bands = Thresholds(-2.0, 5.0)
    card = save_trained(
        tmp_path, trained, bands, parent="older", created_at="2020-01-02", note="n", more_figures={"more": {"x": 1}}
    )
    assert (card.thresholds, card.parent, card.created_at, card.note) == (bands, "older", "2020-01-02", "n")
    assert (card.format, card.reading) == (FORMAT, reading())
    assert set(card.figures) == {"out_of_fold", "reliability", "more"}
    assert card.features == {name: len(block.tokens) for name, block in trained.weights.blocks.items()}
    assert load_scorer(tmp_path).card == card


def test_thresholds_are_chosen_when_none_are_given(trained: Trained, tmp_path: Path) -> None:
    """From the scores of samples that the model had not seen."""
    card = save_trained(tmp_path, trained)
    assert card.thresholds == choose(trained.spam, np.array(trained.out_of_fold))
    assert card.created_at is None


def test_what_was_said_is_told_beside_what_was_true() -> None:
    """Tenths in which nothing was said are left out."""
    odds = np.log(np.array([0.15 / 0.85, 0.06 / 0.94, 0.95 / 0.05, 0.99 / 0.01]))
    assert reliability_of(np.array([0.0, 1.0, 1.0, 1.0]), odds) == [[0.06, 1.0, 1], [0.15, 0.0, 1], [0.97, 1.0, 2]]


def test_versions_are_those_that_run() -> None:
    """Of Python and of what learns."""
    found = running_versions()
    assert found["python"] == platform.python_version()
    assert found["scikit-learn"]
    assert all(found.values())
