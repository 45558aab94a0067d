"""What WordPress's answer to a delivery means. Pure; facts §4, §6 and §7 say what WordPress answers when."""

from dataclasses import dataclass
from enum import Enum

from proxy.errors import FaultCode
from proxy.ping import Kind
from proxy.wire.response import Fault, Success, read_response
from proxy.wire.trackback import Answer, read_reply


class Fate(Enum):
    """What follows for the delivery."""

    DELIVERED = "delivered"
    REFUSED = "refused"
    THROTTLED = "throttled"  # WordPress takes one ping in 15 s: wait, nothing is wrong
    AGAIN = "again"  # a temporary failure of this one
    UNREACHABLE = "unreachable"  # nobody listens: all of the site's deliveries wait


@dataclass(frozen=True, slots=True)
class Outcome:
    """The fate of one attempt, the fault WordPress named, what it said in words, and whether it may have stored it."""

    fate: Fate
    sentence: str
    fault: int | None = None
    unsure: bool = False


_DUPLICATE_CODES = {FaultCode.ALREADY_REGISTERED, 409}
_SILENT = (
    "WordPress refused it without saying why (it hides its reasons: no title on the page, no link in its own reading, "
    "pings closed, or it could not fetch the page itself)"
)


def read_outcome(kind: Kind, status: int, body: bytes, *, unsure: bool) -> Outcome:
    """Return what the answer to a delivery means. *unsure*: an earlier attempt may have been stored already."""
    if kind is Kind.PINGBACK:
        return _pingback(status, body, unsure=unsure)
    return _trackback(status, body, unsure=unsure)


def _pingback(status: int, body: bytes, *, unsure: bool) -> Outcome:
    said = read_response(body)
    if status == 429:
        return Outcome(Fate.THROTTLED, "WordPress asks to wait (HTTP 429)")
    if isinstance(said, Success) and status < 400:
        return Outcome(Fate.DELIVERED, said.text or "WordPress took it")
    if not isinstance(said, Fault) or said.code == 500:
        return Outcome(Fate.AGAIN, f"WordPress did not answer as it should (HTTP {status})", unsure=True)
    if said.code == 429:
        return Outcome(Fate.THROTTLED, "WordPress takes only one ping in 15 seconds")
    if said.code in _DUPLICATE_CODES:
        return _duplicate(said.code, said.text, unsure=unsure)
    if said.code == -32601:
        text = "WordPress has no pingbacks here (removed by a plugin, or the site is not declared a production site)"
        return Outcome(Fate.REFUSED, text, said.code)
    if said.code == 0 and not said.text:
        return Outcome(Fate.REFUSED, _SILENT, 0)
    return Outcome(Fate.REFUSED, said.text or f"WordPress refused it with fault {said.code}", said.code)


def _trackback(status: int, body: bytes, *, unsure: bool) -> Outcome:
    answer = read_reply(status, body)
    match answer.answer:
        case Answer.ACCEPTED:
            return Outcome(Fate.DELIVERED, "WordPress took it")
        case Answer.THROTTLED:
            return Outcome(Fate.THROTTLED, "WordPress takes only one ping in 15 seconds")
        case Answer.DUPLICATE:
            return _duplicate(FaultCode.ALREADY_REGISTERED, answer.message, unsure=unsure)
        case Answer.CLOSED | Answer.REFUSED:
            return Outcome(Fate.REFUSED, answer.message or "WordPress refused it", 1)
        case Answer.SILENT:
            return Outcome(Fate.REFUSED, "WordPress dropped it silently", 1)
        case Answer.UNREADABLE:
            return Outcome(Fate.AGAIN, f"WordPress did not answer as it should (HTTP {status})", unsure=True)


def _duplicate(code: int, text: str, *, unsure: bool) -> Outcome:
    if unsure:
        return Outcome(Fate.DELIVERED, "WordPress has it already, from the attempt before")
    return Outcome(Fate.REFUSED, text or "WordPress has it already", code)
