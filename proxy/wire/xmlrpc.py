"""XML-RPC calls: read twice, the same way or not at all; and the documents that we write ourselves."""

from collections.abc import Container, Sequence
from dataclasses import dataclass

from proxy.errors import FaultCode, MalformedPing, TooLarge
from proxy.wire import strict
from proxy.wire.body import Body
from proxy.wire.ixr import OVERSIZE, TRIM, Message, Value, read_message
from proxy.wire.logins import NO_LOG_INS, LogIns, all_of, log_ins, log_ins_of_plain
from proxy.wire.plain_call import plain_method, plain_ping
from proxy.wire.values import UnwritableValueError, element, method_text, value_xml

PING = "pingback.ping"
MULTICALL = "system.multicall"
INVALID_REQUEST = -32600  # http://xmlrpc-epi.sourceforge.net/specs/rfc.fault_codes.php, as WordPress answers it
METHOD_NOT_FOUND = -32601


@dataclass(frozen=True, slots=True)
class PingCall:
    """A pingback as WordPress would execute it; texts are as WordPress reads them, not trimmed."""

    source: str
    target: str


@dataclass(frozen=True, slots=True)
class OtherCall:
    """Any call that is no ping. It may go on byte for byte."""

    method: str
    log_ins: LogIns = NO_LOG_INS


@dataclass(frozen=True, slots=True)
class BadCall:
    """A call, or a multicall's member, that is never sent on, with the fault that is its answer."""

    code: int
    sentence: str


@dataclass(frozen=True, slots=True)
class PassedMember:
    """A multicall's member that is no ping, with its values, so that `build_multicall` can write it anew."""

    method: str
    params: Value


@dataclass(frozen=True, slots=True)
class Multicall:
    """A multicall with at least one ping or refused method in it, in the sender's order."""

    members: tuple[PingCall | PassedMember | BadCall, ...]

    @property
    def log_ins(self) -> LogIns:
        """What the members that are sent on try."""
        rows = enumerate(self.members)
        return all_of([log_ins(one.method, one.params, place) for place, one in rows if isinstance(one, PassedMember)])


def read_call(
    body: Body, *, max_members: int | None, refused: Container[str] = ()
) -> PingCall | OtherCall | Multicall | BadCall:
    """Return what WordPress would execute for *body*; of the methods in *refused*, that there are none.

    Raises `MalformedPing`: -32700 when WordPress could not read it, when it is no methodCall, or when the
    specification reads it in another way (wordpress-facts.md §5, dual-01 to dual-08); -32602 for a ping without
    two texts; `TooLarge` (-32602) for a multicall with a ping in it and more than *max_members* members
    (None: any number).
    """
    plain = plain_method(body)
    urls = plain_ping(body) if plain == PING else None
    if plain is None or plain == MULTICALL or (plain == PING and urls is None):
        return _read_twice(body, max_members, refused)
    if plain in refused:
        return _no_such_method(plain)
    return PingCall(*urls) if urls else OtherCall(plain, log_ins_of_plain(plain, body))


def _read_twice(
    body: Body, max_members: int | None, refused: Container[str]
) -> PingCall | OtherCall | Multicall | BadCall:
    message = read_message(body)
    if message.kind != "methodCall" or not isinstance(message.method, str):
        raise MalformedPing(FaultCode.PARSE_ERROR, "The request must be a methodCall that names one method.")
    spec = strict.read_strictly(body)
    if spec.method != message.method:
        raise _disagreement()
    if message.method in refused:
        return _no_such_method(message.method)
    if message.method == PING:
        return _ping(message.params, strict.ping_arguments(spec))
    if message.method == MULTICALL:
        return _multicall(message, strict.multicall_members(spec), max_members, refused)
    return OtherCall(message.method, log_ins(message.method, message.params))


def _no_such_method(method: str) -> BadCall:
    return BadCall(METHOD_NOT_FOUND, f"server error. requested method {method} does not exist.")


def _disagreement() -> MalformedPing:
    return MalformedPing(FaultCode.PARSE_ERROR, "The call can be read in two ways.")


def _ping(params: Value, spec: tuple[str, str] | None) -> PingCall:
    """One parameter alone replaces the list: that is how WordPress's server calls its methods."""
    if isinstance(params, list | dict) and len(params) == 1:
        inner = element(params, 0)
        params = [] if inner is None else inner
    source, target = element(params, 0), element(params, 1)
    if not isinstance(source, str) or not isinstance(target, str):
        raise MalformedPing(FaultCode.INVALID_PARAMS, "pingback.ping takes two texts: the source and the target.")
    if spec != (source.strip(TRIM), target.strip(TRIM)):
        raise _disagreement()
    # No URL goes over lines; and of a carriage return in CDATA expat makes a line feed, PHP's libxml2 does not.
    if any(end in text.strip(TRIM) for end in "\r\n" for text in (source, target)):
        raise MalformedPing(FaultCode.INVALID_PARAMS, "A URL holds a line end.")
    return PingCall(source, target)


def _multicall(
    message: Message,
    spec: list[tuple[str | None, tuple[str, str] | None]],
    max_members: int | None,
    refused: Container[str],
) -> OtherCall | Multicall:
    members = _members(message.params)
    methods = [method_text(_field(member, "methodName")) for member in members]
    if any(method is OVERSIZE for method in methods):
        raise TooLarge(FaultCode.INVALID_PARAMS, "A method's name is too long.")
    if [method for method, _ in spec] != [method and str(method).strip(TRIM) for method in methods]:
        raise _disagreement()
    if PING not in methods and not any(isinstance(method, str) and method in refused for method in methods):
        return OtherCall(MULTICALL, all_of([_tried(*row) for row in enumerate(zip(members, methods, strict=True))]))
    if max_members is not None and PING in methods and len(members) > max_members:
        raise TooLarge(FaultCode.INVALID_PARAMS, f"More than {max_members} calls in one system.multicall.")
    rows = zip(members, methods, spec, strict=True)
    return Multicall(tuple(_read_member(member, method, args, refused) for member, method, (_, args) in rows))


def _tried(place: int, row: tuple[Value, object]) -> LogIns:
    member, method = row
    return log_ins(method, _field(member, "params") or [], place) if isinstance(method, str) else NO_LOG_INS


def _members(params: list[Value]) -> list[Value]:
    """WordPress goes over one array or struct, or over two and more parameters themselves."""
    if len(params) != 1:
        return params
    only = params[0]
    if isinstance(only, dict):
        return list(only.values())
    return only if isinstance(only, list) else []


def _field(member: Value, name: str) -> Value | None:
    return member.get(name) if isinstance(member, dict) else None


def _read_member(
    member: Value, method: object, spec: tuple[str, str] | None, refused: Container[str]
) -> PingCall | PassedMember | BadCall:
    params = _field(member, "params")
    if not isinstance(method, str):
        return BadCall(FaultCode.INVALID_PARAMS, "A member of system.multicall names no method.")
    if method == MULTICALL:
        return BadCall(INVALID_REQUEST, "Recursive calls to system.multicall are forbidden")
    # Of a padded name there is no method either; written again it might be trimmed into one.
    if method in refused or method != method.strip(TRIM):
        return _no_such_method(method)
    if not isinstance(params, list | dict):
        return BadCall(FaultCode.INVALID_PARAMS, "A member of system.multicall has no array of params.")
    if method != PING:
        return PassedMember(method, params)
    return _ping_member(params, spec)


def _ping_member(params: Value, spec: tuple[str, str] | None) -> PingCall | BadCall:
    try:
        return _ping(params, spec)
    except MalformedPing as error:
        if error.fault == FaultCode.PARSE_ERROR:
            raise
        return BadCall(error.fault, error.sentence)


def build_ping(source: str, target: str) -> bytes:
    """Return the one canonical document for a ping, in ASCII and with both texts trimmed.

    Raises `MalformedPing` (-32602) for characters that XML cannot hold.
    """
    params = f"<param>{_value(source.strip(TRIM))}</param><param>{_value(target.strip(TRIM))}</param>"
    return _call(PING, params)


def build_multicall(members: Sequence[PassedMember]) -> bytes:
    """Return one canonical multicall of *members* in their order, from which WordPress reads the same values.

    Raises `MalformedPing` (-32602) when a value was too long to keep, or is too deep.
    """
    calls = "".join(f"<value>{_member_xml(member)}</value>" for member in members)
    return _call(MULTICALL, f"<param><value><array><data>{calls}</data></array></value></param>")


def _member_xml(member: PassedMember) -> str:
    if member.method.strip(TRIM) in {PING, MULTICALL}:
        raise MalformedPing(FaultCode.INVALID_PARAMS, "Only members that are no pings are sent on in a multicall.")
    method, params = _value(member.method), _value(member.params)
    return (
        f"<struct><member><name>methodName</name>{method}</member><member><name>params</name>{params}</member></struct>"
    )


def _value(value: Value) -> str:
    try:
        return value_xml(value)
    except UnwritableValueError as error:
        raise TooLarge(FaultCode.INVALID_PARAMS, str(error)) from None


def _call(method: str, params: str) -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<methodCall><methodName>{method}</methodName><params>{params}</params></methodCall>\n"
    ).encode("ascii")
