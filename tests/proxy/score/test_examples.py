"""Which words are learnt from: the latest on each thing, and who said them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from model.sample import Label
from proxy.labels.words import LabelledSample
from proxy.ping import Label as Said
from proxy.score.examples import Example, Gathered, example_of, told_by
from tests.proxy.score.learning import START, example

LINE = {"url": "http://a.example/", "kind": "comment", "date": "2025-05-05T00:00:00Z"}
WORD = LabelledSample(LINE, Said.SPAM, 0.25, "wordpress", "wordpress", START, "a.example", "wordpress:blog:7", "blog")


def latest(given: Sequence[Example], **more: int) -> list[Example]:
    """What is learnt of them, by way of the disk."""
    with Gathered(in_memory_bytes=1) as gathered:
        for one in given:
            gathered.add(one)
        return list(gathered.latest(**more))


def test_a_word_keeps_its_weight_its_time_and_who_said_it() -> None:
    one = example_of(WORD)
    assert one is not None
    assert (one.sample.label, one.sample.weight, one.at) == (Label.SPAM, 0.25, START)
    assert (one.key, one.source, one.by) == ("wordpress:blog:7", "wordpress", "wordpress")


@pytest.mark.parametrize(("date", "year"), [("2025-05-05T00:00:00Z", 2025), ("2024-01-01", 2024), ("soon", None)])
def test_without_a_time_of_the_word_that_of_the_linkback_counts(date: str, year: int | None) -> None:
    one = example_of(replace(WORD, sample=LINE | {"date": date}), timed=False)
    assert one is not None
    assert (None if one.at is None else one.at.year) == year


def test_what_the_model_cannot_read_is_left_out() -> None:
    assert example_of(replace(WORD, sample={"title": "no address"})) is None


def test_the_latest_word_wins_whatever_the_order_and_one_without_a_time_is_the_oldest() -> None:
    old = example(1, Label.SPAM)
    new = replace(example(1, Label.HAM), key=old.key, at=START + timedelta(seconds=1))
    timeless = replace(old, at=None)
    for given in ([old, new, timeless], [new, timeless, old], [timeless, old, new]):
        assert latest(given) == [new]


def test_of_too_many_the_newest_are_learnt_from() -> None:
    given = [replace(example(n, Label.SPAM), at=START - timedelta(days=n)) for n in range(9)]
    assert [one.key for one in latest(given, most=3)] == ["spam2", "spam1", "spam0"]


def test_words_of_one_time_stand_as_they_came_or_where_that_is_chance_by_their_ties() -> None:
    """A database gives its rows in any order, and yet the same labels make the same model."""
    given = [example(number, Label.HAM) for number in (3, 1, 2)]
    assert latest(given) == given
    with Gathered() as gathered:
        for one in given:
            gathered.add(one, tie=one.key)
        assert [one.key for one in gathered.latest()] == ["ham1", "ham2", "ham3"]


def test_it_is_told_by_whom_and_from_where() -> None:
    given = [example(1, Label.SPAM), example(2, Label.HAM), example(3, Label.HAM, source="wordpress", by="wordpress")]
    assert told_by(given) == {"by_source": {"admin": 2, "wordpress": 1}, "by_person": {"anna": 2, "wordpress": 1}}
