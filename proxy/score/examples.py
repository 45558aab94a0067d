"""What a model learns from: labelled samples, each with who said it, when, and how much it counts.

Of two words on the same thing the latest wins; one without a time is older than any other. Many are never all in
memory: they wait in a temporary file and are read from there one at a time.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from model.errors import ModelError
from model.sample import Sample
from model.stored import IN_MEMORY_BYTES, Chosen, Stored
from proxy.labels.words import LabelledSample

MOST = 1_000_000  # the newest; a hundred thousand are learnt in five minutes of a processor
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


class Gathered:
    """Examples as they come in, kept in a temporary file below *directory* that `close` gives back."""

    def __init__(self, directory: Path | None = None, in_memory_bytes: int | None = None) -> None:
        in_memory = IN_MEMORY_BYTES if in_memory_bytes is None else in_memory_bytes
        self._kept = Stored(_to_json, _from_json, directory, in_memory)
        self._words: list[tuple[datetime, str, int]] = []
        self._keys: list[str] = []

    def add(self, one: Example, tie: str = "") -> None:
        """Take in one more; of those of one time the smallest *tie* comes first, then what was taken in first."""
        self._words.append((one.at or _NEVER, tie, len(self._keys)))
        self._keys.append(one.key)
        self._kept.append(one)

    def latest(self, most: int = MOST) -> Chosen[Example]:
        """Return the latest word on each thing, the earliest first; of too many the newest. Nothing comes after it."""
        found: dict[str, int] = {}
        for _, _, place in sorted(self._words):
            found.pop(self._keys[place], None)
            found[self._keys[place]] = place
        self._words, self._keys = [], []  # so many names and times are memory that learning needs
        return Chosen(self._kept, list(found.values())[-most:])

    def close(self) -> None:
        """Give the file back."""
        self._kept.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _to_json(one: Example) -> list[Any]:
    return [one.sample.to_json(), None if one.at is None else one.at.isoformat(), one.key, one.source, one.by]


def _from_json(data: list[Any]) -> Example:
    sample, at, *word = data
    return Example(Sample.from_json(sample), None if at is None else datetime.fromisoformat(at), *word)


def told_by(examples: Iterable[Example]) -> Mapping[str, Any]:
    """Return how many labels came from where and from whom, for the card."""
    sources, persons = Counter[str](), Counter[str]()
    for one in examples:
        sources[one.source] += 1
        persons[one.by] += 1
    return {"by_source": dict(sources.most_common()), "by_person": dict(persons.most_common(_PERSONS_TOLD))}


def _date(told: str | None) -> datetime | None:
    try:
        at = datetime.fromisoformat(told or "")
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
