"""multipart/form-data as PHP's own reader (rfc1867.c, PHP 8.2) takes it apart, which is not RFC 7578's way.

PHP reads through a buffer of 5 KiB and cuts lines where the buffer is full, so a line may "begin" in the middle of
a long one. Where that could make a difference the body is refused; no honest sender writes such a body.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from proxy.errors import FaultCode, MalformedPing, TooLarge
from proxy.wire.body import Body, piece, scan
from proxy.wire.php_names import ARRAY, MAX_FIELD, Extent, Field, Form, keep, php_name

FILLUNIT: Final = 5 * 1024
MAX_BOUNDARY: Final = 4096  # RFC 2046 §5.1.1 allows 70
MAX_PARTS: Final = 20_000  # PHP takes 1,020
MAX_HEADERS: Final = 1 << 16  # bytes of one part's headers
MAX_PARAMETERS: Final = 256  # of one Content-Disposition
MAX_HEADER_LINES: Final = 100_000  # in all parts together

_SPACE = b" \t\n\v\f\r"  # C's isspace
_LINE_END = re.compile(rb"\n")
# A word goes up to its stop, over quoted stretches; in those a backslash hides the quote alone.
_QUOTED = rb"\"(?:\\\"|[^\"])*+\"?|'(?:\\'|[^'])*+'?"
_WORDS = {stop: re.compile(rb"(?:" + _QUOTED + rb"|[^\"'" + stop + rb"])*+", re.DOTALL) for stop in (b";", b"=")}


def read_multipart(content_type: str, body: Body, names: frozenset[str]) -> Form:
    """Return the fields among *names*, as PHP would have them in $_POST; none when there is no boundary.

    Raises `MalformedPing` (-32700) where PHP's buffer would decide what is read, `TooLarge` (-32602) for more
    parts or header lines than any honest form has.
    """
    boundary = find_boundary(content_type.encode("utf-8", "surrogateescape"))
    if boundary is None:
        return {}
    if len(boundary) > MAX_BOUNDARY:
        raise _ambiguous()
    reader = _Reader(body, boundary)
    found: dict[str, Extent | None] = {}
    for part in reader.parts():
        raw, is_array = php_name(part.name)
        name = raw.decode("latin-1")
        if name in names:
            keep(found, name, None if is_array else (part.start, part.end))
    return {name: _value(body, extent) for name, extent in found.items()}


def find_boundary(content_type: bytes) -> bytes | None:
    """Return the boundary: what follows the first "=" after the letters "boundary", wherever these stand."""
    at = content_type.find(b"boundary")
    if at < 0:
        at = content_type.lower().find(b"boundary")
    at = content_type.find(b"=", at) if at >= 0 else -1
    if at < 0:
        return None
    value = content_type[at + 1 :]
    if value.startswith(b'"'):
        quoted, closed, _ = value[1:].partition(b'"')
        return quoted if closed else None
    return re.split(b"[,;]", value, maxsplit=1)[0]


def _ambiguous() -> MalformedPing:
    return MalformedPing(FaultCode.PARSE_ERROR, "The form can be read in two ways.")


def _value(body: Body, extent: tuple[int, int] | None) -> Field:
    if extent is None:
        return ARRAY
    return piece(body, extent[0], min(extent[1], extent[0] + MAX_FIELD))


@dataclass(frozen=True, slots=True)
class _Part:
    """A field: its name as sent, and where its value stands in the body."""

    name: bytes
    start: int
    end: int


class _Reader:
    """Walks over the body; `_at` is where PHP's buffer would begin."""

    def __init__(self, body: Body, boundary: bytes) -> None:
        self._body = body
        self._size = len(body)
        self._at = 0
        self._lines = 0
        self._mark = b"--" + boundary
        mark = re.escape(self._mark)
        self._line = re.compile(mark + rb"\r?\n")
        self._own_line = re.compile(rb"\n" + mark + rb"\r?\n")
        self._after_value = re.compile(rb"\n" + mark)
        self._any_mark = re.compile(mark + rb"(?:\r?\n|\x00)")

    def _scan(self, pattern: re.Pattern[bytes], start: int) -> Iterator[tuple[int, int]]:
        return scan(self._body, start, pattern, self._mark, len(self._mark) + 3)

    def _check_marks(self) -> None:
        """Refuse what a full buffer may make a boundary of: one inside a line, or (C compares up to a NUL) one
        before a NUL; and more boundaries than there may be parts.
        """
        for count, (start, end) in enumerate(self._scan(self._any_mark, 0)):
            inside = start > 0 and self._body[start - 1 : start] != b"\n"
            if inside or self._body[end - 1 : end] == b"\0":
                raise _ambiguous()
            if count == MAX_PARTS:
                raise TooLarge(FaultCode.INVALID_PARAMS, f"The form holds more than {MAX_PARTS} parts.")

    def parts(self) -> Iterator[_Part]:
        """Yield the fields in order. A part with a filename is none; one with neither name nor filename ends all."""
        self._check_marks()
        while self._skip_boundary():
            disposition = self._disposition()
            if disposition is None:
                continue
            name, has_file = _parameters(disposition)
            if name is None and not has_file:
                return
            if has_file and self._line.match(self._body, self._at):
                raise _ambiguous()  # a boundary or the file's first line: that depends on whether files are taken
            if name is not None and not has_file:
                yield _Part(name, *self._value_extent())

    def _skip_boundary(self) -> bool:
        """Go behind the next line that is the boundary and nothing else."""
        here = self._line.match(self._body, self._at)
        if here:
            self._at = here.end()
            return True
        found = next(self._scan(self._own_line, self._at), None)
        if found:
            self._at = found[1]
        return found is not None

    def _header_line(self) -> bytes | None:
        """Return the next line up to a NUL, without its end; None when it has no end."""
        match = _LINE_END.search(self._body, self._at, self._at + FILLUNIT)
        if not match:
            if self._size - self._at >= FILLUNIT:
                raise _ambiguous()
            return None
        self._lines += 1
        if self._lines > MAX_HEADER_LINES:
            raise TooLarge(FaultCode.INVALID_PARAMS, "The form's parts have too many header lines.")
        line = piece(self._body, self._at, match.start())
        self._at = match.end()
        return line.removesuffix(b"\r").partition(b"\0")[0]

    def _disposition(self) -> bytes | None:
        """Read the part's headers; return the value of the first Content-Disposition."""
        headers: list[tuple[bytes, list[bytes]]] = []
        start = self._at
        while line := self._header_line():
            if self._at - start > MAX_HEADERS:
                raise TooLarge(FaultCode.INVALID_PARAMS, "The headers of a form's part are too long.")
            name, colon, value = line.partition(b":")
            if colon and line[:1] not in _SPACE:
                headers.append((name, [value.lstrip(_SPACE)]))
            elif headers:  # a line without a colon goes on with the one before
                headers[-1][1].append(line)
        found = next((lines for name, lines in headers if name.lower() == b"content-disposition"), None)
        return None if found is None else b"".join(found).lstrip(_SPACE)

    def _value_extent(self) -> tuple[int, int]:
        """Go to the value's end, which is the first line that begins with the boundary, or the body's end."""
        start = self._at
        found = next(self._scan(self._after_value, start), None)
        end = found[0] if found else self._cut_end(start)
        bounded = found is not None or end < self._size
        if bounded and end > start and self._body[end - 1 : end] == b"\r":
            end -= 1
        self._at = end
        return start, end

    def _cut_end(self, start: int) -> int:
        """The body ends within a value: whatever could have become a boundary there is not part of it."""
        mark = b"\n" + self._mark
        tail_start = max(start, self._size - len(mark) + 1)
        tail = piece(self._body, tail_start, self._size)
        for at in range(len(tail)):
            if mark.startswith(tail[at:]):
                return tail_start + at
        return self._size


def _parameters(disposition: bytes) -> tuple[bytes | None, bool]:
    """Return the last `name`, and whether there is any `filename`."""
    name: bytes | None = None
    has_file = False
    rest = disposition
    for _ in range(MAX_PARAMETERS):
        if not rest:
            return name, has_file
        word, rest = _word(rest, b";")
        rest = rest.lstrip(_SPACE)
        if b"=" not in word:
            continue
        key, value = _word(word, b"=")
        if key.lower() == b"name":
            name = _unquoted(value)
        has_file = has_file or key.lower() == b"filename"
    raise TooLarge(FaultCode.INVALID_PARAMS, "A part of the form has too many parameters.")


def _word(text: bytes, stop: bytes) -> tuple[bytes, bytes]:
    """Return what stands before *stop*, quotes respected, and what follows all the stops there."""
    match = _WORDS[stop].match(text)
    end = match.end() if match else 0
    return text[:end], text[end:].lstrip(stop)


def _unquoted(text: bytes) -> bytes:
    """Return a parameter's value: quoted up to the same quote, else up to white space; backslashes resolved."""
    text = text.lstrip(_SPACE)
    quote = text[:1] if text[:1] in (b'"', b"'") else b""
    if quote:
        pattern = rb"((?:\\\\|\\" + quote + rb"|[^" + quote + rb"])*+)"
        match = re.match(pattern, text[1:], re.DOTALL)
        inner = match[1] if match else b""
        return re.sub(rb"\\([\\" + quote + rb"])", rb"\1", inner, flags=re.DOTALL)
    word = re.split(rb"[ \t\n\v\f\r]", text, maxsplit=1)[0]
    return re.sub(rb"\\(\\)", rb"\1", word)
