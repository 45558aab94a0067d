"""Many labels in parts: whole groups, both classes in each, the same whatever their order."""

import pytest

from model.parts import parts_of
from model.sample import Label, Sample


def _labels(count: int, groups: int) -> list[Sample]:
    return [
        Sample(url="", id=f"{number}", group=f"{number % groups}", label=list(Label)[number % groups % 2])
        for number in range(count)
    ]


def test_few_labels_are_one_part() -> None:
    """Nothing is gained by dealing them out."""
    assert parts_of(_labels(100, 50)) == [list(range(100))]


def test_groups_stay_whole_and_each_part_has_both_classes() -> None:
    """So that what a part was not taught judges it."""
    labels = _labels(1000, 200)
    parts = parts_of(labels, 250)
    assert len(parts) == 4
    assert sorted(place for part in parts for place in part) == list(range(1000))
    owners = [{labels[place].group for place in part} for part in parts]
    assert sum(map(len, owners)) == 200
    for part in parts:
        spam = sum(labels[place].label is Label.SPAM for place in part)
        assert 0.4 < spam / len(part) < 0.6
        assert len(part) == pytest.approx(250, rel=0.1)


def test_the_order_of_labels_changes_nothing() -> None:
    """The same labels are dealt to the same parts."""
    labels = _labels(400, 100)
    turned = labels[::-1]
    found = [{labels[place].id for place in part} for part in parts_of(labels, 100)]
    again = [{turned[place].id for place in part} for part in parts_of(turned, 100)]
    assert found == again


def test_too_few_groups_of_a_class_are_not_dealt_out() -> None:
    """A part with one campaign in it could not tell what campaigns have in common."""
    assert len(parts_of(_labels(400, 10), 100)) == 1
