"""Broken promises. Expected bad luck (a page that does not answer) is a value, not an exception."""

from enum import IntEnum


class FaultCode(IntEnum):
    """Fault codes that a linkback's sender can be answered with.

    Pingback 1.0 §3 names 0, 16, 17, 32, 33, 48, 49 and 50; the negative ones are the common XML-RPC codes.
    """

    GENERIC = 0
    SOURCE_MISSING = 16
    NO_LINK = 17
    TARGET_MISSING = 32
    TARGET_UNUSABLE = 33
    ALREADY_REGISTERED = 48
    ACCESS_DENIED = 49
    UPSTREAM = 50
    INVALID_PARAMS = -32602
    PARSE_ERROR = -32700


class PingwardenError(Exception):
    """The root of every exception that this project raises on purpose."""


class MalformedPing(PingwardenError):
    """A stranger's bytes cannot be read, or could be read in two ways.

    Carries the fault to answer with and one sentence that may be shown to the sender.
    """

    def __init__(self, fault: FaultCode, sentence: str) -> None:
        super().__init__(sentence)
        self.fault = fault
        self.sentence = sentence


class TooLarge(MalformedPing):
    """A body, a value or a list is over its limit."""


class ConfigError(PingwardenError):
    """The configuration is wrong; the message names the key, the value and what is allowed."""


class IllegalMove(PingwardenError):
    """A state may not follow the present one."""

    def __init__(self, ping_id: str, present: str, wanted: str) -> None:
        super().__init__(f"ping {ping_id} is {present}; it cannot become {wanted}")
        self.ping_id = ping_id
        self.present = present
        self.wanted = wanted


class CameAgain(IllegalMove):
    """The same source and target came again since, and that ping counts now."""

    def __init__(self, ping_id: str, present: str, wanted: str) -> None:
        super().__init__(ping_id, present, wanted)
        self.args = (f"ping {ping_id} is {present}; it cannot become {wanted}, for the same linkback came again since",)


class UnknownThing(PingwardenError):
    """Something was named that is not there."""

    def __init__(self, what: str, name: str) -> None:
        super().__init__(f"there is no {what} {name}")


class StoreUnavailable(PingwardenError):
    """The database did not take a write or answer a read."""


class ScorerUnavailable(PingwardenError):
    """No model may be used; the message says why."""
