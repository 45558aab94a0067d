"""The nouns: their words are stored and scripted against, and none can be changed."""

from dataclasses import FrozenInstanceError
from datetime import UTC, datetime
from typing import Any

import pytest

from proxy.ping import (
    Action,
    Event,
    Evidence,
    Failure,
    Finding,
    History,
    Kind,
    Label,
    Linkback,
    Ping,
    Sender,
    State,
    Verdict,
)

AT = datetime(2026, 5, 1, tzinfo=UTC)
LINKBACK = Linkback(Kind.PINGBACK, "http://a.example/", "http://b.example/")
WORDS: dict[Any, str] = {
    Kind: "pingback trackback",
    State: "received held approved rejected observed delivered refused failed",
    Action: "approve hold reject",
    Label: "spam ham",
    Failure: (
        "gone not-public forbidden server-error timeout unreachable too-many-redirects not-a-page other-status "
        "over-budget unreadable target-unknown"
    ),
}
FINAL = {"gone", "not-public", "not-a-page"}


@pytest.mark.parametrize(("noun", "words"), WORDS.items(), ids=[noun.__name__ for noun in WORDS])
def test_the_words_that_others_script_against(noun: Any, words: str) -> None:
    assert [str(member) for member in noun] == words.split()


@pytest.mark.parametrize("failure", Failure)
def test_only_what_is_gone_or_no_page_is_final(failure: Failure) -> None:
    assert failure.is_final is (failure.value in FINAL)


@pytest.mark.parametrize(
    ("noun", "name"),
    [
        (LINKBACK, "source_url"),
        (Sender("1.2.3.4"), "remote_ip"),
        (Evidence(), "status"),
        (Finding("a", 1.0, "b"), "points"),
        (Verdict(Action.HOLD, 0.0, ()), "action"),
        (Event(AT, "held", "anna"), "by"),
        (Ping("01", "blog", State.HELD, LINKBACK, Sender("1.2.3.4"), "/xmlrpc.php", AT), "state"),
        (History(), "approved_by_person"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_no_noun_can_be_changed(noun: object, name: str) -> None:
    with pytest.raises(FrozenInstanceError):
        setattr(noun, name, None)


def test_evidence_knows_nothing_at_first() -> None:
    assert {getattr(Evidence(), name) for name in Evidence.__dataclass_fields__} == {None}
