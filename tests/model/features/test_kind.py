"""How it arrived, and whether anything in it leads anywhere."""

from collections.abc import Callable

import pytest

from model.sample import Kind, Sample

Case = tuple[Sample, set[str], set[str]]
CASES: dict[str, Case] = {
    "a comment that sells nothing": (
        Sample(url="", kind=Kind.COMMENT, excerpt="Well said."),
        {"kind=comment", "leads-nowhere"},
        {"kind=other"},
    ),
    "a link in the text": (Sample(url="", kind=Kind.COMMENT, excerpt="See http://a.example"), set(), {"leads-nowhere"}),
    "a mail address in the text": (Sample(url="", excerpt="write to a@mail.example"), set(), {"leads-nowhere"}),
    "a pingback": (Sample(url="http://a.example/", kind=Kind.PINGBACK), {"kind=pingback"}, {"leads-nowhere"}),
}


@pytest.mark.parametrize("case", CASES)
def test_the_kind_and_where_it_leads(case: str, signs_of: Callable[[str, Sample], set[str]]) -> None:
    """What is there is said, what is not is not."""
    sample, there, absent = CASES[case]
    found = signs_of("kind", sample)
    assert there <= found
    assert not absent & found
