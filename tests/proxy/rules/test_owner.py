"""The owner's rules: how they are read, and when they match."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from proxy.errors import FaultCode
from proxy.ping import Action, Kind, Sender
from proxy.rules.case import Case
from proxy.rules.owner import (
    MAX_ITEMS,
    BadRule,
    OwnerRule,
    When,
    fold,
    holds,
    matching,
    owner_rules,
    when_from_json,
    when_to_json,
)

Maker = Callable[..., Case]

# A condition as JSON, what the case is changed by, and whether it holds.
CONDITIONS: dict[str, tuple[dict[str, Any], dict[str, Any], bool]] = {
    "the kind": ({"kind": "pingback"}, {}, True),
    "the other kind": ({"kind": "trackback"}, {}, False),
    "the host": ({"source_host": ["bread.example"]}, {}, True),
    "one of the hosts": ({"source_host": ["a.example", "bread.example"]}, {}, True),
    "a single host as a text": ({"source_host": "bread.example"}, {}, True),
    "the host in capitals with the root's dot": ({"source_host": ["Bread.Example."]}, {}, True),
    "a host below it": ({"source_host": ["bread.example"]}, {"source_url": "https://x.bread.example/"}, False),
    "a host above it": ({"source_host": ["x.bread.example"]}, {}, False),
    "a host in another script": ({"source_host": ["bücher.example"]}, {"source_url": "https://xn--bcher-kva.example/"}, True),
    "a host in the path of another": ({"source_host": ["bread.example"]}, {"source_url": "https://evil.example/bread.example"}, False),
    "the domain": ({"source_domain": ["bread.example"]}, {"source_url": "https://x.y.bread.example/"}, True),
    "the domain itself": ({"source_domain": ["bread.example"]}, {}, True),
    "a domain that ends like it": ({"source_domain": ["bread.example"]}, {"source_url": "https://mybread.example/"}, False),
    "a domain under a public suffix": ({"source_domain": ["a.co.uk"]}, {"source_url": "https://b.co.uk/"}, False),
    "the source's path": ({"source_path": "/a*"}, {"source_url": "https://bread.example/abc/d"}, True),
    "the source's path, in another case": ({"source_path": "/a*"}, {"source_url": "https://bread.example/Abc"}, False),
    "the source's path, not its query": ({"source_path": "*casino*"}, {"source_url": "https://bread.example/?casino"}, False),
    "the target's path": ({"target_path": "/2024/*"}, {}, True),
    "another target's path": ({"target_path": "/2023/*"}, {}, False),
    "the sender's network": ({"remote_network": ["203.0.113.0/24"]}, {}, True),
    "one of the sender's networks": ({"remote_network": ["2001:db8::/32", "203.0.113.7"]}, {}, True),
    "another network": ({"remote_network": ["198.51.100.0/24"]}, {}, False),
    "a network of the other kind": ({"remote_network": ["::/0"]}, {}, False),
    "an IPv6 sender": ({"remote_network": ["2001:db8::/32"]}, {"sender": Sender("2001:db8::1")}, True),
    "a sender without address": ({"remote_network": ["0.0.0.0/0"]}, {"sender": Sender("")}, False),
    "a word in the title": ({"words": ["casino"]}, {"title": "The Casino!"}, True),
    "a word in the blog's name": ({"words": ["casino"]}, {"blog_name": "casino"}, True),
    "a word in the address": ({"words": ["casino"]}, {"source_url": "https://bread.example/best-casino-1"}, True),
    "a word in the page's title": ({"words": ["casino"]}, {"title": ""}, False),
    "a part of a word": ({"words": ["cas"]}, {"title": "casino"}, False),
    "words that follow each other": ({"words": ["best casino"]}, {"title": "the best casino"}, True),
    "words in two texts": ({"words": ["best casino"]}, {"title": "best", "excerpt": "casino"}, False),
    "one of many words": ({"words": ["x", "casino"]}, {"title": "casino"}, True),
    "a word with a soft hyphen": ({"words": ["casino"]}, {"title": "ca\u00adsi\u200bno"}, True),
    "a word in wide letters": ({"words": ["casino"]}, {"title": "ｃａｓｉｎｏ"}, True),
    "a word with octets that WordPress deletes": ({"words": ["casino"]}, {"title": "cas%41ino"}, True),
    "a word with a sharp s": ({"words": ["STRASSE"]}, {"title": "straße"}, True),
    "a word that is no letter": ({"words": ["+++"]}, {"title": "a +++ b"}, True),
    "a word of special characters": ({"words": ["c++ (x)"]}, {"title": "c++ (x)"}, True),
    "a pattern": ({"pattern": "cas.no"}, {"title": "CASINO"}, True),
    "a pattern in capitals": ({"pattern": "CAS.NO"}, {"title": "casino"}, True),
    "a pattern at the start of any text": ({"pattern": "^casino"}, {"excerpt": "casino"}, True),
    "a pattern that is not there": ({"pattern": "casino"}, {}, False),
    "ourselves": ({"self": True}, {"source_url": "https://blog.example/x"}, True),
    "a stranger": ({"self": True}, {}, False),
    "not ourselves": ({"self": False}, {}, True),
    "two that hold": ({"kind": "pingback", "source_host": ["bread.example"]}, {}, True),
    "one of two holds": ({"kind": "trackback", "source_host": ["bread.example"]}, {}, False),
}  # fmt: skip


@pytest.mark.parametrize(("when", "changes", "expected"), CONDITIONS.values(), ids=CONDITIONS.keys())
def test_a_condition_on(case: Maker, when: dict[str, Any], changes: dict[str, Any], expected: bool) -> None:
    assert holds(when_from_json(when), case(**changes)) is expected


def test_one_long_text_does_not_push_another_out_of_sight(case: Maker) -> None:
    long = "x " * 5000
    stuffed = case(title=long, excerpt=long, blog_name="casino")
    stuffed = replace(stuffed, evidence=replace(stuffed.evidence, title=long, excerpt="roulette"))
    for word in ("casino", "roulette"):
        assert holds(When(words=(word,)), stuffed)
        assert holds(When(pattern=word), stuffed)


def test_words_are_looked_for_in_what_the_page_showed(case: Maker) -> None:
    seen = case()
    seen = replace(seen, evidence=replace(seen.evidence, title="Casino", fetched_url="https://bread.example/roulette"))
    assert holds(When(words=("casino",)), seen)
    assert holds(When(words=("roulette",)), seen)
    assert not holds(When(words=("casino",)), replace(seen, evidence=None))


BAD: dict[str, tuple[object, str]] = {
    "no object": ([], "when must be an object of conditions"),
    "nothing": ({}, "when must hold at least one condition, or the rule would match everything"),
    "nothing but empty lists": (
        {"words": [], "kind": None}, "when must hold at least one condition, or the rule would match everything",
    ),
    "an unknown condition": (
        {"host": "a"},
        (
            "when.host is unknown; allowed are kind, source_host, source_domain, source_path, target_path, "
            "remote_network, words, pattern, self"
        ),
    ),
    "an unknown kind": ({"kind": "comment"}, "when.kind = 'comment' must be \"pingback\" or \"trackback\""),
    "a list of kinds": ({"kind": ["pingback"]}, "when.kind = ['pingback'] must be \"pingback\" or \"trackback\""),
    "an object for a kind": ({"kind": {}}, "when.kind = {} must be \"pingback\" or \"trackback\""),
    "a host that is a URL": (
        {"source_host": ["https://a.example/"]},
        "when.source_host = 'https://a.example/' must be a host name such as \"blog.example\"",
    ),
    "a host with a star": (
        {"source_host": ["*.a.example"]}, "when.source_host = '*.a.example' must be a host name such as \"blog.example\"",
    ),
    "a host with a port": (
        {"source_host": ["a.example:80"]}, "when.source_host = 'a.example:80' must be a host name such as \"blog.example\"",
    ),
    "an empty host": ({"source_host": [""]}, "when.source_host must be a list of texts, at most 5000"),
    "a number for a host": ({"source_host": [5]}, "when.source_host must be a list of texts, at most 5000"),
    "too many hosts": (
        {"source_host": ["a.example"] * (MAX_ITEMS + 1)}, "when.source_host must be a list of texts, at most 5000",
    ),
    "a host for a domain": (
        {"source_domain": ["www.a.example.com"]},
        'when.source_domain = "www.a.example.com" is part of example.com; for one host use source_host',
    ),
    "a path without slash": ({"source_path": "2024/*"}, "when.source_path = '2024/*' must be a path such as \"/2024/*\""),
    "an empty path": ({"target_path": ""}, "when.target_path = '' must be a path such as \"/2024/*\""),
    "a network that is none": (
        {"remote_network": ["x"]}, "when.remote_network: 'x' does not appear to be an IPv4 or IPv6 network",
    ),
    "a blank word": ({"words": [" "]}, "when.words must be a list of texts, at most 5000"),
    "a word that cannot be seen": ({"words": ["\u200b"]}, "when.words must be words; one of them holds nothing that can be seen"),
    "a soft hyphen for a word": (
        {"words": ["casino", "\u00ad"]}, "when.words must be words; one of them holds nothing that can be seen",
    ),
    "an open pattern": (
        {"pattern": "("}, "when.pattern = '(' is no regular expression: missing ), unterminated subpattern at position 0",
    ),
    "an empty pattern": ({"pattern": ""}, "when.pattern must be a regular expression"),
    "a list of patterns": ({"pattern": ["a"]}, "when.pattern must be a regular expression"),
    "a pattern with a huge count": (
        {"pattern": "a{99999999999999}"},
        "when.pattern = 'a{99999999999999}' is no regular expression: the repetition number is too large",
    ),
    "a text for self": ({"self": "yes"}, "when.self = 'yes' must be true or false"),
    "a number for self": ({"self": 1}, "when.self = 1 must be true or false"),
}  # fmt: skip


@pytest.mark.parametrize(("raw", "sentence"), BAD.values(), ids=BAD.keys())
def test_a_condition_that_is_refused(raw: object, sentence: str) -> None:
    with pytest.raises(BadRule) as problem:
        when_from_json(raw)
    assert str(problem.value) == sentence


def test_a_pattern_that_could_run_for_ever_is_refused() -> None:
    with pytest.raises(BadRule, match=r"when\.pattern = '\(a\+\)\+\$' could take very long"):
        when_from_json({"pattern": "(a+)+$"})


@pytest.mark.parametrize("when", [when for when, _, _ in CONDITIONS.values()], ids=CONDITIONS.keys())
def test_conditions_are_written_as_they_are_read(when: dict[str, Any]) -> None:
    read = when_from_json(when)
    assert when_from_json(when_to_json(read)) == read


def test_an_import_of_5000_hosts_is_quick_and_each_is_found(case: Maker) -> None:
    began = time.process_time()
    when = when_from_json({"source_host": [f"host{number}.spam.example" for number in range(MAX_ITEMS)]})
    words = when_from_json({"words": [f"word{number}" for number in range(MAX_ITEMS)]})
    assert holds(when, case(source_url="https://host4999.spam.example/x"))
    assert not holds(when, case(source_url="https://host5000.spam.example/x"))
    assert holds(words, case(title="word word4999"))
    assert not holds(words, case(title="word " * 400))
    assert time.process_time() - began < 2


RULE = OwnerRule("01", "No bread", When(source_host=("bread.example",)), "reject")
FORCE: dict[str, tuple[dict[str, Any], bool]] = {
    "every site's": ({}, True),
    "this site's": ({"site": "blog"}, True),
    "another site's": ({"site": "shop"}, False),
    "switched off": ({"enabled": False}, False),
    "not yet expired": ({"expires_at": timedelta(seconds=1)}, True),
    "expiring now": ({"expires_at": timedelta(0)}, False),
    "expired": ({"expires_at": timedelta(seconds=-1)}, False),
    "without a match": ({"when": When(kind=Kind.TRACKBACK)}, False),
}


@pytest.mark.parametrize(("changes", "speaks"), FORCE.values(), ids=FORCE.keys())
def test_a_rule_that_is(case: Maker, changes: dict[str, Any], speaks: bool) -> None:
    at = case().at
    if "expires_at" in changes:
        changes = {"expires_at": at + changes["expires_at"]}
    rule = replace(RULE, **changes)
    assert list(matching(case(owner_rules=(rule,)))) == ([rule] if speaks else [])


ACTIONS: dict[str, tuple[Action | None, FaultCode | None, float]] = {
    "approve": (Action.APPROVE, None, 0.0),
    "hold": (Action.HOLD, None, 0.0),
    "reject": (Action.REJECT, FaultCode.ACCESS_DENIED, 0.0),
    "points": (None, None, 2.5),
}


@pytest.mark.parametrize("action", ACTIONS)
def test_what_a_matching_rule_says(case: Maker, action: Any) -> None:
    demands, fault, points = ACTIONS[action]
    (found,) = owner_rules(case(owner_rules=(replace(RULE, action=action, points=points),)))
    assert (found.rule, found.text) == ("owner:01", "your rule “No bread” matches")
    assert (found.demands, found.fault, found.points) == (demands, fault, points)


@pytest.mark.parametrize(("text", "folded"), [("Ａ\u200bB", "ab"), ("ﬁ", "fi"), ("İ", "i̇"), ("\ufeff", "")])
def test_folding(text: str, folded: str) -> None:
    assert fold(text) == folded
    assert fold(folded) == folded
