"""Small models made by hand, on a shelf."""

from collections.abc import Mapping
from typing import Any

from model.artifact import save_model
from model.card import ModelCard, Thresholds
from model.weights import Block, Weights
from proxy.score.shelf import Shelf

Said = Mapping[str, Mapping[str, float]]


def make(
    shelf: Shelf, shelf_id: str, said: Said, parent: str | None = None, created_at: str = "", **figures: Any
) -> ModelCard:
    """Put a model of these blocks' words and weights on the shelf; return its card."""
    blocks = {
        name: Block(tuple(sorted(words)), tuple(words[word] for word in sorted(words)), (1.0,) * len(words))
        for name, words in said.items()
    }
    card = ModelCard(
        model_id="",
        sha256="",
        format=0,
        reading="",
        thresholds=Thresholds(-1.0, 4.0),
        learnt_from={"rows": 3, "labels": {"spam": 2, "ham": 1}, "kinds": {"trackback": 3}, "groups": 2},
        figures=figures,
        parent=parent,
        created_at=created_at or f"2026-01-01T00:00:00+00:00 {shelf_id}",
    )
    return save_model(shelf.directory / shelf_id, Weights(blocks, 0.0, {}), card)
