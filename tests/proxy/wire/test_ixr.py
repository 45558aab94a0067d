"""The first reader has WordPress's odd ways, each of them."""

from typing import Any

import pytest

from proxy.errors import MalformedPing
from proxy.wire.ixr import MAX_TAGS, OVERSIZE, Message, Typed, read_message


def params(inner: str) -> list[Any]:
    """What WordPress makes of a call's inside."""
    return read_message(f"<methodCall><methodName>m</methodName>{inner}</methodCall>".encode()).params


READINGS: list[tuple[str, str, list[Any]]] = [
    ("a string is trimmed", "<value><string> a </string></value>", ["a"]),
    ("a bare value is not trimmed", "<value> a </value>", [" a "]),
    ("a blank bare value vanishes", "<value> \n </value><value/>", []),
    ("an empty string stays", "<value><string/></value>", [""]),
    ("unknown types vanish", "<value><i8>1</i8></value><value><nil/></value><value>a</value>", ["a"]),
    ("text before a type is forgotten", "<value>x<string>a</string></value>", ["a"]),
    ("text behind a type is one more value", "<value><string>a</string>b</value>", ["a", "b"]),
    ("a type needs no value around it", "<string>a</string>", ["a"]),
    ("an element inside forgets what stood before", "<value><string>x<y/>a</string></value>", ["a"]),
    ("a comment forgets nothing", "<value><string>a<!-- c -->b</string></value>", ["ab"]),
    ("an instruction forgets nothing", "<value><string>a<?p i?>b</string></value>", ["ab"]),
    ("CDATA is text", "<value><![CDATA[<a>]]></value>", ["<a>"]),
    ("an array is what is in its data", "<value><array><data><value>a</value></data></array></value>", [["a"]]),
    ("data needs no array", "<data><string>a</string></data>", [["a"]]),
    ("values outside data are not in the array", "<array><value>a</value></array>", ["a"]),
    ("the last of two members of a name counts",
     "<struct><member><name>a</name><value>1</value></member><member><name>a</name><value>2</value></member></struct>",
     [{"a": "2"}]),
    ("the last of two names counts", "<struct><member><name>a</name><name>b</name><value>1</value></member></struct>", [{"b": "1"}]),
    ("a value before its name has no name", "<struct><member><value>1</value><name>a</name></member></struct>", [{"": "1"}]),
    ("a name is known until its member ends",
     "<struct><member><name>a</name><value><struct><member><value>1</value></member></struct></value></member></struct>",
     [{"": {"a": "1"}}]),
    ("other types keep their text", "<value><int> 5 </int></value><value><base64>YQ==</base64></value>",
     [Typed("int", " 5 "), Typed("base64", "YQ==")]),
]  # fmt: skip


@pytest.mark.parametrize(("inner", "values"), [row[1:] for row in READINGS], ids=[row[0] for row in READINGS])
def test_values(inner: str, values: list[Any]) -> None:
    assert params(inner) == values


CALL = "<methodCall><methodName>a</methodName></methodCall>"
METHODS = [
    ("plain", CALL, "a"),
    ("any first declaration is cut", f"<?xml-stylesheet x?>{CALL}", "a"),
    ("blanks, NUL and vertical tabs at the ends are cut", f"\0\x0b {CALL}\n\0", "a"),
    ("a doctype is cut at its first >", f"<!DOCTYPE x [<!ENTITY y 'z'>{CALL}", "a"),
    ("a lower-case doctype is cut too", f"<!doctype x>{CALL}", "a"),
    ("the last name counts", CALL.replace("</methodCall>", "<x><methodName>b</methodName></x></methodCall>"), "b"),
    ("the name is trimmed", CALL.replace("a<", "\n a\t<"), "a"),
    ("a declaration inside is cut", CALL.replace("a<", "<![CDATA[x<?xml y?>z]]><"), "xz"),
]


@pytest.mark.parametrize(("document", "method"), [row[1:] for row in METHODS], ids=[row[0] for row in METHODS])
def test_method_names(document: str, method: str) -> None:
    assert read_message(document.encode()).method == method


REFUSED = [
    ("nothing", b""),
    ("blanks", b" \n\0"),
    ("a byte order mark", b"\xef\xbb\xbf" + CALL.encode()),
    ("a form feed in front", b"\x0c" + CALL.encode()),
    ("another root", b"<methodcall/>"),
    ("a root that closes itself", b"<methodCall/>"),
    ("two declarations", b"<?xml a?><?xml b?>" + CALL.encode()),
    ("a declaration of more than 100 bytes", b"<?xml" + b" " * 100 + b"?>" + CALL.encode()),
    ("a doctype of more than 200 bytes", b"<!DOCTYPE" + b" " * 200 + b">" + CALL.encode()),
    ("something behind", CALL.encode() + b"x"),
    ("bytes that are no UTF-8", b'<?xml version="1.0" encoding="latin-1"?>' + CALL.encode().replace(b"a<", b"\xe9<")),
    ("an entity", CALL.encode().replace(b"a<", b"&e;<")),
    ("too many elements", b"<methodCall>" + b"<a/>" * (MAX_TAGS - 1) + b"</methodCall>"),
    ("a tag that is too long", b"<methodCall a='" + b"x" * 1_200_000 + b"'></methodCall>"),
    ("a CDATA section that is too long", b"<methodCall><![CDATA[" + b"x" * 5_000_000 + b"]]></methodCall>"),
]


@pytest.mark.parametrize("document", [row[1] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_refused(document: bytes) -> None:
    with pytest.raises(MalformedPing):
        read_message(document)


def test_texts_over_64_ki_are_not_kept() -> None:
    long = "x" * 65_537
    assert params(f"<value>{long}</value><value><string>{'y' * 65_536}</string></value>") == [OVERSIZE, "y" * 65_536]


def test_a_long_stretch_of_blanks_is_still_no_value() -> None:
    assert params(f"<value>{' ' * 200_000}</value>") == []


def test_long_texts_together_have_a_budget_and_short_ones_do_not_count() -> None:
    values = params(f"<value>{'x' * 60_000}</value>" * 100 + "<value>short</value>")
    assert values[0] == "x" * 60_000
    assert values[98:] == [OVERSIZE, OVERSIZE, "short"]


def test_the_last_opened_of_call_response_and_fault_is_the_kind() -> None:
    assert read_message(b"<methodResponse><fault/></methodResponse>") == Message("fault", None, [])


def test_every_observed_document_is_read_as_wordpress_read_it(observed: Any) -> None:
    for row, body in observed("xmlrpc"):
        told = row["ixr_message"]
        if told is None or "exception" in told:
            continue
        try:
            message = read_message(body)
        except MalformedPing:
            assert not told["ok"], row["id"]
            continue
        assert told["ok"], row["id"]
        assert (message.kind, message.method) == (told["messageType"], told["methodName"]), row["id"]
        assert _like_php(message.params, told["params"]), row["id"]


def _like_php(ours: Any, told: Any) -> bool:
    if ours is OVERSIZE or isinstance(ours, Typed):
        return not isinstance(told, list)
    if isinstance(ours, str):
        return bool(ours == told)
    items = dict(enumerate(ours)) if isinstance(ours, list) else ours
    php = dict(enumerate(told)) if isinstance(told, list) else told
    keys = [str(key) for key in items] == [str(key) for key in php]
    return keys and all(_like_php(a, b) for a, b in zip(items.values(), php.values(), strict=True))
