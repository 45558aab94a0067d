"""The demo's cases: each names what is there, and together they show every end that a linkback can have."""

import pytest

from proxy.demo.blog import POSTS
from proxy.demo.cases import CASES, Case
from proxy.demo.web import PAGES, STATUS
from proxy.ping import Kind, State


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.shows)
def test_a_case_sends_what_it_says(case: Case) -> None:
    assert case.post in POSTS
    is_there = case.source in PAGES or case.source in STATUS or case.source in POSTS
    assert is_there is (case.shows != "a page that does not exist")
    assert bool(case.title) is (case.kind is Kind.TRACKBACK)


def test_no_two_cases_are_the_same_linkback() -> None:
    assert len({(case.source, case.post) for case in CASES}) == len(CASES)
    assert len({(case.kind, case.source) for case in CASES}) == len(CASES)  # the show finds them again by these


def test_every_verdict_and_both_kinds_are_shown() -> None:
    assert {case.ends for case in CASES} == {State.DELIVERED, State.HELD, State.REJECTED}
    assert {case.kind for case in CASES} == set(Kind)
