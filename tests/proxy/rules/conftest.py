"""One site, and a ping to it that each test changes."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from proxy.ping import Evidence, History, Kind, Linkback, Sender
from proxy.policy import Policy
from proxy.rules.case import Case, SiteFacts
from proxy.urls import parse

AT = datetime(2026, 5, 1, 12, tzinfo=UTC)
HOME = "https://blog.example/"
TARGET = "https://blog.example/2024/post/"
SOURCE = "https://bread.example/a"
READ = Evidence(
    fetched_url=SOURCE, status=200, redirects=0, link_found=True, link_visible=True, outbound_links=3, text_chars=2000
)


def a_case(**changes: Any) -> Case:
    """Return a case; what is no field of `Case` belongs to the linkback, the policy, the evidence or the history."""
    linkback = Linkback(Kind.PINGBACK, SOURCE, TARGET)
    site = SiteFacts("blog", parse(HOME), frozenset({"blog.example", "www.blog.example"}), Policy())
    parts: dict[str, Any] = {
        "linkback": linkback,
        "policy": site.policy,
        "history": History(),
        "evidence": changes.pop("evidence", READ),
    }
    for key in [*changes]:
        for name, part in parts.items():
            if part is not None and key in (type(part).model_fields if name == "policy" else part.__dataclass_fields__):
                value = changes.pop(key)
                parts[name] = (
                    part.model_copy(update={key: value}) if name == "policy" else replace(part, **{key: value})
                )
                break
    site = replace(
        site, policy=parts.pop("policy"), **{key: changes.pop(key) for key in ("home", "hosts") if key in changes}
    )
    return Case(
        parts["linkback"],
        changes.pop("sender", Sender("203.0.113.7")),
        site,
        AT,
        history=parts["history"],
        evidence=parts["evidence"],
        **changes,
    )


@pytest.fixture
def case() -> Callable[..., Case]:
    """The maker of cases."""
    return a_case
