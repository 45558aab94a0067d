"""A campaign or a domain never stands on both sides of a split."""

import pytest

from model.groups import folds_of, group_of, numbers_of
from model.sample import Label, Sample


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        (Sample(url="http://www.a.example/x"), Sample(url="https://blog.a.example/y"), True),
        (Sample(url="http://a.example/"), Sample(url="http://b.example/"), False),
        (Sample(url="http://a.example/", group="g"), Sample(url="http://b.example/", group="g"), True),
        (Sample(url="http://a.example/", group="g"), Sample(url="http://a.example/", group="h"), False),
        (Sample(url="", group="a.example"), Sample(url="http://a.example/"), False),
        (Sample(url="", id="1", excerpt="same"), Sample(url="", id="2", excerpt="same"), False),
        (Sample(url="", excerpt="same"), Sample(url="", excerpt="same"), True),
    ],
)
def test_who_belongs_together(one: Sample, other: Sample, together: bool) -> None:
    """Its own group decides, else its domain, else it stands alone."""
    assert (group_of(one) == group_of(other)) is together


def test_groups_are_numbered_in_the_order_of_their_names() -> None:
    """The same number for the same group, whatever the order of the samples."""
    assert numbers_of([Sample(url="", group=name) for name in ("b", "a", "b", "c")]).tolist() == [1, 0, 1, 2]
    assert numbers_of([]).tolist() == []


def test_folds_hold_whole_groups(corpus: tuple[Sample, ...]) -> None:
    """Every fold is used, no group is in two, and each has something of both classes."""
    folds = folds_of(corpus, 4, seed=1)
    assert set(folds) == {0, 1, 2, 3}
    rows = list(zip(corpus, folds, strict=True))
    assert len({(group_of(sample), fold) for sample, fold in rows}) == len({group_of(sample) for sample in corpus})
    assert len({(sample.label, fold) for sample, fold in rows}) == 8


def test_the_seed_decides_the_folds(corpus: tuple[Sample, ...]) -> None:
    """The same gives the same."""
    assert folds_of(corpus, 4, seed=1) == folds_of(corpus, 4, seed=1)
    assert folds_of(corpus, 4, seed=1) != folds_of(corpus, 4, seed=2)


@pytest.mark.parametrize(("groups", "folds"), [(1, 1), (2, 2), (3, 3), (9, 4)])
def test_few_groups_make_few_folds(groups: int, folds: int) -> None:
    """Rather than an error."""
    rows = [Sample(url=f"http://g{n % groups}.example/", label=Label.SPAM if n % 2 else Label.HAM) for n in range(72)]
    assert set(folds_of(rows, 4, seed=1)) == set(range(folds))
