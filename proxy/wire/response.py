"""WordPress's answers to XML-RPC: read by its senders' rules, and written in its own layout."""

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from xml.parsers import expat

from proxy.errors import MalformedPing
from proxy.wire.ixr import Message, Typed, Value, read_message

MAX_TAGS: Final = 500_000

_DECLARED = re.compile(rb"<\?xml[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._:-]{1,40})[\"']")
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ELEMENT = ("methodResponse", "params", "param", "value", "array", "data", "value")


@dataclass(frozen=True, slots=True)
class Success:
    """An answer that is no fault; `text` when its single value is a text."""

    text: str | None


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault with its code and text. WordPress hides most of them as code 0 without text (facts §4)."""

    code: int
    text: str


def read_response(body: bytes) -> Success | Fault | None:
    """Return what an XML-RPC server answered, or None when *body* is no XML-RPC answer.

    What stands before or behind the document (a PHP warning, say) is passed over.
    """
    document = _document(body)
    try:
        message = read_message(document, max_tags=MAX_TAGS) if document else None
    except MalformedPing:
        return None
    if message is None or message.kind == "methodCall":
        return None
    if message.kind == "fault":
        return _fault(message)
    only = message.params[0] if len(message.params) == 1 else None
    return Success(only if isinstance(only, str) else None)


def _fault(message: Message) -> Fault | None:
    struct = message.params[0] if message.params else None
    if not isinstance(struct, dict):
        return None
    code, text = struct.get("faultCode"), struct.get("faultString", "")
    return Fault(_number(code), text if isinstance(text, str) else "")


def _number(value: Value | None) -> int:
    text = value.text if isinstance(value, Typed) else value
    try:
        return int(text) if isinstance(text, str) and len(text) < 20 else 0
    except ValueError:
        return 0


def _document(body: bytes) -> bytes:
    """Return the methodResponse alone, in UTF-8, or nothing."""
    start, end = body.find(b"<methodResponse"), body.rfind(b"</methodResponse>")
    if start < 0 or end < start:
        return b""
    document = body[start : end + len(b"</methodResponse>")]
    declared = _DECLARED.search(body[:start])
    if not declared or declared[1].lower() in {b"utf-8", b"us-ascii"}:
        return document
    try:
        return document.decode(declared[1].decode()).encode()
    except (LookupError, ValueError):
        return b""


def split_multicall_response(body: bytes) -> tuple[bytes, ...] | Fault | None:
    """Return the raw inner XML of each element of a multicall's answer, for `multicall_response`.

    A fault for the whole call comes back as `Fault`, and None for anything that is no answer to a multicall.
    """
    answer = read_response(body)
    if not isinstance(answer, Success):
        return answer
    splitter = _Splitter(_document(body))
    return splitter.run()


class _Splitter:
    """Cuts the elements of the outermost array out of a document; expat says where they begin and end."""

    def __init__(self, document: bytes) -> None:
        self._document = document
        self._parser = expat.ParserCreate("UTF-8")
        self._path: list[str] = []
        self._begin = 0
        self._parts: list[bytes] = []
        self._is_list = False

    def run(self) -> tuple[bytes, ...] | None:
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        try:
            self._parser.Parse(self._document, True)
        except expat.ExpatError:
            return None
        return tuple(self._parts) if self._is_list else None

    def _start(self, tag: str, _attributes: dict[str, str]) -> None:
        self._path.append(tag)
        if len(self._path) > len(_ELEMENT):
            return
        if tuple(self._path) == _ELEMENT[:-1]:
            self._is_list = True
        elif tuple(self._path) == _ELEMENT:
            self._begin = self._document.find(b">", self._parser.CurrentByteIndex) + 1

    def _end(self, _tag: str) -> None:
        if len(self._path) == len(_ELEMENT) and tuple(self._path) == _ELEMENT:
            self._parts.append(self._document[self._begin : self._parser.CurrentByteIndex])
        self._path.pop()


def _text(text: str) -> str:
    """What PHP's htmlspecialchars makes of *text*; characters that XML cannot hold become U+FFFD."""
    return html.escape(_NOT_XML.sub("\ufffd", text)).replace("&#x27;", "&#039;")


def _string(text: str) -> str:
    return f"<string>{_text(text)}</string>"


_PROLOG = '<?xml version="1.0" encoding="UTF-8"?>\n'


def _response(value: bytes) -> bytes:
    return (
        f"{_PROLOG}<methodResponse>\n  <params>\n    <param>\n      <value>\n      ".encode()
        + value
        + b"\n      </value>\n    </param>\n  </params>\n</methodResponse>\n"
    )


def success_response(text: str) -> bytes:
    """Return the answer of a call that succeeded with *text*, byte for byte as WordPress writes it."""
    return _response(_string(text).encode())


def fault_response(code: int, text: str) -> bytes:
    """Return a fault, byte for byte as WordPress writes it (facts §3)."""
    pad = "        "
    return (
        f"{_PROLOG}<methodResponse>\n  <fault>\n    <value>\n      <struct>\n"
        f"{pad}<member>\n{pad}  <name>faultCode</name>\n{pad}  <value><int>{int(code)}</int></value>\n{pad}</member>\n"
        f"{pad}<member>\n{pad}  <name>faultString</name>\n{pad}  <value>{_string(text)}</value>\n{pad}</member>\n"
        "      </struct>\n    </value>\n  </fault>\n</methodResponse>\n"
    ).encode()


def member_success(text: str) -> bytes:
    """Return the element that stands in a multicall's answer for a call that succeeded with *text*."""
    return f"<array><data>\n  <value>{_string(text)}</value>\n</data></array>".encode()


def member_fault(code: int, text: str) -> bytes:
    """Return the element that stands in a multicall's answer for a call that failed."""
    return (
        f"<struct>\n  <member><name>faultCode</name><value><int>{int(code)}</int></value></member>\n"
        f"  <member><name>faultString</name><value>{_string(text)}</value></member>\n</struct>"
    ).encode()


def multicall_response(parts: Sequence[bytes]) -> bytes:
    """Return a multicall's answer of *parts*, the inner XML of one array element each, in their order.

    A part comes from `member_success`, `member_fault` or `split_multicall_response`.
    """
    elements = b"".join(b"  <value>" + part + b"</value>\n" for part in parts)
    return _response(b"<array><data>\n" + elements + b"</data></array>")
