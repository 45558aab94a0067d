"""What the source page showed, one row for each thing it can show."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from proxy.errors import FaultCode
from proxy.ping import Action, Evidence, Failure
from proxy.rules import evidence
from proxy.rules.case import Case

Maker = Callable[..., Case]
HOLD, REJECT = Action.HOLD, Action.REJECT
RULES = [
    evidence.source_missing,
    evidence.unverifiable,
    evidence.no_link,
    evidence.hidden_link,
    evidence.link_farm,
    evidence.thin_page,
    evidence.just_redirects,
    evidence.sender_address,
    evidence.wordpress_check,
]
Said = tuple[str, Action | None, FaultCode | None]


def said(case: Case) -> list[Said]:
    """Return what all rules about evidence say."""
    return [(found.rule, found.demands, found.fault) for rule in RULES for found in rule(case)]


GONE, NO_LINK = FaultCode.SOURCE_MISSING, FaultCode.NO_LINK
FAILURES: dict[Failure, Said] = {
    Failure.GONE: ("source-gone", REJECT, GONE),
    Failure.NOT_PUBLIC: ("source-not-public", REJECT, GONE),
    Failure.NOT_A_PAGE: ("no-link", REJECT, NO_LINK),
    Failure.FORBIDDEN: ("unverifiable", HOLD, None),
    Failure.SERVER_ERROR: ("unverifiable", HOLD, None),
    Failure.TIMEOUT: ("unverifiable", HOLD, None),
    Failure.UNREACHABLE: ("unverifiable", HOLD, None),
    Failure.REDIRECTS: ("unverifiable", HOLD, None),
    Failure.OTHER_STATUS: ("unverifiable", HOLD, None),
    Failure.UNREADABLE: ("unverifiable", HOLD, None),
    Failure.TARGET_UNKNOWN: ("unverifiable", HOLD, None),
    Failure.OVER_BUDGET: ("not-yet-checked", HOLD, None),
}


@pytest.mark.parametrize("failure", Failure)
def test_every_failure_rejects_or_holds_and_final_ones_reject(case: Maker, failure: Failure) -> None:
    assert said(case(evidence=Evidence(failure=failure))) == [FAILURES[failure]]
    assert failure.is_final is (FAILURES[failure][1] is REJECT)


SHOWN: dict[str, tuple[dict[str, Any], list[Said]]] = {
    "an honest page": ({}, []),
    "no link": ({"link_found": False, "link_visible": None}, [("no-link", REJECT, NO_LINK)]),
    "not known whether it links": ({"link_found": None}, [("unverifiable", HOLD, None)]),
    "a hidden link": ({"link_visible": False}, [("hidden-link", None, None)]),
    "not known whether it can be seen": ({"link_visible": None}, []),
    "many links and little text": ({"outbound_links": 150, "text_chars": 2000}, [("link-farm", None, None)]),
    "many links and no text known": ({"outbound_links": 150, "text_chars": None}, [("link-farm", None, None)]),
    "many links and much text": ({"outbound_links": 150, "text_chars": 9000}, []),
    "fewer links": ({"outbound_links": 149, "text_chars": 2000}, []),
    "hardly any text": ({"text_chars": 249}, [("thin-page", None, None)]),
    "enough text": ({"text_chars": 250}, []),
    "a redirect to another owner": ({"fetched_url": "https://evil.example/"}, [("just-redirects", None, None)]),
    "a redirect to one's own www": ({"fetched_url": "https://www.bread.example/"}, []),
    "a page that sends its readers on": ({"refresh_url": "https://evil.example/"}, [("just-redirects", None, None)]),
    "a page that sends its readers to a relative place": ({"refresh_url": "/b"}, []),
    "a sender at the source's address": ({"sender_matches_host": True}, [("sender-related", None, None)]),
    "a sender from elsewhere": ({"sender_matches_host": False}, [("sender-unrelated", None, None)]),
    "a page that WordPress will not take": ({"wordpress_would_accept": False}, [("wordpress-check", None, None)]),
    "a page without link that WordPress will not take": (
        {"link_found": False, "wordpress_would_accept": False}, [("no-link", REJECT, NO_LINK)],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "expected"), SHOWN.values(), ids=SHOWN.keys())
def test_the_page_shows(case: Maker, changes: dict[str, Any], expected: list[Said]) -> None:
    seen = case()
    assert said(replace(seen, evidence=replace(seen.evidence, **changes))) == expected


def test_before_anything_was_fetched_nothing_is_said(case: Maker) -> None:
    assert said(case(evidence=None)) == []


def test_evidence_that_knows_nothing_holds(case: Maker) -> None:
    assert said(case(evidence=Evidence())) == [("unverifiable", HOLD, None)]


def test_the_sender_s_address_alone_is_never_a_verdict(case: Maker) -> None:
    for matches in (True, False):
        (found,) = evidence.sender_address(case(sender_matches_host=matches))
        assert abs(found.points) <= 0.5


@pytest.mark.parametrize("place", ["http://[", "http://a\u2100b/", "x", "http://"])
def test_a_place_that_is_no_address_breaks_nothing(case: Maker, place: str) -> None:
    assert said(case(refresh_url=place)) == []
