"""What a linkback's sender is told, by kind. Pure; design §3 "Answers to the sender" is the table."""

from dataclasses import dataclass

from proxy.errors import FaultCode
from proxy.ping import Kind, Linkback
from proxy.wire.response import (
    Fault,
    fault_response,
    member_fault,
    member_success,
    read_response,
    success_response,
)
from proxy.wire.trackback import error_reply, ok_reply

XML = "text/xml; charset=UTF-8"


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP answer: status, content type and body."""

    status: int
    content_type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Registered:
    """It is recorded and will be judged, delivered or looked at by a person."""

    linkback: Linkback


@dataclass(frozen=True, slots=True)
class Refused:
    """It is not taken, with the fault and the sentence that say why."""

    fault: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Passed:
    """WordPress took or refused it in time: its own answer."""

    reply: Reply


Told = Registered | Refused | Passed

CANNOT_RECORD = Refused(FaultCode.UPSTREAM, "The linkback cannot be recorded now. Please send it again later.")

SENTENCES = {
    FaultCode.SOURCE_MISSING: "The source URL does not exist.",
    FaultCode.NO_LINK: "The source URL does not contain a link to the target URL.",
    FaultCode.TARGET_MISSING: "The target URL does not exist.",
    FaultCode.TARGET_UNUSABLE: "The target URL cannot be used as a target. It does not exist or takes no linkbacks.",
    FaultCode.ALREADY_REGISTERED: "The linkback has already been registered.",
    FaultCode.ACCESS_DENIED: "The linkback was not accepted.",
}


def reply_to(kind: Kind, told: Told) -> Reply:
    """Return the answer for the sender of one linkback."""
    if isinstance(told, Passed):
        return told.reply
    if kind is Kind.TRACKBACK:
        return _trackback(told)
    if isinstance(told, Registered):
        return Reply(200, XML, success_response(registered_text(told.linkback)))
    return Reply(200, XML, fault_response(int(told.fault), told.sentence))


def _trackback(told: Registered | Refused) -> Reply:
    if isinstance(told, Registered):
        return Reply(200, XML, ok_reply())
    # A trackback has no code for "try again later"; HTTP has.
    status = 503 if told.fault == FaultCode.UPSTREAM else 200
    return Reply(status, XML, error_reply(told.sentence))


def member_reply(told: Told) -> bytes:
    """Return the answer for one pingback inside a multicall, as the element of the array of answers."""
    if isinstance(told, Registered):
        return member_success(registered_text(told.linkback))
    if isinstance(told, Refused):
        return member_fault(int(told.fault), told.sentence)
    said = read_response(told.reply.body)
    if isinstance(said, Fault):
        return member_fault(said.code, said.text)
    return member_success((said.text if said else None) or "")


def registered_text(linkback: Linkback) -> str:
    """Return the success string for a pingback that is not published yet."""
    return f"Pingback from {linkback.source_url} to {linkback.target_url} registered. It awaits moderation."
