"""Answers are WordPress's own, byte for byte, and are read back."""

import pytest

from proxy.wire.response import (
    Fault,
    Success,
    fault_response,
    member_fault,
    member_success,
    multicall_response,
    read_response,
    split_multicall_response,
    success_response,
)

FAULT = b"""<?xml version="1.0" encoding="UTF-8"?>
<methodResponse>
  <fault>
    <value>
      <struct>
        <member>
          <name>faultCode</name>
          <value><int>-32700</int></value>
        </member>
        <member>
          <name>faultString</name>
          <value><string>parse error. not well formed</string></value>
        </member>
      </struct>
    </value>
  </fault>
</methodResponse>
"""
SUCCESS = b"""<?xml version="1.0" encoding="UTF-8"?>
<methodResponse>
  <params>
    <param>
      <value>
      <string>Hello!</string>
      </value>
    </param>
  </params>
</methodResponse>
"""
MULTI = b"""<?xml version="1.0" encoding="UTF-8"?>
<methodResponse>
  <params>
    <param>
      <value>
      <array><data>
  <value><array><data>
  <value><string>Hello!</string></value>
</data></array></value>
  <value><struct>
  <member><name>faultCode</name><value><int>403</int></value></member>
  <member><name>faultString</name><value><string>Incorrect username or password.</string></value></member>
</struct></value>
</data></array>
      </value>
    </param>
  </params>
</methodResponse>
"""


def test_answers_are_laid_out_as_wordpress_lays_them_out() -> None:
    assert fault_response(-32700, "parse error. not well formed") == FAULT
    assert success_response("Hello!") == SUCCESS
    parts = [member_success("Hello!"), member_fault(403, "Incorrect username or password.")]
    assert multicall_response(parts) == MULTI


def test_texts_are_escaped_as_php_escapes_them() -> None:
    assert b"<string>&lt;a href=&quot;x&quot;&gt; &amp; &#039;\xc3\xa9</string>" in success_response(
        '<a href="x"> & \'é'
    )


@pytest.mark.parametrize("text", ["", "a", " <&>\"' é \U0001f600", "\x00\x01\ud800"])
def test_what_was_written_is_read_back(text: str) -> None:
    readable = "\ufffd\ufffd\ufffd" if "\x00" in text else text.strip()
    assert read_response(success_response(text)) == Success(readable)
    assert read_response(fault_response(48, text)) == Fault(48, readable)


READ = [
    ("nothing", b"", None),
    ("a page", b"<html>methodResponse</html>", None),
    ("half an answer", SUCCESS[:-20], None),
    ("a broken answer", SUCCESS.replace(b"</value>", b"", 1), None),
    ("a call", b"<methodCall/>", None),
    ("a warning in front", b"<br />\n<b>Warning</b>: x in y" + FAULT + b"<!-- cached -->", Fault(-32700, "parse error. not well formed")),
    ("a number", SUCCESS.replace(b"string", b"int"), Success(None)),
    ("no value", b"<methodResponse/></methodResponse>", None),
    ("no params", b"<methodResponse></methodResponse>", Success(None)),
    ("a multicall's answer", MULTI, Success(None)),
    ("a fault without a struct", b"<methodResponse><fault><value>x</value></fault></methodResponse>", None),
    ("a fault with a code in words", FAULT.replace(b"<int>-32700</int>", b"<string>many</string>"), Fault(0, "parse error. not well formed")),
    ("Latin-1", SUCCESS.replace(b"UTF-8", b"ISO-8859-1").replace(b"Hello", b"H\xe9llo"), Success("Héllo!")),
    ("an encoding nobody knows", SUCCESS.replace(b"UTF-8", b"nonsense"), None),
    ("an encoding that is none", SUCCESS.replace(b"UTF-8", b"rot13"), None),
]  # fmt: skip


@pytest.mark.parametrize(("body", "answer"), [row[1:] for row in READ], ids=[row[0] for row in READ])
def test_read(body: bytes, answer: Success | Fault | None) -> None:
    assert read_response(body) == answer


def test_a_multicall_s_answer_comes_apart_and_goes_together_again() -> None:
    parts = split_multicall_response(MULTI)
    assert isinstance(parts, tuple)
    assert len(parts) == 2
    assert multicall_response(parts) == MULTI


def test_a_latin_1_answer_is_spliced_in_utf_8() -> None:
    parts = split_multicall_response(MULTI.replace(b"UTF-8", b"ISO-8859-1").replace(b"Hello", b"H\xe9llo"))
    assert isinstance(parts, tuple)
    assert "Héllo".encode() in multicall_response(parts)


NO_LIST = [
    ("a fault", FAULT, Fault(-32700, "parse error. not well formed")),
    ("one text", SUCCESS, None),
    ("a page", b"<p>", None),
]


@pytest.mark.parametrize(("body", "answer"), [row[1:] for row in NO_LIST], ids=[row[0] for row in NO_LIST])
def test_no_answer_to_a_multicall(body: bytes, answer: Fault | None) -> None:
    assert split_multicall_response(body) == answer


def test_no_members_are_an_empty_list() -> None:
    assert split_multicall_response(multicall_response([])) == ()
