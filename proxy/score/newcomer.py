"""Training a site's model, and judging whether it may take over.

A candidate replaces the model in force only if it is not worse on labels that neither has seen (`model.compare`).
Otherwise it is kept on the shelf, with the figures and the reason on its card.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from model.artifact import load_scorer, shipped_model_dir
from model.card import ModelCard
from model.compare import Comparison, compare, split_by_time
from model.describe import save_trained
from model.errors import TooFewLabels
from model.sample import Sample
from model.scorer import Scorer
from model.site import train_site
from model.train import Progress, silent
from proxy.score.shelf import Shelf

Promote = Literal["auto", "always", "never"]


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A trained model on the shelf, how it was judged, and whether it is in force now."""

    card: ModelCard
    comparison: Comparison
    promoted: bool


def train_newcomer(
    shelf: Shelf, samples: Sequence[Sample], promote: Promote, at: datetime, progress: Progress = silent
) -> Newcomer:
    """Train on all labelled *samples*, judge on the newest, shelve, and promote as told.

    Raises `model.errors.TooFewLabels` when there is too little of either class to learn from.
    """
    shipped = load_scorer(shipped_model_dir())
    present = shelf.load()[0] or shipped
    comparison = _judge(shipped, present, samples, progress)
    site = train_site(shipped, samples, progress=progress)
    card = save_trained(
        shelf.directory / _folder(at),
        site.trained,
        thresholds=site.thresholds,
        parent=present.card.model_id,
        created_at=at.isoformat(timespec="seconds"),
        more_figures={"comparison": comparison.to_json()},
    )
    promoted = promote == "always" or (promote == "auto" and comparison.promote)
    if promoted:
        shelf.promote(_folder(at))
    return Newcomer(card, comparison, promoted)


def _judge(shipped: Scorer, present: Scorer, samples: Sequence[Sample], progress: Progress) -> Comparison:
    """Return how a model of the older labels does on the newest, beside the present one."""
    older, newest = split_by_time(samples)
    unseen = _unseen_by(present, newest)
    try:
        candidate = train_site(shipped, older, progress=progress)
    except TooFewLabels:
        return compare(present, present, ())  # nothing to judge by, which is its own answer
    scorer = Scorer(candidate.trained.weights, replace(shipped.card, thresholds=candidate.thresholds))
    return compare(present, scorer, unseen)


def _unseen_by(present: Scorer, samples: Sequence[Sample]) -> list[Sample]:
    """Return the samples labelled after the present model was trained; the shipped one has seen none."""
    since = present.card.created_at
    return [sample for sample in samples if since is None or (sample.date or "") > since]


def _folder(at: datetime) -> str:
    return at.strftime("%Y%m%dT%H%M%SZ")
