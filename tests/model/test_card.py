"""A card says the same after it was written down."""

import json
from typing import Any

import pytest

from model.card import ModelCard, Thresholds, sha256_of
from model.errors import ModelRefused

CARD = ModelCard(
    model_id="abc", sha256="abcdef", format=1, reading="0123", thresholds=Thresholds(-1.5, 4.0),
    learnt_from={"rows": 2}, figures={"roc_auc": {"value": 0.9}}, parent="older", note="für Ada",
)  # fmt: skip


def test_a_card_comes_back() -> None:
    """From its text."""
    assert ModelCard.from_json(json.loads(CARD.to_text())) == CARD


def test_a_card_is_readable_and_ends_its_last_line() -> None:
    """Keys in order, letters as they are."""
    text = CARD.to_text()
    assert "für Ada" in text
    assert text.endswith("}\n")
    assert list(json.loads(text)) == sorted(json.loads(text))


def test_what_loading_does_not_need_may_be_missing() -> None:
    """A card of an older version says less."""
    needed = ("model_id", "sha256", "format", "reading", "thresholds")
    card = ModelCard.from_json({name: value for name, value in CARD.to_json().items() if name in needed})
    assert (card.parent, card.note, card.figures) == (None, "", {})


@pytest.mark.parametrize(
    "change",
    [
        {"thresholds": None},
        {"thresholds": {"approve_below": 1}},
        {"thresholds": {"approve_below": 5, "reject_above": 4}},
        {"thresholds": {"approve_below": "-inf", "reject_above": 4}},
        {"thresholds": {"approve_below": 1, "reject_above": "inf"}},
        {"thresholds": {"approve_below": 1, "reject_above": "nan"}},
        {"format": "one"},
        {"figures": 5},
    ],
)
def test_an_odd_card_is_refused(change: dict[str, Any]) -> None:
    """Thresholds must be numbers in order."""
    with pytest.raises(ModelRefused, match="card cannot be read"):
        ModelCard.from_json(CARD.to_json() | change)


@pytest.mark.parametrize("missing", ["model_id", "sha256", "format", "reading", "thresholds"])
def test_what_loading_needs_must_be_there(missing: str) -> None:
    """And the refusal names it."""
    with pytest.raises(ModelRefused, match=missing):
        ModelCard.from_json({name: value for name, value in CARD.to_json().items() if name != missing})


@pytest.mark.parametrize("data", [None, [], "card", 5])
def test_what_is_no_object_is_no_card(data: Any) -> None:
    """Whatever JSON it is."""
    with pytest.raises(ModelRefused):
        ModelCard.from_json(data)


def test_the_digest_is_sha_256() -> None:
    """As anybody can check it."""
    assert sha256_of(b"").startswith("e3b0c44298fc1c14")
