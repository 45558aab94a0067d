"""Any JSON is a rule's conditions or raises the one error; what is taken can be used on any text, and is quick."""

import time
from datetime import UTC, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from proxy.ping import Kind, Linkback, Sender
from proxy.policy import Policy
from proxy.rules.case import Case, SiteFacts
from proxy.rules.owner import BadRule, fold, holds, when_from_json, when_to_json
from proxy.rules.pattern import LONGEST_TEXT, compiled
from proxy.urls import parse

KEYS = [
    "kind",
    "source_host",
    "source_domain",
    "source_path",
    "target_path",
    "remote_network",
    "words",
    "pattern",
    "self",
]
WORDS = [
    "pingback", "trackback", "a.example", "*.a.example", "a.example:80", "b\u00fccher.example", "\u2100", "/", "/a*", "*[", "[!", "10.0.0.0/8", "::/0", "x",
    "\u200b", "\u00ad", "casino", "(a+)+$", "a{999999999999999999999}", "[[a]", "(?i)", "\\", "", " ", "\udc80",
]  # fmt: skip
SCALARS = st.sampled_from(WORDS) | st.text(max_size=6) | st.integers() | st.booleans() | st.none() | st.floats()
VALUES = SCALARS | st.lists(SCALARS, max_size=3) | st.dictionaries(st.text(max_size=2), SCALARS, max_size=1)
AT = datetime(2026, 5, 1, tzinfo=UTC)
SITE = SiteFacts("blog", parse("https://blog.example/"), frozenset({"blog.example"}), Policy())


def case(text: str) -> Case:
    """Return a case with *text* wherever a stranger could write it."""
    linkback = Linkback(Kind.TRACKBACK, "https://a.example/x", "https://blog.example/y", text, text, text)
    return Case(linkback, Sender(text, text), SITE, AT)


@settings(max_examples=800, deadline=None, derandomize=True, database=None)
@given(st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=3), VALUES, max_size=3) | VALUES, st.text(max_size=30))
def test_any_json_is_a_condition_or_raises_the_one_error(raw: Any, text: str) -> None:
    try:
        when = when_from_json(raw)
    except BadRule:
        return
    assert when_from_json(when_to_json(when)) == when
    holds(when, case(text))


PIECES = ["a", "b", "x", ".", r"\s", r"\w", "[a-z]", "[^a]", "(", ")", "(?:", "(?=", "(?>", "|", "*", "+", "?", "*?", "++", "{2,}", "{0,40}", "{3}", "^", "$", r"\b", r"\1"]  # fmt: skip
PATTERNS = st.lists(st.sampled_from(PIECES), min_size=1, max_size=9).map("".join)
HARD = ["a" * LONGEST_TEXT, "ab" * (LONGEST_TEXT // 2), "a b" * (LONGEST_TEXT // 3), "b" * (LONGEST_TEXT - 1) + "!"]


@settings(max_examples=800, deadline=None, derandomize=True, database=None)
@given(PATTERNS)
def test_any_pattern_is_refused_or_quick(pattern: str) -> None:
    try:
        search = compiled(pattern).search
    except ValueError:
        return
    for text in HARD:
        began = time.process_time()
        search(text)
        assert time.process_time() - began < 1.5, pattern


@settings(max_examples=500, deadline=None, derandomize=True, database=None)
@given(st.text(max_size=20))
def test_folded_text_stays_folded(text: str) -> None:
    assert fold(fold(fold(text))) == fold(fold(text))
