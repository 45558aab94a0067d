"""What the site takes: kinds, closed posts, pings to itself."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from proxy.errors import FaultCode
from proxy.ping import Action, Kind
from proxy.rules.case import Case
from proxy.rules.owner import OwnerRule, When
from proxy.rules.site import kind_off, post_closed, self_ping, source_is_target

Maker = Callable[..., Case]
Said = tuple[str, Action | None, FaultCode | None]
DENIED = FaultCode.ACCESS_DENIED
AT = datetime(2026, 5, 1, 12, tzinfo=UTC)


def said(found: Any) -> list[Said]:
    """Return what findings say, without their words."""
    return [(finding.rule, finding.demands, finding.fault) for finding in found]


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("pingbacks", ["on", "off"])
@pytest.mark.parametrize("trackbacks", ["on", "off"])
def test_a_kind_that_is_switched_off_is_refused(case: Maker, kind: Kind, pingbacks: str, trackbacks: str) -> None:
    off = (pingbacks if kind is Kind.PINGBACK else trackbacks) == "off"
    found = said(kind_off(case(kind=kind, pingbacks=pingbacks, trackbacks=trackbacks)))
    assert found == ([("kind-off", Action.REJECT, DENIED)] if off else [])


CLOSED: dict[str, tuple[dict[str, Any], bool]] = {
    "nothing is closed": ({}, False),
    "its path": ({"closed_paths": ("/2024/*",)}, True),
    "one of the paths": ({"closed_paths": ("/x", "*/post/")}, True),
    "another path": ({"closed_paths": ("/2023/*",)}, False),
    "the path in another case": ({"closed_paths": ("/2024/POST/",)}, False),
    "older than allowed": ({"closed_after_days": 10, "target_published_at": AT - timedelta(days=10, seconds=1)}, True),
    "as old as allowed": ({"closed_after_days": 10, "target_published_at": AT - timedelta(days=10)}, False),
    "of unknown age": ({"closed_after_days": 10}, False),
    "old where age does not count": ({"target_published_at": AT - timedelta(days=9999)}, False),
    "from the future": ({"closed_after_days": 1, "target_published_at": AT + timedelta(days=9)}, False),
    "of the greatest age that can be set": (
        {"closed_after_days": 36600, "target_published_at": AT}, False,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "closed"), CLOSED.values(), ids=CLOSED.keys())
def test_a_post_is_closed_by(case: Maker, changes: dict[str, Any], closed: bool) -> None:
    found = said(post_closed(case(**changes)))
    assert found == ([("post-closed", Action.REJECT, FaultCode.TARGET_UNUSABLE)] if closed else [])


SAME_PAGE = {
    "the same": ("https://blog.example/2024/post/", True),
    "without slash": ("https://blog.example/2024/post", True),
    "by another scheme": ("http://blog.example/2024/post/", True),
    "on another host of ours": ("https://www.blog.example/2024/post/", True),
    "in another spelling": ("https://blog.example/2024/%70ost/", True),
    "another page": ("https://blog.example/2024/other/", False),
    "with a query": ("https://blog.example/2024/post/?x", False),
    "on another port, which may be anything": ("https://blog.example:8443/2024/post/", False),
}


@pytest.mark.parametrize(("source", "same"), SAME_PAGE.values(), ids=SAME_PAGE.keys())
def test_a_page_cannot_link_back_to_itself(case: Maker, source: str, same: bool) -> None:
    assert bool(list(source_is_target(case(source_url=source)))) is same


OWN = "https://blog.example/2024/other/"
POLICIES: dict[str, Said] = {
    "pass": ("self-ping", Action.APPROVE, None),
    "approve-if-linked": ("self-ping", Action.APPROVE, None),
    "hold": ("self-ping", Action.HOLD, None),
    "reject": ("self-ping", Action.REJECT, DENIED),
}


@pytest.mark.parametrize(("policy", "expected"), POLICIES.items())
def test_the_policy_decides_about_pings_to_oneself(case: Maker, policy: str, expected: Said) -> None:
    assert said(self_ping(case(source_url=OWN, self_pings=policy))) == [expected]
    assert said(self_ping(case(self_pings=policy))) == []


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("source", [f"{OWN}?p=5", "http://blog.example/x", "https://blog.example:8080/", f"{OWN}../x"])
def test_what_only_shares_our_host_is_held_whatever_the_policy(case: Maker, policy: str, source: str) -> None:
    assert said(self_ping(case(source_url=source, self_pings=policy))) == [("own-host", Action.HOLD, None)]


def test_an_owner_s_rule_for_it_overrides_the_policy_but_not_what_only_shares_the_host(case: Maker) -> None:
    rules = (OwnerRule("01", "mine", When(source_host=("blog.example",)), "approve"),)
    assert said(self_ping(case(source_url=OWN, self_pings="reject", owner_rules=rules))) == [("self-ping", None, None)]
    points = (OwnerRule("01", "mine", When(source_host=("blog.example",)), "points", 1.0),)
    assert said(self_ping(case(source_url=OWN, self_pings="reject", owner_rules=points))) == [POLICIES["reject"]]
    held = said(self_ping(case(source_url=f"{OWN}?p=5", owner_rules=rules)))
    assert held == [("own-host", Action.HOLD, None)]
