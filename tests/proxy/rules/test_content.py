"""Rules about texts and the past."""

from collections.abc import Callable
from typing import Any

import pytest

from proxy.ping import Kind
from proxy.rules.case import Case
from proxy.rules.content import known_host, same_source, title_is_blog_name

Maker = Callable[..., Case]
TRACKBACK = {"kind": Kind.TRACKBACK}

CASES: dict[str, tuple[Any, dict[str, Any], list[tuple[str, float]]]] = {
    "title and name the same": (
        title_is_blog_name, TRACKBACK | {"title": "Bread", "blog_name": "Bread"}, [("title-is-blog-name", 0.7)],
    ),
    "the same in another spelling": (
        title_is_blog_name, TRACKBACK | {"title": "ＢＲＥＡＤ", "blog_name": "bre\u200bad"}, [("title-is-blog-name", 0.7)],
    ),
    "title and name differ": (title_is_blog_name, TRACKBACK | {"title": "Bread", "blog_name": "My blog"}, []),
    "both empty": (title_is_blog_name, TRACKBACK, []),
    "a pingback has no name": (title_is_blog_name, {"title": "Bread", "blog_name": "Bread"}, []),
    "two of the same source": (same_source, {"same_source_recently": 2}, []),
    "three of the same source": (same_source, {"same_source_recently": 3}, [("same-source", 1.0)]),
    "19 of the host": (same_source, {"same_host_recently": 19}, []),
    "20 of the host": (same_source, {"same_host_recently": 20}, [("busy-host", 1.0)]),
    "many of both": (
        same_source, {"same_source_recently": 9, "same_host_recently": 99}, [("same-source", 1.0), ("busy-host", 1.0)],
    ),
    "many of ourselves": (same_source, {"same_source_recently": 9, "source_url": "https://blog.example/x"}, []),
    "many of our host": (
        same_source, {"same_source_recently": 9, "source_url": "http://blog.example/x"}, [("same-source", 1.0)],
    ),
    "a host that nobody judged": (known_host, {}, []),
    "a host approved before": (known_host, {"approved_by_person": 1}, [("host-approved-before", -2.0)]),
    "a host rejected before": (known_host, {"rejected_by_person": 1}, [("host-rejected-before", 2.0)]),
    "a host approved more often": (
        known_host, {"approved_by_person": 3, "rejected_by_person": 2}, [("host-approved-before", -2.0)],
    ),
    "a host judged both ways alike": (known_host, {"approved_by_person": 2, "rejected_by_person": 2}, []),
}  # fmt: skip


@pytest.mark.parametrize(("rule", "changes", "expected"), CASES.values(), ids=CASES.keys())
def test_it_counts(case: Maker, rule: Any, changes: dict[str, Any], expected: list[tuple[str, float]]) -> None:
    found = list(rule(case(**changes)))
    assert [(finding.rule, finding.points) for finding in found] == expected
    assert all(finding.demands is None for finding in found)
