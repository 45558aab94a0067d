"""Values are written so that WordPress reads the same again."""

import pytest

from proxy.wire.ixr import OVERSIZE, Typed, Value
from proxy.wire.values import UnwritableValueError, escape, method_text, value_xml

WRITTEN: list[tuple[str, Value, str]] = [
    ("a text", "a", "<value><string>a</string></value>"),
    ("an empty text", "", "<value><string></string></value>"),
    ("a text with blanks around it is written bare", " a ", "<value> a </value>"),
    ("a carriage return is a blank", "\ra", "<value>&#13;a</value>"),
    ("a number", Typed("int", " 5 "), "<value><int> 5 </int></value>"),
    ("an array", ["a", []], "<value><array><data><value><string>a</string></value><value><array><data></data></array></value></data></array></value>"),
    ("a struct", {"a<": "b"}, "<value><struct><member><name>a&lt;</name><value><string>b</string></value></member></struct></value>"),
]  # fmt: skip


@pytest.mark.parametrize(("value", "xml"), [row[1:] for row in WRITTEN], ids=[row[0] for row in WRITTEN])
def test_written(value: Value, xml: str) -> None:
    assert value_xml(value) == xml


def test_escapes_are_ascii() -> None:
    assert escape("<a>&é\U0001f600") == "&lt;a&gt;&amp;&#233;&#128512;"


def deep(levels: int) -> Value:
    """Lists in lists."""
    value: Value = []
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize("value", [OVERSIZE, "a\x00", ["\ud800"], deep(5000)], ids=["long", "NUL", "surrogate", "deep"])
def test_what_cannot_be_written_is_said_so(value: Value) -> None:
    with pytest.raises(UnwritableValueError):
        value_xml(value)


METHODS: list[tuple[str, Value | None, str | None]] = [
    ("a text as it stands", " a", " a"),
    ("nothing", None, None),
    ("a list", ["a"], None),
    ("a number", Typed("int", "1"), None),
    ("base64", Typed("base64", "cGluZ2JhY2sucGluZw=="), "pingback.ping"),
    ("base64 with rubbish in it", Typed("base64", "cGlu\nZ2Jh!Y2sucGluZw"), "pingback.ping"),
    ("base64 with one letter too many", Typed("base64", "YWJjZ"), "abc"),
    ("base64 of no text", Typed("base64", "/w=="), None),
]


@pytest.mark.parametrize(("value", "text"), [row[1:] for row in METHODS], ids=[row[0] for row in METHODS])
def test_the_text_that_php_compares_with_method_names(value: Value | None, text: str | None) -> None:
    assert method_text(value) == text
