"""What there is to show of a model."""

from pathlib import Path
from typing import Any

import pytest

from proxy.errors import UnknownThing
from proxy.score.portrait import Bin, CurvePoint, Figure, entries, portrait
from proxy.score.shelf import shelf_in
from tests.proxy.score.shelves import make

WORDS = {"title:words": {"casino": 1.0}}
MEASURED: dict[str, Any] = {
    "out_of_fold": {"roc_auc": {"value": 0.9, "low": 0.8, "high": 0.95}},
    "reliability": [[0.05, 0.1, 10], [0.95, 0.9, 20]],
    "learning_curve": [[20, 0.6], [50, 0.75]],
    "labels": {"by_source": {"wordpress": 2, "admin": 1}, "by_person": {"wordpress": 2, "anna": 1}},
    "comparison": {
        "promote": False,
        "why": "it is worse",
        "loss_difference": {"value": 0.1, "low": 0.05, "high": 0.2},
        "candidate_loss": 0.3,
        "current_loss": 0.2,
        "honest_newly_rejected": 4,
        "honest_no_longer_rejected": 1,
        "samples": 30,
    },
}


def test_the_shipped_model_stands_first_and_in_force(tmp_path: Path) -> None:
    (shipped,) = entries(shelf_in(tmp_path))
    assert (shipped.id, shipped.shipped, shipped.in_force, shipped.refused, shipped.reason) == (
        "shipped", True, True, False, "",
    )  # fmt: skip
    assert shipped.labels["spam"] > 1000
    assert "roc_auc" in [one.name for one in shipped.figures]


def test_a_refused_one_says_why_with_its_figures(tmp_path: Path) -> None:
    shelf = shelf_in(tmp_path)
    card = make(shelf, "1", WORDS, parent="abc", **MEASURED)
    _, entry = entries(shelf)
    assert (entry.id, entry.model_id, entry.parent) == ("1", card.model_id, "abc")
    assert (entry.refused, entry.reason, entry.in_force, entry.broken) == (True, "it is worse", False, "")
    assert entry.figures == (Figure("roc_auc", 0.9, 0.8, 0.95),)
    assert entry.labels == {"spam": 2, "ham": 1}


def test_a_refused_one_that_is_in_force_is_so_by_order(tmp_path: Path) -> None:
    shelf = shelf_in(tmp_path)
    make(shelf, "1", WORDS, **MEASURED)
    shelf.promote("1")
    _, entry = entries(shelf)
    assert (entry.in_force, entry.refused, entry.ordered, entry.reason) == (True, False, True, "it is worse")


def test_a_portrait_holds_all_that_was_measured(tmp_path: Path) -> None:
    shelf = shelf_in(tmp_path)
    first = make(shelf, "1", WORDS)
    card = make(shelf, "2", {"title:words": {"casino": 2.0}}, parent=first.model_id, **MEASURED)
    told = portrait(shelf, "2")
    assert told.sha256 == card.sha256
    assert (told.approve_below, told.reject_above) == (-1.0, 4.0)
    assert told.reliability == (Bin(0.05, 0.1, 10), Bin(0.95, 0.9, 20))
    assert told.learning_curve == (CurvePoint(20, 0.6), CurvePoint(50, 0.75))
    assert told.learnt_from.by_person == {"wordpress": 2, "anna": 1}
    assert told.comparison is not None
    assert (told.comparison.samples, told.comparison.difference) == (30, Figure("log_loss", 0.1, 0.05, 0.2))
    assert [word.value for word in told.moved_up] == ["casino"]
    assert told.moved_down == ()
    assert told.card["sha256"] == card.sha256


def test_what_was_not_measured_is_empty(tmp_path: Path) -> None:
    shelf = shelf_in(tmp_path)
    make(shelf, "1", WORDS)
    told = portrait(shelf, "1")
    assert (told.comparison, told.reliability, told.learning_curve, told.moved_up) == (None, (), (), ())
    with pytest.raises(UnknownThing, match="there is no model nosuch"):
        portrait(shelf, "nosuch")


def test_a_damaged_card_is_listed_with_what_is_wrong(tmp_path: Path) -> None:
    shelf = shelf_in(tmp_path)
    make(shelf, "1", WORDS)
    (shelf.directory / "1" / "model.card.json").write_text("{")
    entry = next(one for one in entries(shelf) if one.id == "1")
    assert "is not JSON" in entry.broken
