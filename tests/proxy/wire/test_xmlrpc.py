"""A call is what WordPress would execute, or it is refused."""

import mmap
import tempfile
from pathlib import Path
from typing import Any

import pytest

from proxy.errors import FaultCode, MalformedPing, TooLarge
from proxy.wire.ixr import read_message
from proxy.wire.xmlrpc import (
    BadCall,
    Multicall,
    OtherCall,
    PassedMember,
    PingCall,
    build_multicall,
    build_ping,
    read_call,
)

CORPUS = Path(__file__).parents[2] / "corpus" / "xmlrpc"
SOURCE = "https://friend.example/2026/reply?a=1&b=2"
TARGET = "https://blog.example/2026/05/hello/"
PING = PingCall(SOURCE, TARGET)
HELLO = PassedMember("demo.sayHello", [])


def corpus(kind: str) -> list[Any]:
    """The documents of one kind, named by their file."""
    return [pytest.param(path.read_bytes(), id=path.stem) for path in sorted((CORPUS / kind).glob("*.xml"))]


def document(name: str) -> bytes:
    """One document of the corpus."""
    return (CORPUS / f"{name}.xml").read_bytes()


@pytest.mark.parametrize("body", corpus("ping"))
def test_plain_pings_are_read(body: bytes) -> None:
    call = read_call(body, max_members=50)
    assert isinstance(call, PingCall)
    assert (call.source.strip(), call.target.strip()) == (SOURCE, TARGET)


@pytest.mark.parametrize("body", corpus("other"))
def test_harmless_calls_are_let_through(body: bytes) -> None:
    assert isinstance(read_call(body, max_members=1), OtherCall)


@pytest.mark.parametrize("body", corpus("refused"))
def test_what_cannot_be_read_in_one_way_is_refused(body: bytes) -> None:
    with pytest.raises(MalformedPing) as refusal:
        read_call(body, max_members=50)
    assert refusal.value.fault in {FaultCode.PARSE_ERROR, FaultCode.INVALID_PARAMS}
    assert refusal.value.sentence


REFUSALS = [
    ("a ping with one URL lacks a parameter", "refused/one-url", FaultCode.INVALID_PARAMS),
    ("a ping with numbers has no texts", "refused/numbers-for-urls", FaultCode.INVALID_PARAMS),
    ("base64 is no text of ours", "refused/urls-in-base64", FaultCode.INVALID_PARAMS),
    ("one array for both is read in two ways", "refused/one-array-for-both-urls", FaultCode.PARSE_ERROR),
    ("a hidden second document is read in two ways", "refused/declaration-cut-out-of-cdata", FaultCode.PARSE_ERROR),
    ("a response is no call", "refused/response", FaultCode.PARSE_ERROR),
]


@pytest.mark.parametrize(("name", "fault"), [row[1:] for row in REFUSALS], ids=[row[0] for row in REFUSALS])
def test_the_refusal_carries_its_fault(name: str, fault: FaultCode) -> None:
    with pytest.raises(MalformedPing) as refusal:
        read_call(document(name), max_members=50)
    assert refusal.value.fault == fault


NO_PARAMS = "A member of system.multicall has no array of params."
NO_TEXTS = "pingback.ping takes two texts: the source and the target."
MEMBERS = [
    ("one ping", "one-ping", (PING,)),
    ("two pings", "two-pings", (PING, PingCall("http://other.example/", TARGET))),
    ("params may stand before the name", "params-before-the-name", (PING,)),
    ("a nested multicall is forbidden alone", "nested-multicall-beside-a-ping",
     (PING, BadCall(-32600, "Recursive calls to system.multicall are forbidden"))),
    ("a ping with one parameter is bad alone", "ping-with-one-parameter", (BadCall(-32602, NO_TEXTS), HELLO)),
    ("a ping without params is bad alone", "ping-without-params", (BadCall(-32602, NO_PARAMS), HELLO)),
    ("a text among the members is bad alone", "text-among-the-members",
     (BadCall(-32602, "A member of system.multicall names no method."), PING)),
]  # fmt: skip


@pytest.mark.parametrize(("name", "members"), [row[1:] for row in MEMBERS], ids=[row[0] for row in MEMBERS])
def test_a_multicall_with_pings_comes_apart(name: str, members: tuple[Any, ...]) -> None:
    assert read_call(document(f"multicall/{name}"), max_members=50) == Multicall(members)


@pytest.mark.parametrize("body", corpus("multicall"))
def test_no_multicall_with_a_ping_is_let_through_as_it_came(body: bytes) -> None:
    try:
        call = read_call(body, max_members=50)
    except MalformedPing:
        return
    assert isinstance(call, Multicall)


@pytest.mark.parametrize("body", corpus("multicall"))
def test_members_that_are_no_pings_are_written_anew_with_the_same_values(body: bytes) -> None:
    try:
        call = read_call(body, max_members=50)
    except MalformedPing:
        return
    assert isinstance(call, Multicall)
    passed = [member for member in call.members if isinstance(member, PassedMember)]
    again = read_message(build_multicall(passed))
    assert again.method == "system.multicall"
    assert again.params == [[{"methodName": member.method, "params": member.params} for member in passed]]
    written = read_call(build_multicall(passed), max_members=50)
    assert isinstance(written, OtherCall)
    assert written.method == "system.multicall"


def multicall(*members: str) -> bytes:
    """A multicall of members in XML."""
    values = "".join(f"<value>{member}</value>" for member in members)
    return (
        "<methodCall><methodName>system.multicall</methodName><params><param><value><array><data>"
        f"{values}</data></array></value></param></params></methodCall>"
    ).encode()


def member(name: str, *params: str) -> str:
    """One member with text parameters."""
    values = "".join(f"<value><string>{param}</string></value>" for param in params)
    return (
        f"<struct><member><name>methodName</name><value>{name}</value></member>"
        f"<member><name>params</name><value><array><data>{values}</data></array></value></member></struct>"
    )


def test_only_a_multicall_with_a_ping_has_a_limit() -> None:
    harmless = [member("demo.sayHello")] * 60
    assert read_call(multicall(*harmless), max_members=50) == OtherCall("system.multicall")
    with pytest.raises(TooLarge):
        read_call(multicall(member("pingback.ping", SOURCE.replace("&", "&amp;"), TARGET), *harmless), max_members=50)


def test_a_value_too_long_to_keep_is_never_cut_silently() -> None:
    long = member("wp.getPost", "x" * 70_000)
    assert read_call(multicall(long), max_members=50) == OtherCall("system.multicall")
    call = read_call(multicall(member("pingback.ping", "http://a.example/", TARGET), long), max_members=50)
    assert isinstance(call, Multicall)
    with pytest.raises(TooLarge):
        build_multicall([member for member in call.members if isinstance(member, PassedMember)])


def test_a_name_padded_in_base64_cannot_be_trimmed_into_a_ping() -> None:
    padded = "<base64>DXBpbmdiYWNrLnBpbmc=</base64>"  # a line end, then pingback.ping
    body = multicall(member("pingback.ping", "http://a.example/", TARGET), member("x", "1")).replace(
        b"<value>x</value>", f"<value>{padded}</value>".encode()
    )
    with pytest.raises(MalformedPing):
        read_call(body, max_members=50)
    for name in ("\rpingback.ping", " system.multicall"):
        with pytest.raises(MalformedPing):
            build_multicall([PassedMember(name, [])])


def test_a_ping_is_written_in_ascii_and_read_back() -> None:
    source, target = "https://köln.example/a?b=<c>&d='e\"#\u2028", " https://blog.example/\n"
    written = build_ping(source, target)
    assert written.isascii()
    assert read_call(written, max_members=1) == PingCall(source, target.strip())


def test_a_url_over_two_lines_is_refused() -> None:
    with pytest.raises(MalformedPing) as refusal:
        read_call(document("ping/urls-in-cdata").replace(b"friend", b"fri\rend"), max_members=1)
    assert refusal.value.fault == FaultCode.INVALID_PARAMS


def test_a_ping_with_characters_that_xml_cannot_hold_is_not_written() -> None:
    with pytest.raises(MalformedPing):
        build_ping("http://a.example/\x01", TARGET)


def test_a_large_upload_on_disk_is_let_through() -> None:
    call = document("other/upload-in-base64").replace(b"<base64>", b"<base64>" + b"QUJD" * 500_000)
    with tempfile.TemporaryFile() as spooled:
        spooled.write(call)
        spooled.flush()
        with mmap.mmap(spooled.fileno(), 0, access=mmap.ACCESS_READ) as body:
            assert read_call(body, max_members=50) == OtherCall("wp.uploadFile")


@pytest.mark.parametrize("name", ["ping/bare-values", "other/hello", "multicall/one-ping", "refused/deep"])
def test_size_makes_no_difference_to_the_reading(name: str) -> None:
    """A comment behind the document turns a small body into a large one, which is read in another way."""
    small = document(name)
    large = small + b"<!--" + b"x" * 900_000 + b"-->" + b"<!--" + b"y" * 900_000 + b"-->"

    def reading(body: bytes) -> object:
        try:
            return read_call(body, max_members=50)
        except MalformedPing as refusal:
            return refusal.fault

    assert reading(large) == reading(small)
    assert reading(bytes(bytearray(large))) == reading(small)


def test_every_observed_ping_is_seen_or_refused(observed: Any) -> None:
    """The fixtures: what WordPress executed, and with which parameters."""
    for row, body in observed("xmlrpc", "xmlrpc-newer"):
        executed = row["wordpress_executes"]
        if row.get("environment"):  # a site where pings are off: WordPress executes less than it reads
            continue
        try:
            call = read_call(body, max_members=50)
        except MalformedPing:
            continue
        pings = [tuple(call["params"][:2]) for call in executed["calls"] if call["method"] == "pingback.ping"]
        if executed["pingback"]:
            assert not isinstance(call, OtherCall), row["id"]
        if isinstance(call, PingCall) and pings:
            assert (call.source, call.target) == pings[0], row["id"]
        if isinstance(call, Multicall):
            ours = [(ping.source, ping.target) for ping in call.members if isinstance(ping, PingCall)]
            assert ours == pings, row["id"]


PLAIN = {"base-02", "base-06", "name-11", "name-36", "dual-17", "dual-18", "multi-29", "multi-33", "multi-37", "add-03"}


def test_every_observed_plain_harmless_call_is_let_through(observed: Any) -> None:
    for row, body in observed("xmlrpc", "xmlrpc-newer"):
        if row["id"] in PLAIN:
            assert isinstance(read_call(body, max_members=50), OtherCall), row["id"]


def test_wordpress_refuses_no_call_that_we_let_through(observed: Any) -> None:
    for row, body in observed("xmlrpc", "xmlrpc-newer"):
        told = row.get("ixr_message")
        if told is not None and not told["ok"]:
            with pytest.raises(MalformedPing):
                read_call(body, max_members=50)


def test_a_refused_method_is_answered_as_wordpress_answers_an_unknown_one() -> None:
    """Its name has to be right to the letter, as WordPress itself has it."""
    leak = "pingback.extensions.getPingbacks"
    none = BadCall(-32601, f"server error. requested method {leak} does not exist.")
    alone = document("other/hello").replace(b"demo.sayHello", leak.encode())
    assert read_call(alone, max_members=50, refused={leak}) == none
    assert read_call(alone, max_members=50, refused={leak.lower()}) == OtherCall(leak)
    body = multicall(member("demo.sayHello"), member(leak, TARGET), member("demo.sayHello"))
    hello = PassedMember("demo.sayHello", [])
    assert read_call(body, max_members=1, refused={leak}) == Multicall((hello, none, hello))
    assert read_call(body, max_members=50, refused={"system.multicall"}) == BadCall(
        -32601, "server error. requested method system.multicall does not exist."
    )


def test_a_multicall_tells_what_its_members_try() -> None:
    guessed = multicall(*(member("wp.getUsersBlogs", "me", f"guess {number}") for number in range(500)))
    call = read_call(guessed, max_members=50)
    assert isinstance(call, OtherCall)
    assert len(call.log_ins.pairs) == 500
    ping = member("pingback.ping", "http://a.example/", TARGET)
    with_ping = read_call(multicall(ping, member("wp.getUsersBlogs", "me", "guess")), max_members=50)
    assert isinstance(with_ping, Multicall)
    assert len(with_ping.log_ins.pairs) == 1
