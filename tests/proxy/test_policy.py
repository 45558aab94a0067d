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
