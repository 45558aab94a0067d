"""Labelled linkbacks that are learnt in a moment: a trade and a hobby, each source of a domain of its own."""

from datetime import UTC, datetime, timedelta

from model.sample import Kind, Label, Sample
from proxy.labels.words import LabelledSample
from proxy.ping import Label as Said
from proxy.score.examples import Example
from proxy.store import labels
from proxy.store.database import Database

START = datetime(2026, 1, 1, tzinfo=UTC)


def sample(number: int, label: Label, **more: str) -> Sample:
    """A linkback on zeppelins: wares, or a museum."""
    spam = label is Label.SPAM
    words = "wholesale zeppelin hangars bargain" if spam else "our zeppelin museum opened its new hall"
    return Sample(
        id=f"{label}{number}",
        kind=Kind.TRACKBACK,
        url=f"http://{label}-site{number}.example/{'wares' if spam else 'museum'}/",
        title="zeppelin bargain" if spam else f"Visit number {number}",
        excerpt=f"{words} and more of it, number {number}",
        label=label,
        date=(START + timedelta(hours=number)).isoformat(),
        **more,
    )


def example(number: int, label: Label, at: datetime | None = START, source: str = "admin", by: str = "anna") -> Example:
    """The same as somebody labelled it."""
    one = sample(number, label)
    return Example(one, at, f"{label}{number}", source, by)


def examples(of_each: int, at: datetime | None = START) -> list[Example]:
    """So many of each label, one after the other."""
    return [example(number, label, at) for number in range(of_each) for label in Label]


async def keep(database: Database, of_each: int, first: int = 0) -> None:
    """Let so many of each label stand in the database, as words out of a file."""
    words = [
        LabelledSample(
            sample={key: value for key, value in one.to_json().items() if key != "label"},
            label=Said(label.value),
            weight=1.0,
            source="import",
            by="anna",
            at=START + timedelta(hours=number),
            group="",
            key=f"import:{label}{number}",
        )
        for number in range(first, first + of_each)
        for label in Label
        for one in [sample(number, label)]
    ]
    await database.write(labels.take_in, words)
