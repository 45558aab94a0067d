"""A call is only ever called plain where both readers find the same method in it."""

import time
import xmlrpc.client
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proxy.errors import MalformedPing
from proxy.wire import plain_call
from proxy.wire.ixr import read_message
from proxy.wire.plain_call import MAX_PLAIN, plain_method, plain_ping
from proxy.wire.strict import read_strictly
from proxy.wire.xmlrpc import BadCall, PingCall, read_call
from tests.real.mutations import calls

CORPUS = Path(__file__).parents[2] / "corpus" / "xmlrpc"
MUTATIONS = 20_000
SEED = 20260704


def call(inner: str = "<params></params>", head: str = "", method: str = "wp.getPost") -> bytes:
    """A call in its plainest form, with something in it."""
    return f"{head}<methodCall><methodName>{method}</methodName>{inner}</methodCall>".encode()


def with_value(value: str) -> bytes:
    """A call with one value."""
    return call(f"<params><param><value>{value}</value></param></params>")


PLAIN = {
    "no params at all": call(""),
    "empty params": call(),
    "a declaration": call(head="<?xml version='1.0'?>\n"),
    "a declared UTF-8": call(head='<?xml version="1.0" encoding="UTF-8"?>\n'),
    "blanks before and behind": b" \n" + call() + b"\r\n\t ",
    "a bare value": with_value("admin"),
    "an empty value": with_value(""),
    "a typed value": with_value("<dateTime.iso8601>20260704T12:00:00</dateTime.iso8601>"),
    "a text that looks like markup": with_value("<string>/methodName pingback.ping</string>"),
    "a struct in an array": with_value(
        "<array><data><value><struct><member><name>a</name><value>b</value></member></struct></value></data></array>"
    ),
    "the five entities": with_value("&lt;b&gt; &amp;quot; &quot;x&apos;"),
    "letters beyond ASCII": with_value("<string>Grüße, \u65e5\u672c\u8a9e \U0001f4a9\x85\u2028</string>"),
    "a call of ten kilobytes": with_value("<string>" + "word " * 2000 + "</string>"),
}
HONEST: dict[str, tuple[Any, ...]] = {
    "wp.getUsersBlogs": ("admin", "abcd efgh"),
    "wp.getPosts": (1, "admin", "abcd efgh", {"number": 10, "post_type": "post"}, ["post_id", "post_title"]),
    "wp.newPost": (1, "admin", "x", {"post_title": "T", "custom_fields": [{"key": "a", "value": "b"}], "sticky": True}),
    "wp.uploadFile": (1, "admin", "x", {"name": "a.png", "type": "image/png", "bits": xmlrpc.client.Binary(b"\0" * 900)}),
}  # fmt: skip


@pytest.mark.parametrize("body", PLAIN.values(), ids=PLAIN.keys())
def test_a_plain_call_is_recognised(body: bytes) -> None:
    assert plain_method(body) == "wp.getPost"
    assert agrees(body, "wp.getPost")


@pytest.mark.parametrize("method", HONEST)
def test_what_honest_clients_send_is_plain(method: str) -> None:
    body = xmlrpc.client.dumps(HONEST[method], method).encode()
    assert plain_method(body) == method
    assert agrees(body, method)


OTHERWISE = {
    "an entity of its own": with_value("&p;"),
    "a character reference": with_value("&#65;"),
    "an ampersand": with_value("a & b"),
    "an entity in the name": call(method="pingback&amp;ping"),
    "a character reference in the name": call(method="pingback&#46;ping"),
    "a CDATA section": with_value("<![CDATA[x]]>"),
    "a comment": call("<!-- x -->"),
    "an instruction": call("<?p i?>"),
    "a doctype": call(head="<!DOCTYPE methodCall>"),
    "an attribute": call().replace(b"<params>", b"<params a='1'>"),
    "a blank in a tag": call().replace(b"<params>", b"<params >"),
    "an empty element's short form": call("<params/>"),
    "another charset": call(head="<?xml version='1.0' encoding='utf-16'?>"),
    "a charset that ASCII is part of": call(head="<?xml version='1.0' encoding='ISO-8859-1'?>"),
    "a mark of the byte order": b"\xef\xbb\xbf" + call(),
    "letters in another charset": with_value("x").replace(b"x", b"\xe9"),
    "a letter in too many bytes": with_value("x").replace(b"x", b"\xc1\xa1"),
    "half a pair": with_value("x").replace(b"x", b"\xed\xa0\x80"),
    "a character that is none": with_value("\ufffe"),
    "a letter beyond ASCII in the name": call(method="wp.getPöst"),
    "a blank beyond ASCII between elements": call("<params>\u00a0</params>"),
    "a control character": with_value("\x01"),
    "the end of a CDATA section": with_value("]]>"),
    "UTF-16": call().decode().encode("utf-16"),
    "a second method": call("<methodName>pingback.ping</methodName>"),
    "a second method in a value": with_value("<methodName>pingback.ping</methodName>"),
    "a fault inside": call("<fault></fault>"),
    "a call inside": call(call().decode()),
    "a blank beside the name": call(method=" wp.getPost"),
    "no name": call(method=""),
    "two params": call("<params></params><params></params>"),
    "a value outside of param": call("<params><value>x</value></params>"),
    "an unknown element": with_value("<nil></nil>"),
    "a text beside a typed value": with_value("x<int>1</int>"),
    "an element that is not closed": with_value("<string>x</int>"),
    "an array in a struct without a member": with_value("<struct><value>x</value></struct>"),
    "four levels": with_value("<array><data><value>" * 4 + "</value></data></array>" * 4),
    "something behind": call() + b"x",
    "two documents": call() + call(),
    "a cut": call()[:-1],
    "a declaration behind blanks": b" " + call(head="<?xml version='1.0'?>"),
    "two declarations": call(head="<?xml version='1.0'?><?xml version='1.0'?>"),
    "nothing": b"",
    "a NUL behind": call() + b"\0",
    "more than 64 KiB": with_value("x" * MAX_PLAIN),
}


@pytest.mark.parametrize("body", OTHERWISE.values(), ids=OTHERWISE.keys())
def test_whatever_is_written_in_another_way_is_left_to_the_readers(body: bytes) -> None:
    assert plain_method(body) is None


@pytest.mark.parametrize("method", ["pingback.ping", "system.multicall"])
def test_a_call_that_may_hold_a_ping_is_read_by_the_readers_but_for_two_plain_urls(
    method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[object] = []
    monkeypatch.setattr("proxy.wire.xmlrpc.read_message", lambda body: read.append(body) or read_message(body))
    body = call(method=method)
    assert plain_method(body) == method
    outcome(body)
    assert read == [body]


def agrees(body: bytes, method: str) -> bool:
    """Whether both readers find one call of this method in *body*."""
    message = read_message(body)
    return (message.kind, message.method, read_strictly(body).method) == ("methodCall", method, method)


SOURCE, TARGET = "http://a.example/?a=1;b=2#c", "https://blog.example/2026/alpha/"
URLS = f"<param><value><string>{SOURCE}</string></value></param><param><value><string>{TARGET}</string></value></param>"
PING = call(f"<params>{URLS}</params>", method="pingback.ping")
PLAIN_PINGS = {
    "without a blank": PING,
    "as WordPress writes it": b'<?xml version="1.0"?>\n' + PING.replace(b"<param", b"\n<param") + b"\n",
    "as Python writes it": xmlrpc.client.dumps((SOURCE, TARGET), "pingback.ping").encode(),
    "blanks between all": PING.replace(b"><", b">\r\n\t<").replace(b"<value>\r\n\t<", b"<value><").replace(
        b"</string>\r\n\t<", b"</string><"
    ),
}  # fmt: skip


@pytest.mark.parametrize("body", PLAIN_PINGS.values(), ids=PLAIN_PINGS.keys())
def test_a_plain_ping_is_taken_at_its_word(body: bytes) -> None:
    assert plain_ping(body) == (SOURCE, TARGET)
    assert read_call(body, max_members=50) == read_twice(body) == PingCall(SOURCE, TARGET)
    refused = read_call(body, max_members=50, refused={"pingback.ping"})
    assert isinstance(refused, BadCall)


NO_PLAIN_PINGS = {
    "no params": call("", method="pingback.ping"),
    "one URL": PING.replace(URLS.encode(), URLS[: URLS.index("</param>") + 8].encode()),
    "three": PING.replace(b"</params>", b"<param><value><string>x</string></value></param></params>"),
    "an entity": PING.replace(b"?a=1", b"?a=1&amp;b=2"),
    "a blank in a URL": PING.replace(b"/2026", b"/20 26"),
    "a blank before a URL": PING.replace(b"<string>http:", b"<string> http:"),
    "a line end behind a URL": PING.replace(b"alpha/<", b"alpha/\n<"),
    "a letter beyond ASCII": PING.replace(b"alpha", "älpha".encode()),
    "a control character": PING.replace(b"alpha", b"al\x7fpha"),
    "no type": PING.replace(b"<string>", b"").replace(b"</string>", b""),
    "a number": PING.replace(SOURCE.encode(), b"1").replace(b"string", b"int", 2),
    "a blank in a value": PING.replace(b"<value>", b"<value> "),
    "an empty URL": PING.replace(SOURCE.encode(), b""),
    "a long URL": PING.replace(b"alpha", b"a" * 2000),
    "another method": PING.replace(b"pingback.ping", b"pingback.pings"),
    "a method of other letters": PING.replace(b"pingback.ping", b"Pingback.Ping"),
    "something behind": PING + b"x",
    "a comment": PING.replace(b"<params>", b"<params><!-- -->"),
    "an attribute": PING.replace(b"<string>", b"<string a='b'>"),
}


@pytest.mark.parametrize("body", NO_PLAIN_PINGS.values(), ids=NO_PLAIN_PINGS.keys())
def test_a_ping_that_is_written_in_another_way_is_left_to_the_readers(body: bytes) -> None:
    assert plain_ping(body) is None


def test_no_mutated_ping_is_taken_at_its_word_that_the_readers_read_otherwise() -> None:
    taken = 0
    for body in calls(SEED + 1, MUTATIONS, list(PLAIN_PINGS.values())):
        urls = plain_ping(body)
        if urls is not None:
            taken += 1
            assert read_twice(body) == PingCall(*urls), body
    assert taken > MUTATIONS / 200


def read_twice(body: bytes) -> object:
    """What both readers together find."""
    with pytest.MonkeyPatch.context() as without:
        without.setattr(plain_call, "MAX_PLAIN", -1)
        return outcome(body)


def test_no_mutated_call_is_called_plain_that_the_readers_read_otherwise() -> None:
    starts = [*PLAIN.values(), *(path.read_bytes() for path in CORPUS.rglob("*.xml"))]
    plain = 0
    for body in calls(SEED, MUTATIONS, starts):
        method = plain_method(body)
        if method is not None:
            plain += 1
            assert agrees(body, method), body
    assert plain > MUTATIONS / 50


WORDS = [
    *(f"<{mark}{tag}>" for tag in (
        "methodCall", "methodName", "params", "param", "value", "string", "int", "array", "data", "struct", "member", "name", "fault",
    ) for mark in ("", "/")),
    "<?xml version='1.0'?>", "<?xml version=\"1.0\" encoding='utf-8' ?>", "pingback.ping", "wp.getPost", " ", "\n", "\r", "x", "&", "&amp;", "&lt", "]]>", "\0", "é", "\ufffe", "\u2028",
]  # fmt: skip
VALUES = st.recursive(
    st.sampled_from(["x", "", " ", "<string>x</string>", "<int>1</int>", "<base64>\n</base64> ", "<i4>a</i4>"]),
    lambda inner: (
        st.lists(inner, max_size=3).map(
            lambda items: "<array> <data>" + "".join(f"<value>{item}</value>\n" for item in items) + "</data></array>"
        )
        | st.lists(inner, max_size=3).map(
            lambda items: (
                "<struct>"
                + "".join(f"<member><name>methodName</name><value>{item}</value></member>" for item in items)
                + "</struct>"
            )
        )
    ),
    max_leaves=8,
)


@settings(max_examples=600, deadline=None, derandomize=True, database=None)
@given(st.lists(VALUES, max_size=3), st.lists(st.tuples(st.integers(0, 400), st.sampled_from(WORDS)), max_size=2))
def test_no_call_with_words_put_into_it_is_read_otherwise(values: list[str], put: list[tuple[int, str]]) -> None:
    body = call(
        "<params>" + "".join(f"<param><value>{value}</value></param>" for value in values) + "</params>"
    ).decode()
    for at, word in put:
        body = body[: at % len(body)] + word + body[at % len(body) :]
    method = plain_method(body.encode())
    if method is not None:
        assert agrees(body.encode(), method), body


BEGUN = "<methodCall><methodName>a</methodName><params>"
HOSTILE = {
    "open arrays": BEGUN + "<param><value><array><data>" * 2300,
    "values that never end": BEGUN + "<param><value> </value></param>" * 2000,
    "entities without end": BEGUN + "<param><value><string>" + "&amp;" * 13_000 + "&amp</string>",
    "nearly a string": BEGUN + "<param><value>" + " " * 60_000 + "<string>x</strin",
    "members without end": BEGUN + "<param><value><struct>" + "<member><name> </name><value> </value></member>" * 1200,
    "blanks": " " * MAX_PLAIN,
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE.keys())
def test_nothing_takes_long_to_be_told_from_a_plain_call(body: str) -> None:
    began = time.process_time()
    assert plain_method(body.encode()) is None
    assert time.process_time() - began < 0.1  # 0.3 ms were seen; a pattern that goes back and forth takes minutes


def test_without_it_everything_is_read_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    bodies = [*PLAIN.values(), *OTHERWISE.values(), *PLAIN_PINGS.values(), *NO_PLAIN_PINGS.values()]
    with_it = [outcome(body) for body in bodies]
    monkeypatch.setattr(plain_call, "MAX_PLAIN", -1)
    assert [plain_method(body) for body in bodies] == [None] * len(bodies)
    assert [outcome(body) for body in bodies] == with_it


def outcome(body: bytes) -> object:
    """What `read_call` returns, or the sentence that it raises."""
    try:
        return read_call(body, max_members=50)
    except MalformedPing as problem:
        return problem.sentence
