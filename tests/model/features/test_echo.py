"""A short text that only says again what its host is called."""

from collections.abc import Callable

import pytest

from model.sample import Sample

CASES: dict[str, tuple[str, str, set[str]]] = {
    "it sells what the host does": ("http://cheapwatches.blog.example/", "cheap watches", {"host"}),
    "most of its words": ("http://blueboots.example/", "blue boots forever", {"host"}),
    "below a name that many share": ("http://blue.boots.example/", "blue boots", {"host"}),
    "half of its words": ("http://cheapwatches.example/", "cheap watches tonight maybe", set()),
    "one word": ("http://watches.example/", "watches", set()),
    "who signs with the name of a home": ("http://martin-meier.example/", "Thanks Martin", set()),
    "praise and a suffix": ("http://anna.info/", "Nice info", set()),
    "praise and a place for blogs": ("http://anna.blogspot.com/", "Cool blogspot blog!", set()),
    "a long one that names it": (
        "http://oldwatches.example/",
        "we looked at all the old watches in the house today",
        set(),
    ),
    "little words alone": ("http://the-and.example/", "the and", set()),
    "something else": ("http://cheapwatches.example/", "thank you, Anna", set()),
    "no host": ("", "cheap watches", set()),
    "no text": ("http://cheapwatches.example/", "", set()),
}


@pytest.mark.parametrize("case", CASES)
def test_the_host_said_again(case: str, signs_of: Callable[[str, Sample], set[str]]) -> None:
    """Short texts only, and words of more than three letters."""
    url, excerpt, there = CASES[case]
    assert signs_of("echo", Sample(url=url, excerpt=excerpt)) == there
