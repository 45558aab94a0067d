"""Invariants of the readers in proxy/wire, one function each: any bytes are read or raise `MalformedPing`.

Hypothesis calls them for seconds (test_wire_readers.py); `tests.fuzz.targets` runs them for hours.
"""

from collections.abc import Callable

from proxy.errors import MalformedPing
from proxy.wire.php_form import read_form, read_query
from proxy.wire.php_names import ARRAY, MAX_FIELD
from proxy.wire.plain_text import plain_text, without_octets
from proxy.wire.response import multicall_response, read_response, split_multicall_response
from proxy.wire.trackback import EXCERPT_CHARS, TITLE_CHARS, build_trackback, read_reply, read_trackback
from proxy.wire.watch import AnswerWatch
from proxy.wire.xmlrpc import (
    Multicall,
    OtherCall,
    PassedMember,
    PingCall,
    build_multicall,
    build_ping,
    read_call,
)

NAMES = frozenset({"url", "title", "excerpt", "blog_name", "charset", "tb", "p"})
FORM = "application/x-www-form-urlencoded"
TRIM = " \t\n\r"


def xmlrpc(body: bytes) -> None:
    """What is read can be written, and what was written is read as the same."""
    try:
        call = read_call(body, max_members=9)
    except MalformedPing:
        return
    if isinstance(call, PingCall):
        again = read_call(build_ping(call.source, call.target), max_members=9)
        assert again == PingCall(call.source.strip(TRIM), call.target.strip(TRIM))
    elif isinstance(call, Multicall):
        assert len(call.members) <= 9
        _rebuild([member for member in call.members if isinstance(member, PassedMember)])
    else:
        assert call.method != "pingback.ping"


def _rebuild(members: list[PassedMember]) -> None:
    try:
        written = build_multicall(members)
    except MalformedPing:
        return
    again = read_call(written, max_members=0)
    assert isinstance(again, OtherCall)
    assert again.method == "system.multicall"


def form(body: bytes) -> None:
    """The first line is the content type, the rest the body; fields are bounded, and where they lie means nothing."""
    header, _, rest = body.partition(b"\n")
    for content_type in (FORM, "multipart/form-data; boundary=x", header.decode("latin-1")):
        try:
            fields = read_form(content_type, rest, NAMES)
        except MalformedPing:
            continue
        assert fields.keys() <= NAMES
        assert all(value is ARRAY or len(value) <= MAX_FIELD for value in fields.values())
        assert read_form(content_type, memoryview(rest), NAMES) == fields
    query = rest.decode("utf-8", "surrogateescape")
    assert read_query(query, NAMES) == read_form(FORM, rest, NAMES)


def trackback(body: bytes) -> None:
    """What is read is plain and cut, and our own form of it is read as the same."""
    try:
        fields = read_trackback(read_form(FORM, body, NAMES))
    except MalformedPing:
        return
    assert 0 < len(fields.title) <= TITLE_CHARS + 1
    assert len(fields.excerpt) <= EXCERPT_CHARS + 1
    assert len(fields.blog_name.encode()) <= 255
    assert plain_text(fields.title) == fields.title
    written = build_trackback(fields.url, fields.title, fields.excerpt, fields.blog_name)
    again = read_trackback(read_form(FORM, written, NAMES))
    assert (again.url, again.title) == (fields.url, fields.title)


def reply(body: bytes) -> None:
    """An answer of WordPress is understood or not; a multicall's comes apart and goes together again."""
    read_reply(200, body)
    watch = AnswerWatch()
    watch.feed(body)
    read_response(body)
    parts = split_multicall_response(body)
    if isinstance(parts, tuple):
        assert split_multicall_response(multicall_response(parts)) == parts


def text(body: bytes) -> None:
    """Plain text stays plain, and holds no octets once they are out."""
    plain = plain_text(body.decode("utf-8", "replace"))
    assert plain_text(plain) == plain
    left = without_octets(plain)
    assert without_octets(left) == left


TARGETS: dict[str, Callable[[bytes], None]] = {
    target.__name__: target for target in (xmlrpc, form, trackback, reply, text)
}
