"""What a model learns from: labelled samples, each with who said it, when, and how much it counts.

Of two words on the same thing the latest wins; one without a time is older than any other.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from model.errors import ModelError
from model.sample import Sample
from proxy.labels.words import LabelledSample

MOST = 10_000  # the newest; 2,000 take 23 s of a processor and 340 MB
_PERSONS_TOLD = 20
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Example:
    """A labelled sample. `at` is when it was labelled, None when nobody knows."""

    sample: Sample
    at: datetime | None
    key: str
    source: str  # admin, wordpress, import, file
    by: str


def example_of(one: LabelledSample, *, timed: bool = True) -> Example | None:
    """Return what is learnt from *one*; None when the model cannot read it. Not *timed*: nobody told when it was."""
    try:
        sample = Sample.from_json({**one.sample, "label": one.label.value, "weight": one.weight})
    except ModelError:
        return None
    return Example(sample, one.at if timed else _date(sample.date), one.key, one.source, one.by)


def latest(examples: Iterable[Example], most: int = MOST) -> list[Example]:
    """Return the latest word on each thing, the earliest first; of too many the newest."""
    found: dict[str, Example] = {}
    for one in sorted(examples, key=lambda one: one.at or _NEVER):
        found.pop(one.key, None)
        found[one.key] = one
    return list(found.values())[-most:]


def told_by(examples: Iterable[Example]) -> Mapping[str, Any]:
    """Return how many labels came from where and from whom, for the card."""
    told = list(examples)
    sources, persons = Counter(one.source for one in told), Counter(one.by for one in told)
    return {"by_source": dict(sources.most_common()), "by_person": dict(persons.most_common(_PERSONS_TOLD))}


def _date(told: str | None) -> datetime | None:
    try:
        at = datetime.fromisoformat(told or "")
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
