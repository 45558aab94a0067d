"""Weights come back from their payload as they were, or not at all."""

import pickle
from typing import Any

import pytest

from model.weights import FORMAT, Block, Weights, strongest

WEIGHTS = Weights(
    {"title:words": Block(("a b", "ж"), (0.5, -1.25), (1.0, 0.25)), "host:words": Block((), (), ())}, -0.1, {"а": "a"}
)


def test_a_payload_comes_back() -> None:
    """Whole, with empty blocks too."""
    assert Weights.from_payload(WEIGHTS.to_payload()) == WEIGHTS


def test_the_same_weights_give_the_same_payload() -> None:
    """In whatever order they were put together."""
    turned = Weights(dict(reversed(WEIGHTS.blocks.items())), WEIGHTS.intercept, WEIGHTS.confusables)
    assert list(turned.blocks) != list(WEIGHTS.blocks)
    assert pickle.dumps(turned.to_payload()) == pickle.dumps(WEIGHTS.to_payload())


def test_single_precision_is_little_endian() -> None:
    """On every machine, so that a model can be carried to another."""
    payload = WEIGHTS.to_payload()
    assert payload["blocks"]["title:words"]["weights"] == bytes.fromhex("0000003f0000a0bf")


def _changed(**changes: Any) -> dict[str, Any]:
    return WEIGHTS.to_payload() | changes


def _block(**changes: Any) -> dict[str, Any]:
    return _changed(blocks={"title:words": WEIGHTS.to_payload()["blocks"]["title:words"] | changes})


@pytest.mark.parametrize(
    "payload",
    [
        {},
        _changed(format=FORMAT + 1),
        _changed(intercept=None),
        _changed(intercept="much"),
        _changed(confusables=5),
        _changed(blocks={"title:words": {}}),
        _block(tokens="one"),
        _block(weights=b"\x00\x00\x00\x00"),
        _block(weights=b"\x00\x00\x00"),
        _block(rarity=b""),
    ],
)
def test_what_is_no_payload_is_refused(payload: dict[str, Any]) -> None:
    """With an error that says so, before anything is judged with it."""
    with pytest.raises((ValueError, KeyError, TypeError)):
        Weights.from_payload(payload)


def test_the_weakest_are_left_out() -> None:
    """Where there are more than a file should hold; the intercept and what is left stay as they were."""
    blocks = {"a": Block(("x", "y"), (0.1, -3.0), (1.0, 0.5)), "b": Block(("z",), (0.05,), (1.0,))}
    weights = Weights(blocks, 0.5, {})
    assert strongest(weights, 3) is weights
    left = strongest(weights, 1)
    assert {name: block.tokens for name, block in left.blocks.items()} == {"a": ("y",), "b": ()}
    assert list(left.blocks["a"].weights) == [-3.0]
    assert left.intercept == 0.5
