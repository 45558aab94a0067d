"""What there is to show of a model: values alone, for pages, the API and the terminal.

`entries` lists the models of a shelf, `portrait` tells all of one. Both read files and take up to a second, so a server
calls them in a thread. Texts are the model's own English ones; a `Spoken` also says what they were made of.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from model.card import ModelCard
from proxy.score.changes import Moved, moved_since
from proxy.score.shelf import Shelf, Shelved


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured figure with its 95 % interval, all from 0 to 1: `roc_auc`, `recall_at_0.5%`, `brier`, …"""

    name: str
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Bin:
    """Of `count` labels that the model gave a probability of about `said`, the share `true` was spam."""

    said: float
    true: float
    count: int


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """What a model of so many labels finds of the spam at 0.5 % false alarms."""

    labels: int
    recall: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """How the model did beside the one in force then, on `samples` labels that neither had seen.

    Losses are mean log-losses in nats; `difference` is candidate minus current, so below 0 is better.
    """

    promote: bool
    why: str
    difference: Figure
    candidate_loss: float
    current_loss: float
    honest_newly_rejected: int
    honest_no_longer_rejected: int
    samples: int


@dataclass(frozen=True, slots=True)
class LearntFrom:
    """How many labels of whom and from where: each a count by its name."""

    rows: int
    by_label: Mapping[str, int]  # spam, ham
    by_kind: Mapping[str, int]  # trackback, pingback, comment, other
    by_source: Mapping[str, int]  # admin, wordpress, import, file; empty for the shipped model
    by_person: Mapping[str, int]
    groups: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One model of the list. `id` is what promote takes; `model_id` is the beginning of the file's SHA-256."""

    id: str
    model_id: str
    in_force: bool
    shipped: bool
    created_at: str | None  # RFC 3339
    parent: str | None  # a model_id
    labels: Mapping[str, int]
    figures: tuple[Figure, ...]  # on labels that it did not learn from (cross-validation by group)
    refused: bool  # it was not taken because it is worse, or cannot be judged yet
    reason: str  # one sentence: why it was refused or taken; empty for the shipped model
    broken: str = ""  # one sentence: why its files cannot be used; empty when they can
    ordered: bool = False  # it is in force although it is worse, or could not be judged: somebody wanted it so


@dataclass(frozen=True, slots=True)
class Portrait:
    """All that is known of one model. What was not measured is empty."""

    entry: Entry
    sha256: str
    note: str
    approve_below: float
    reject_above: float
    learnt_from: LearntFrom
    comparison: Comparison | None
    reliability: tuple[Bin, ...]
    learning_curve: tuple[CurvePoint, ...]
    moved_up: tuple[Moved, ...]  # towards spam since the parent, the furthest first
    moved_down: tuple[Moved, ...]
    settings: Mapping[str, Any]
    versions: Mapping[str, str]
    card: Mapping[str, Any]  # the card as it is kept


def entries(shelf: Shelf) -> tuple[Entry, ...]:
    """Return every model, the shipped one first, then the oldest."""
    return tuple(entry_of(one) for one in shelf.all())


def entry_of(one: Shelved) -> Entry:
    """Return what a list shows of a model."""
    card, comparison = one.card, _mapping(one.card.figures.get("comparison"))
    taken = bool(comparison.get("promote", True))
    return Entry(
        id=one.id,
        model_id=card.model_id,
        in_force=one.in_force,
        shipped=one.shipped,
        created_at=card.created_at,
        parent=card.parent,
        labels=_counts(card.learnt_from.get("labels")),
        figures=_figures(card),
        refused=not taken and not one.in_force,
        reason=str(comparison.get("why", "")),
        broken=one.broken,
        ordered=not taken and one.in_force,
    )


def portrait(shelf: Shelf, model_id: str, words: int = 20) -> Portrait:
    """Return all of one model, with the so many words that moved most. Raises `UnknownThing`."""
    one = shelf.find(model_id)
    card = one.card
    up, down = moved_since(shelf, one, words)
    return Portrait(
        entry=entry_of(one),
        sha256=card.sha256,
        note=card.note,
        approve_below=card.thresholds.approve_below,
        reject_above=card.thresholds.reject_above,
        learnt_from=_learnt_from(card),
        comparison=_comparison(card),
        reliability=tuple(Bin(float(s), float(t), int(n)) for s, t, n in _rows(card, "reliability", 3)),
        learning_curve=tuple(CurvePoint(int(n), float(r)) for n, r in _rows(card, "learning_curve", 2)),
        moved_up=up,
        moved_down=down,
        settings=card.settings,
        versions=card.versions,
        card=card.to_json(),
    )


def _learnt_from(card: ModelCard) -> LearntFrom:
    learnt, told = card.learnt_from, _mapping(card.figures.get("labels"))
    return LearntFrom(
        rows=int(learnt.get("rows", 0)),
        by_label=_counts(learnt.get("labels")),
        by_kind=_counts(learnt.get("kinds")),
        by_source=_counts(told.get("by_source")),
        by_person=_counts(told.get("by_person")),
        groups=int(learnt.get("groups", 0)),
    )


def _figures(card: ModelCard) -> tuple[Figure, ...]:
    measured = _mapping(card.figures.get("out_of_fold"))
    return tuple(_figure(str(name), one) for name, one in measured.items() if isinstance(one, Mapping))


def _figure(name: str, one: Mapping[str, Any]) -> Figure:
    return Figure(name, *(float(one.get(part, 0.0)) for part in ("value", "low", "high")))


def _comparison(card: ModelCard) -> Comparison | None:
    told = _mapping(card.figures.get("comparison"))
    if not told.get("samples"):
        return None
    return Comparison(
        promote=bool(told["promote"]),
        why=str(told["why"]),
        difference=_figure("log_loss", _mapping(told["loss_difference"])),
        candidate_loss=float(told["candidate_loss"]),
        current_loss=float(told["current_loss"]),
        honest_newly_rejected=int(told["honest_newly_rejected"]),
        honest_no_longer_rejected=int(told["honest_no_longer_rejected"]),
        samples=int(told["samples"]),
    )


def _rows(card: ModelCard, name: str, width: int) -> list[Sequence[Any]]:
    found = card.figures.get(name)
    return [row for row in found if len(row) == width] if isinstance(found, list) else []


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _counts(value: object) -> dict[str, int]:
    return {str(name): int(count) for name, count in _mapping(value).items()}
