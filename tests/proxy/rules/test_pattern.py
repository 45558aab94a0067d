"""Patterns that an owner may write, and those that a stranger's text could make run for ever."""

import time

import pytest

from proxy.rules.pattern import LONGEST_TEXT, compiled

TAKEN = [
    "viagra",
    r"\bbest\s+casino\s+online\s+bonus\b",
    r"\b\w+\s+casino\b",
    "(?:best|cheap) (?:pills|seo)",
    "buy.*cheap.*pills",
    "v[i1!]agra|c[i1!]al[i1!]s",
    "[^\\x00-\\x7f]{5,}",
    r"\$\d+(?:\.\d\d)?",
    r"https?://[a-z0-9.-]+\.(?:ru|cn)/",
    ".{0,40}x.{0,40}y",
    "(a|b)*c",
    "a++b",
    "(?i:casino)",
    "",
]
TOO_LONG = {
    "a repeat in a repeat": "(a+)+$",
    "the classic": r"^(\w+\s?)*$",
    "two repeats in a repeat": "(x+x+)+y",
    "the same twice in a repeat": "(a|aa)+$",
    "three open ones": ".*.*.*x",
    "lazy ones too": ".*?.*?.*?x",
    "words between do not help": "buy.*cheap.*pills.*now",
    "many that may be missing": "a?" * 30 + "a" * 30,
    "a repeat that may be missing in a repeat": "(?:a?){20}b",
    "wide bounds in a repeat": "(?:x{0,500}){8}y",
    "behind a look-ahead": "(?=(a+)+$)b",
    "behind a look-behind's neighbour": "(?<=x)(a+)+$",
    "in an atomic group": "(?>(a+)+)b",
    "a reference back": r"(.*)\1\1x",
    "a condition": "(a)?(?(1)b|c)",
}
NOT_UNDERSTOOD = {
    "open": "(",
    "nothing to repeat": "*",
    "a bad escape": "\\",
    "a name that is none": "(?P<1>a)",
    "a count beyond all": "a{99999999999999999999}",
    "a look-behind of no fixed width": "(?<=a*)b",
    "too many groups inside each other": "(" * 400,
}  # fmt: skip
TEXTS = ["a" * LONGEST_TEXT, "x" * LONGEST_TEXT, "buycheap" * 62, "a b " * 125, "http://" + "a.ru" * 120, "$1.1" * 125]


@pytest.mark.parametrize("pattern", TAKEN)
def test_a_pattern_that_is_taken_is_quick_on_any_text(pattern: str) -> None:
    search = compiled(pattern).search
    began = time.process_time()
    for text in TEXTS:
        search(text)
    assert time.process_time() - began < 2


@pytest.mark.parametrize("pattern", TOO_LONG.values(), ids=TOO_LONG.keys())
def test_a_pattern_that_could_run_for_ever_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match="could take very long"):
        compiled(pattern)


@pytest.mark.parametrize("pattern", NOT_UNDERSTOOD.values(), ids=NOT_UNDERSTOOD.keys())
def test_a_pattern_that_is_none_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match="is no regular expression: "):
        compiled(pattern)


def test_a_pattern_has_500_characters_at_most() -> None:
    assert compiled("a" * 500)
    with pytest.raises(ValueError, match="is longer than 500 characters"):
        compiled("a" * 501)
