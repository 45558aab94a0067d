"""Errors write their own messages, and all have one root."""

import pytest

from proxy import errors
from proxy.errors import CameAgain, FaultCode, IllegalMove, MalformedPing, PingwardenError, TooLarge, UnknownThing

MESSAGES: dict[str, tuple[PingwardenError, str]] = {
    "a malformed ping": (MalformedPing(FaultCode.PARSE_ERROR, "It is not XML."), "It is not XML."),
    "what is too large": (TooLarge(FaultCode.INVALID_PARAMS, "Too many."), "Too many."),
    "it came again": (
        CameAgain("01", "rejected", "approved"),
        "ping 01 is rejected; it cannot become approved, for the same linkback came again since",
    ),
    "an illegal move": (IllegalMove("01", "delivered", "held"), "ping 01 is delivered; it cannot become held"),
    "an unknown thing": (UnknownThing("rule", "01"), "there is no rule 01"),
}


@pytest.mark.parametrize(("error", "message"), MESSAGES.values(), ids=MESSAGES.keys())
def test_the_message_of(error: PingwardenError, message: str) -> None:
    assert str(error) == message


def test_a_malformed_ping_carries_what_to_answer() -> None:
    problem = TooLarge(FaultCode.INVALID_PARAMS, "Too many.")
    assert isinstance(problem, MalformedPing)
    assert (problem.fault, problem.sentence) == (-32602, "Too many.")


def test_every_error_has_the_one_root() -> None:
    found = [one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, Exception)]
    assert len(found) >= 8
    assert all(issubclass(one, PingwardenError) for one in found)


def test_the_codes_are_those_of_the_specifications() -> None:
    assert {code.name: code.value for code in FaultCode} == {
        "GENERIC": 0,
        "SOURCE_MISSING": 16,
        "NO_LINK": 17,
        "TARGET_MISSING": 32,
        "TARGET_UNUSABLE": 33,
        "ALREADY_REGISTERED": 48,
        "ACCESS_DENIED": 49,
        "UPSTREAM": 50,
        "INVALID_PARAMS": -32602,
        "PARSE_ERROR": -32700,
    }
