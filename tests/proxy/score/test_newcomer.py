"""Whether a trained model may take over: judged on what neither it nor the present one has seen."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from model.errors import TooFewLabels
from model.sample import Kind, Label
from proxy.score.examples import Example
from proxy.score.newcomer import train_newcomer
from proxy.score.portrait import portrait
from proxy.score.shelf import Shelf, shelf_in
from tests.proxy.score.learning import START, example, examples, sample

AT = datetime(2026, 3, 3, 10, tzinfo=UTC)


def odds(shelf: Shelf, label: Label) -> float:
    """What the model in force says of one more linkback of its kind."""
    scorer, _ = shelf.load()
    assert scorer is not None
    return scorer.log_odds(sample(999, label))


def test_few_labels_are_judged_by_groups_left_out_in_turn_and_help_at_once(tmp_path: Path) -> None:
    shelf = shelf_in(tmp_path)
    before = odds(shelf, Label.SPAM)
    made = train_newcomer(shelf, examples(10), "auto", AT)
    assert made.promoted, made.comparison
    shelf.promote(made.id)
    assert (made.card.figures["comparison"]["split"], made.comparison.samples) == ("group", 20)
    assert odds(shelf, Label.SPAM) > before + 1
    assert [(one.id, one.in_force) for one in shelf.all()] == [("shipped", False), (made.id, True)]
    assert made.sentence == "in force: it is not worse on labels that neither model has seen"


@pytest.mark.parametrize(("linkbacks", "judged"), [(10, 20), (4, 28)])
def test_comments_are_judged_by_only_where_there_are_too_few_linkbacks(
    tmp_path: Path, linkbacks: int, judged: int
) -> None:
    comments = [replace(one, sample=replace(one.sample, kind=Kind.COMMENT)) for one in examples(20)[16:36]]
    made = train_newcomer(shelf_in(tmp_path), [*examples(linkbacks), *comments], "auto", AT)
    assert (made.card.figures["comparison"]["split"], made.comparison.samples) == ("group", judged)


def turned(one: Example) -> Example:
    """The same with the other label."""
    other = {Label.SPAM: Label.HAM, Label.HAM: Label.SPAM}
    assert one.sample.label is not None
    return replace(one, sample=replace(one.sample, label=other[one.sample.label]))


def test_a_model_of_turned_labels_is_kept_but_refused_with_its_figures(tmp_path: Path) -> None:
    """The newest are right: what was learnt of the older ones is worse on them than the shipped model."""
    given = [turned(one) if number < 90 else one for number, one in enumerate(examples(60))]
    shelf = shelf_in(tmp_path)
    made = train_newcomer(shelf, given, "auto", AT)
    assert not made.promoted
    assert made.card.figures["comparison"]["split"] == "time and group"
    assert "worse" in made.comparison.why or "log-loss" in made.comparison.why
    assert [(one.in_force, one.card.figures.get("comparison", {}).get("promote")) for one in shelf.all()] == [
        (True, None),
        (False, False),
    ]
    told = portrait(shelf, made.id)
    assert (told.entry.refused, told.entry.reason) == (True, made.comparison.why)
    assert told.learnt_from.by_person == {"anna": 120}
    assert sum(part.count for part in told.reliability) == 120
    assert [point.labels for point in told.learning_curve] == [20, 50]
    assert told.moved_up


def test_what_the_present_model_may_have_seen_does_not_judge(tmp_path: Path) -> None:
    """Neither what was said before it was made, nor what is of a group that it learnt, nor what nobody dated."""
    shelf = shelf_in(tmp_path)
    shelf.promote(train_newcomer(shelf, examples(6), "always", AT).id)
    later = AT + timedelta(days=1)
    known_group = [replace(one, key=f"again {one.key}", at=later) for one in examples(6)]
    undated = [example(number, label, None) for number in range(20, 30) for label in Label]
    fresh = [example(number, label, later) for number in range(10, 14) for label in Label]
    made = train_newcomer(shelf, [*examples(6), *known_group, *undated, *fresh], "auto", later + timedelta(days=1))
    assert made.comparison.samples == 8
    assert made.card.parent == shelf.find("20260303T100000Z").card.model_id


def test_too_few_labels_raise(tmp_path: Path) -> None:
    with pytest.raises(TooFewLabels):
        train_newcomer(shelf_in(tmp_path), examples(4), "auto", START)
