"""Training a site's model, and judging whether it may take over.

A candidate replaces the model in force only if it is not worse on labels that neither has seen (`model.compare`).
Unseen by the present model is what was said after it was made, of groups that it learnt nothing of. Unseen by the
candidate is the newest quarter, where a model of the older labels speaks for it; while that is too little to judge by,
every label, as a model that saw none of its group scores it. It is linkbacks that a model is for, so where there are
enough of them, comments are learnt from and not judged by. What is refused is kept, with the figures on its card.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from operator import attrgetter
from typing import Any

from model.artifact import load_scorer, shipped_model_dir
from model.card import ModelCard
from model.compare import Comparison, Scored, compare, compare_scored, split_by_time
from model.describe import save_trained
from model.errors import TooFewLabels
from model.evaluate import learning_curve
from model.groups import numbers_of
from model.sample import Kind, Label, Sample
from model.scorer import Scorer
from model.site import SiteModel, train_site
from model.stored import Chosen, Seen
from model.train import Progress, silent
from proxy.score.examples import Example, told_by
from proxy.score.run import Promote
from proxy.score.shelf import Shelf

_ENOUGH = 10  # of either class; fewer say too little
_CURVE = (20, 50, 100, 200)


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A trained model on the shelf, how it was judged, and whether it is to be in force."""

    id: str
    card: ModelCard
    comparison: Comparison
    promoted: bool

    @property
    def sentence(self) -> str:
        """What became of it, for people."""
        in_force = "in force" if self.comparison.promote else "in force as ordered"
        return f"{in_force if self.promoted else 'kept, not in force'}: {self.comparison.why}"


def train_newcomer(
    shelf: Shelf, examples: Sequence[Example], promote: Promote, at: datetime, progress: Progress = silent
) -> Newcomer:
    """Train on all *examples*, judge on what is unseen, shelve, and say whether to promote it.

    Raises `model.errors.TooFewLabels` when there is too little of either class to learn from.
    """
    shipped = load_scorer(shipped_model_dir())
    present = shelf.load()[0] or shipped
    samples = _samples_of(examples)
    site = train_site(shipped, samples, progress=progress)
    progress("judging it beside the present model", 0.0)
    comparison, split = _judge(shipped, present, examples, site, progress)
    figures = {
        "comparison": comparison.to_json() | {"split": split},
        "labels": told_by(examples),
        "learning_curve": _learning_curve(shipped, samples, progress),
    }
    shelf_id = at.strftime("%Y%m%dT%H%M%SZ")
    card = save_trained(
        shelf.directory / shelf_id,
        site.trained,
        thresholds=site.thresholds,
        parent=present.card.model_id,
        created_at=at.isoformat(timespec="seconds"),
        more_figures=figures,
    )
    return Newcomer(shelf_id, card, comparison, promote == "always" or (promote == "auto" and comparison.promote))


def _judge(
    shipped: Scorer, present: Scorer, examples: Sequence[Example], site: SiteModel, progress: Progress
) -> tuple[Comparison, str]:
    """Return how the newcomer does beside the present model, and what kept apart what it learnt from."""
    samples = _samples_of(examples)
    unseen = _unseen_by(present, examples)
    older, newest = split_by_time(samples)
    judged = _linkbacks(samples, [place for place in newest.places if unseen[place]])
    if _of_each(judged) >= _ENOUGH:
        try:
            learnt = train_site(shipped, older, progress=progress)
        except TooFewLabels:
            pass  # too few are older; then whole groups are left out in turn
        else:
            candidate = Scorer(learnt.trained.weights, replace(shipped.card, thresholds=learnt.thresholds))
            return compare(present, candidate, judged), "time and group"
    fresh = _linkbacks(samples, [place for place, one in enumerate(unseen) if one])
    left_out = Scored(site.trained.out_of_fold[fresh.places], site.thresholds.reject_above)
    return compare_scored(Scored.by(present, fresh), left_out, fresh), "group"


def _samples_of(examples: Sequence[Example]) -> Seen[Sample]:
    return Seen(examples, attrgetter("sample"))


def _unseen_by(present: Scorer, examples: Sequence[Example]) -> bytes:
    """Return for each example 1 if the present model has not seen it: the shipped one has seen nothing from here."""
    made_at = present.card.created_at
    if made_at is None:
        return bytes([1]) * len(examples)
    since = datetime.fromisoformat(made_at)
    later = [one.at is not None and one.at > since for one in examples]
    groups = numbers_of(_samples_of(examples)).tolist()
    known = {group for group, is_later in zip(groups, later, strict=True) if not is_later}
    return bytes(is_later and group not in known for group, is_later in zip(groups, later, strict=True))


def _linkbacks(samples: Sequence[Sample], places: Sequence[int]) -> Chosen[Sample]:
    """Return those at *places* that are no comments if they are enough to judge by, else all of them."""
    found = Chosen(samples, (place for place in places if samples[place].kind is not Kind.COMMENT))
    return found if _of_each(found) >= _ENOUGH else Chosen(samples, places)


def _of_each(samples: Iterable[Sample]) -> int:
    found = Counter(sample.label for sample in samples)
    return min(found[label] for label in Label)


def _learning_curve(shipped: Scorer, samples: Sequence[Sample], progress: Progress) -> list[list[Any]]:
    def learn(some: Sequence[Sample]) -> Scorer:
        return Scorer(train_site(shipped, some).trained.weights, shipped.card)

    points = learning_curve(learn, samples, _CURVE, progress)
    return [[labels, round(recall, 4)] for labels, recall in points if recall == recall]  # noqa: PLR0124 - not a number
