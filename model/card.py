"""A model's card: what it learnt from, how well it does, and what it takes to load it. Made from inputs only."""

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from model.errors import ModelRefused


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Bands over log-odds: below `approve_below` approve, above `reject_above` reject, hold in between."""

    approve_below: float
    reject_above: float


@dataclass(frozen=True, slots=True)
class ModelCard:
    """`model_id` is the beginning of the file's SHA-256, `sha256` all of it. `reading` is `encode.reading()` as it was
    when the model learnt, `learnt_from` counts and digests of the rows, `figures` what was measured with intervals."""

    model_id: str
    sha256: str
    format: int
    reading: str
    thresholds: Thresholds
    learnt_from: Mapping[str, Any] = field(default_factory=dict)
    features: Mapping[str, int] = field(default_factory=dict)
    figures: Mapping[str, Any] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    parent: str | None = None
    created_at: str | None = None
    note: str = ""

    def to_json(self) -> dict[str, Any]:
        """The card as a JSON object."""
        return {
            "model_id": self.model_id,
            "sha256": self.sha256,
            "format": self.format,
            "reading": self.reading,
            "thresholds": {
                "approve_below": self.thresholds.approve_below,
                "reject_above": self.thresholds.reject_above,
            },
            "learnt_from": dict(self.learnt_from),
            "features": dict(self.features),
            "figures": dict(self.figures),
            "settings": dict(self.settings),
            "versions": dict(self.versions),
            "parent": self.parent,
            "created_at": self.created_at,
            "note": self.note,
        }

    def to_text(self) -> str:
        """The card as it stands in its file: the same card gives the same text."""
        return json.dumps(self.to_json(), indent=1, ensure_ascii=False, sort_keys=True) + "\n"

    @classmethod
    def from_json(cls, data: Any) -> Self:
        """The card in a JSON object. Raises ModelRefused when something that loading needs is missing or odd."""
        try:
            bands = Thresholds(float(data["thresholds"]["approve_below"]), float(data["thresholds"]["reject_above"]))
            if not (math.isfinite(bands.approve_below) and bands.approve_below <= bands.reject_above < math.inf):
                raise ValueError("its thresholds are not in order")
            return cls(
                model_id=str(data["model_id"]),
                sha256=str(data["sha256"]),
                format=int(data["format"]),
                reading=str(data["reading"]),
                thresholds=bands,
                parent=data.get("parent"),
                created_at=data.get("created_at"),
                note=str(data.get("note", "")),
                **{
                    name: dict(data.get(name, {}))
                    for name in ("learnt_from", "features", "figures", "settings", "versions")
                },
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise ModelRefused(f"the card cannot be read: {error!r}") from error


def sha256_of(data: bytes) -> str:
    """The SHA-256 of `data` in hex."""
    return hashlib.sha256(data).hexdigest()
