"""The first reader: XML-RPC exactly as WordPress's own message class reads it.

The rules are those observed in wordpress-facts.md §5 (WordPress 6.1 to 7.1, PHP 8.2, libxml2): a parser that looks
at tags as they open and close and hardly at where they stand. Expat is the tokenizer; where it differs from PHP's
libxml2 it refuses more, which is safe.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Final, Literal
from xml.parsers import expat

from proxy.errors import FaultCode, MalformedPing
from proxy.wire.body import Body, piece, pieces, strip_left, strip_right

TRIM_BYTES: Final = b" \t\n\r\0\x0b"  # what PHP's trim() takes away
TRIM: Final = TRIM_BYTES.decode()
MAX_TAGS: Final = 60_000  # WordPress refuses more "<" than this (xmlrpc_element_limit)
MAX_TEXT: Final = 1 << 16  # characters kept of one text
SHORT_TEXT: Final = 256  # texts up to this length are kept however many there are
TEXT_BUDGET: Final = 1 << 22  # characters kept of all longer texts together
MAX_TOKEN: Final = 1 << 20  # bytes of one tag, comment or instruction; WordPress knows no such limit
MAX_CDATA: Final = 1 << 22  # bytes of one CDATA section, which libxml2 keeps whole; WordPress knows no such limit

_DECLARATION = re.compile(rb"<\?xml.*?\?>", re.DOTALL)
_DOCTYPE = re.compile(rb"<!DOCTYPE[^>]*>", re.IGNORECASE)
_ROOT = re.compile(rb"(<methodCall|<methodResponse|<fault)[> \t\r\n]")


class Oversize(Enum):
    """Stands for a text that was too long to keep."""

    OVERSIZE = "oversize"


OVERSIZE: Final = Oversize.OVERSIZE
Text = str | Literal[Oversize.OVERSIZE]


@dataclass(frozen=True, slots=True)
class Typed:
    """A value that is neither text nor list: its element's name and the text as it stood."""

    tag: str
    text: str


Value = Text | Typed | list["Value"] | dict[str, "Value"]


@dataclass(frozen=True, slots=True)
class Message:
    """What WordPress makes of a document. `method` is None where no methodName was closed."""

    kind: str  # methodCall, methodResponse or fault: the one opened last
    method: Text | None
    params: list[Value]


def read_message(body: Body, *, max_tags: int = MAX_TAGS) -> Message:
    """Return what WordPress reads in *body*. Raises `MalformedPing` (-32700) where WordPress would say the same."""
    head, start, end = _document(body)
    _check_root(head, body, start)
    tags = head.count(b"<") + sum(part.count(b"<") for part in pieces(body, start, end))
    if tags > max_tags:
        raise _unreadable("The call holds too many elements.")
    machine = _Machine()
    machine.run(_in_order(head, pieces(body, start, end)))
    return Message(machine.kind, machine.method, machine.params)


def _unreadable(sentence: str = "parse error. not well formed") -> MalformedPing:
    return MalformedPing(FaultCode.PARSE_ERROR, sentence)


def _in_order(head: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield head
    yield from rest


def _document(body: Body) -> tuple[bytes, int, int]:
    """Return what is left when declaration and doctype are cut: some first bytes, and the body's rest as an extent.

    The first "<?xml … ?>" within 100 bytes goes, wherever it begins; then a doctype that is whole within the
    200 bytes at the start; each time both ends are trimmed.
    """
    end = strip_right(body, 0, len(body), TRIM_BYTES)
    at = min(100, end)
    head = _DECLARATION.sub(b"", piece(body, 0, at), count=1)
    head, at, end = _trimmed(head, body, at, end)
    window = head + piece(body, at, min(end, at + max(0, 200 - len(head))))
    at += len(window) - len(head)
    doctype = _DOCTYPE.match(window[:200])
    if doctype:
        window = window[doctype.end() :]
    return _trimmed(window, body, at, end)


def _trimmed(head: bytes, body: Body, start: int, end: int) -> tuple[bytes, int, int]:
    head = head.lstrip(TRIM_BYTES)
    if not head:
        start = strip_left(body, start, end, TRIM_BYTES)
    if start >= end:
        head = head.rstrip(TRIM_BYTES)
    return head, start, end


def _check_root(head: bytes, body: Body, start: int) -> None:
    if not _ROOT.match(head[:20] + piece(body, start, min(len(body), start + 20))):
        raise _unreadable()


class _Machine:
    """Events in, values out. Nesting is not checked: that is how WordPress reads."""

    def __init__(self) -> None:
        self.kind = ""
        self.method: Text | None = None
        self.params: list[Value] = []
        self._stack: list[list[Value] | dict[str, Value]] = []  # the open <data> and <struct>
        self._names: list[Text] = []
        self._parts: list[str] = []  # the text since the last tag
        self._oversize = 0  # characters seen since then, or 0 while they fit
        self._solid = False  # of an oversize text: something but blanks was in it
        self._budget = TEXT_BUDGET
        self._cdata = 0  # where the last CDATA section began

    def run(self, chunks: Iterator[bytes]) -> None:
        """Read all *chunks*; raises `MalformedPing` unless they are one well-formed document."""
        parser = expat.ParserCreate("UTF-8")  # whatever encoding is declared: the declaration was cut
        parser.buffer_text = True
        parser.buffer_size = 1 << 15
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._data
        parser.StartCdataSectionHandler = lambda: self._open_cdata(parser.CurrentByteIndex)
        parser.EndCdataSectionHandler = lambda: self._close_cdata(parser.CurrentByteIndex)
        fed = 0
        try:
            for chunk in chunks:
                parser.Parse(chunk, False)
                fed += len(chunk)
                if fed - parser.CurrentByteIndex > MAX_TOKEN:
                    raise _unreadable("The call holds a tag or comment that is too long.")
            parser.Parse(b"", True)
        except expat.ExpatError:
            raise _unreadable() from None
        finally:  # no cycles: what was read goes as soon as it is let go
            parser.StartCdataSectionHandler = parser.EndCdataSectionHandler = None

    def _open_cdata(self, at: int) -> None:
        self._cdata = at

    def _close_cdata(self, at: int) -> None:
        if at - self._cdata > MAX_CDATA:
            raise _unreadable("The call holds a CDATA section that is too long.")

    def _start(self, tag: str, _attributes: dict[str, str]) -> None:
        self._clear()
        if tag == "data":
            self._stack.append([])
        elif tag == "struct":
            self._stack.append({})
        elif tag in {"methodCall", "methodResponse", "fault"}:
            self.kind = tag

    def _data(self, text: str) -> None:
        if self._oversize:
            self._solid = self._solid or bool(text.strip(TRIM))
            return
        self._parts.append(text)
        if len(text) >= MAX_TEXT or sum(map(len, self._parts)) > MAX_TEXT:
            self._solid = any(part.strip(TRIM) for part in self._parts)
            self._oversize = 1
            self._parts = []

    def _end(self, tag: str) -> None:
        close = _CLOSERS.get(tag)
        if close:
            close(self, tag)
        self._clear()

    def _clear(self) -> None:
        if self._parts:
            self._parts = []
        self._oversize = 0

    def _text(self) -> Text:
        """The text since the last tag, if it may be kept."""
        if self._oversize:
            return OVERSIZE
        text = "".join(self._parts)
        if len(text) > SHORT_TEXT:
            self._budget -= len(text)
            if self._budget < 0:
                return OVERSIZE
        return text

    def _trimmed_text(self) -> Text:
        text = self._text()
        return text if text is OVERSIZE else text.strip(TRIM)

    def _add(self, value: Value) -> None:
        if not self._stack:
            self.params.append(value)
            return
        top = self._stack[-1]
        if isinstance(top, list):
            top.append(value)
            return
        name = self._names[-1] if self._names else ""
        if name is OVERSIZE:
            raise _unreadable("The name of a struct's member is too long.")
        top[name] = value

    def close_string(self, _tag: str) -> None:
        self._add(self._trimmed_text())

    def close_typed(self, tag: str) -> None:
        text = self._text()
        self._add(text if text is OVERSIZE else Typed(tag, text))

    def close_value(self, _tag: str) -> None:
        solid = self._solid if self._oversize else any(part.strip(TRIM) for part in self._parts)
        if solid:
            self._add(self._text())

    def close_container(self, _tag: str) -> None:
        self._add(self._stack.pop())

    def close_member(self, _tag: str) -> None:
        if self._names:
            self._names.pop()

    def close_name(self, _tag: str) -> None:
        self._names.append(self._trimmed_text())

    def close_method_name(self, _tag: str) -> None:
        self.method = self._trimmed_text()


_CLOSERS: Final[dict[str, Callable[[_Machine, str], None]]] = {
    "string": _Machine.close_string,
    "value": _Machine.close_value,
    "data": _Machine.close_container,
    "struct": _Machine.close_container,
    "member": _Machine.close_member,
    "name": _Machine.close_name,
    "methodName": _Machine.close_method_name,
    **dict.fromkeys(("int", "i4", "double", "boolean", "dateTime.iso8601", "base64"), _Machine.close_typed),
}
