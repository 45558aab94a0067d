"""What a policy may say; how a wrong one is told is the configuration's (see test_config)."""

from typing import Any

import pytest
from pydantic import ValidationError

from proxy.policy import Policy

GOOD: dict[str, dict[str, Any]] = {
    "nothing": {},
    "no pingbacks": {"pingbacks": "off"},
    "no trackbacks": {"trackbacks": "off"},
    "paths": {"closed_paths": ("/2019/*", "*")},
    "a hundred years": {"closed_after_days": 36500},
    "one threshold": {"approve_below": -3.5},
    "both thresholds": {"approve_below": -2.0, "reject_above": 6.0},
    "thresholds without anything to hold between them": {"approve_below": 1.0, "reject_above": 1.0},
} | {f"self-pings {word}": {"self_pings": word} for word in ("pass", "approve-if-linked", "hold", "reject")}
BAD: dict[str, dict[str, Any]] = {
    "an unknown key": {"pings": "on"},
    "a truth for a switch": {"pingbacks": True},
    "a word for a switch": {"trackbacks": "hold"},
    "a path without slash": {"closed_paths": ("2019/*",)},
    "an empty path": {"closed_paths": ("",)},
    "one path for a list": {"closed_paths": "/2019/*"},
    "a negative age": {"closed_after_days": -1},
    "half a day": {"closed_after_days": 0.5},
    "thresholds that cross": {"approve_below": 2.0, "reject_above": 1.0},
    "a threshold that nothing reaches": {"reject_above": float("inf")},
    "a threshold that is none": {"approve_below": float("nan")},
    "more days than a time can hold": {"closed_after_days": 10**10},
}


@pytest.mark.parametrize("given", GOOD.values(), ids=GOOD.keys())
def test_it_may_say(given: dict[str, Any]) -> None:
    said = Policy(**given)
    assert {key: getattr(said, key) for key in given} == given


@pytest.mark.parametrize("given", BAD.values(), ids=BAD.keys())
def test_it_may_not_say(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Policy(**given)


INHERITED: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = {
    "nothing of its own": ({}, {"pingbacks": "off"}, {"pingbacks": "off", "trackbacks": "on"}),
    "one key of its own": (
        {"self_pings": "hold"},
        {"pingbacks": "off", "self_pings": "pass"},
        {"pingbacks": "off", "self_pings": "hold"},
    ),
    "back to the default": ({"pingbacks": "on"}, {"pingbacks": "off"}, {"pingbacks": "on"}),
    "an empty list of its own": ({"closed_paths": ()}, {"closed_paths": ("/a",)}, {"closed_paths": ()}),
    "one threshold each": (
        {"approve_below": -2.0},
        {"reject_above": 5.0, "approve_below": 0.0},
        {"approve_below": -2.0, "reject_above": 5.0},
    ),
}


@pytest.mark.parametrize(("own", "common", "whole"), INHERITED.values(), ids=INHERITED.keys())
def test_a_site_inherits_what_it_does_not_name(
    own: dict[str, Any], common: dict[str, Any], whole: dict[str, Any]
) -> None:
    assert Policy(**own).inheriting(Policy(**common)) == Policy(**whole)
