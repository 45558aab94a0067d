"""Whether a trained model may take over."""

import gzip
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from model.errors import TooFewLabels
from model.sample import Label, Sample
from proxy.score.newcomer import train_newcomer
from proxy.score.shelf import shelf_in

AT = datetime(2026, 3, 3, 10, tzinfo=UTC)
_SEED = Path(__file__).parents[3] / "data" / "seed.jsonl.gz"


@pytest.fixture(scope="module")
def samples() -> list[Sample]:
    """Labelled samples with dates."""
    with gzip.open(_SEED, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines][::240]
    return [replace(Sample.from_json(row), date=f"2026-01-01T00:{n:04}") for n, row in enumerate(rows)]


def test_a_model_of_turned_labels_is_kept_but_refused_with_its_figures(tmp_path: Path, samples: list[Sample]) -> None:
    cut = len(samples) * 3 // 4
    other = {Label.SPAM: Label.HAM, Label.HAM: Label.SPAM}
    turned = [replace(s, label=other[s.label]) if n < cut else s for n, s in enumerate(samples) if s.label]
    shelf = shelf_in(tmp_path)
    made = train_newcomer(shelf, turned, "auto", AT)
    assert not made.promoted
    assert "worse" in made.comparison.why or "log-loss" in made.comparison.why
    assert made.card.figures["comparison"]["promote"] is False
    assert [one.in_force for one in shelf.all()] == [True, False]


def test_promote_always_puts_it_in_force_whatever_the_comparison(tmp_path: Path, samples: list[Sample]) -> None:
    shelf = shelf_in(tmp_path)
    made = train_newcomer(shelf, samples, "always", AT)
    assert made.promoted
    assert [one.in_force for one in shelf.all()] == [False, True]
    assert made.card.parent


def test_too_few_labels_raise(tmp_path: Path, samples: list[Sample]) -> None:
    with pytest.raises(TooFewLabels):
        train_newcomer(shelf_in(tmp_path), samples[:3], "auto", AT)
