"""How much there is of each text."""

from collections.abc import Callable

import pytest

from model.sample import Sample

Case = tuple[Sample, set[str], set[str]]
CASES: dict[str, Case] = {
    "nothing at all": (Sample(url=""), set(), {"title-words≥1", "excerpt-words≥1", "name-words≥1", "title-chars≥60"}),
    "a short title": (
        Sample(url="", title="three small words"),
        {"title-words≥3", "title-words≥1"},
        {"title-words≥5", "title-chars≥60"},
    ),
    "one long word": (
        Sample(url="", title="xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"),
        {"title-chars≥60"},
        {"title-chars≥100"},
    ),
    "an excerpt": (
        Sample(url="", excerpt="one two three four"),
        {"excerpt-words≥4"},
        {"title-words≥1", "excerpt-words≥8"},
    ),
    "a name": (Sample(url="", blog_name="the small hours"), {"name-words≥3"}, {"name-words≥5"}),
    "signs of punctuation are no words": (Sample(url="", title="-- !!"), set(), {"title-words≥1"}),
}


@pytest.mark.parametrize("case", CASES)
def test_each_length_is_its_steps(case: str, signs_of: Callable[[str, Sample], set[str]]) -> None:
    """The steps that each number reaches and no more."""
    sample, there, absent = CASES[case]
    found = signs_of("lengths", sample)
    assert there <= found
    assert not absent & found
