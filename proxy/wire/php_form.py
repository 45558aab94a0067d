"""Forms as PHP reads them: which bodies are forms, and the fields of a query and of a urlencoded body."""

import re
from collections.abc import Iterator, Sequence
from enum import Enum
from functools import lru_cache
from urllib.parse import unquote_to_bytes

from proxy.errors import FaultCode, MalformedPing, TooLarge
from proxy.wire.body import WINDOW, Body, piece, pieces
from proxy.wire.php_multipart import read_multipart
from proxy.wire.php_names import (
    ARRAY,
    MAX_FIELD,
    MAX_FIELDS,
    MAX_HITS,
    MAX_NAME,
    Extent,
    Field,
    Form,
    keep,
    name_pattern,
    php_name,
)

_TYPE_END = re.compile("[;, ]")
_SEPARATOR = re.compile(b"&")
_NAME_END = re.compile(b"[=&]")


class FormType(Enum):
    """The two types of body that PHP reads fields from."""

    URLENCODED = "application/x-www-form-urlencoded"
    MULTIPART = "multipart/form-data"


_FORM_TYPES = {known.value: known for known in FormType}


def form_type(content_type_headers: Sequence[str]) -> FormType | None:
    """Return what PHP takes a body for, or None when it is no form.

    The type ends at the first ";", "," or blank and its case does not count; a tab or any suffix breaks it
    (facts §6). Raises `MalformedPing` (-32700) for several Content-Type headers of which one is a form's: servers
    differ over which of them counts.
    """
    types = [_form_type(header) for header in content_type_headers]
    if len(types) > 1 and any(types):
        raise MalformedPing(FaultCode.PARSE_ERROR, "The request has more than one Content-Type.")
    return types[0] if len(types) == 1 else None


def _form_type(header: str) -> FormType | None:
    return _FORM_TYPES.get(_TYPE_END.split(header, maxsplit=1)[0].lower())


def read_query(raw_query: str, names: frozenset[str]) -> Form:
    """Return the fields among *names* of a query as it stands in the request, without its "?".

    Raises `TooLarge` (-32602) for more than 20,000 of them.
    """
    return _read_urlencoded(raw_query.encode("utf-8", "surrogateescape"), names)


def read_form(content_type: str, body: Body, names: frozenset[str]) -> Form:
    """Return the fields among *names* of a form's body; nothing when *content_type* is no form's.

    Of a value the first MiB is kept. Raises `MalformedPing` (-32700) for a multipart body that PHP reads one way or
    another depending on its settings, and `TooLarge` (-32602) for more fields than any honest form has.
    """
    kind = form_type([content_type])
    if kind is FormType.URLENCODED:
        return _read_urlencoded(body, names)
    return read_multipart(content_type, body, names) if kind is FormType.MULTIPART else {}


@lru_cache(maxsize=64)
def _patterns(names: frozenset[str]) -> tuple[re.Pattern[bytes], re.Pattern[bytes]]:
    return name_pattern(names, ""), name_pattern(names, "&")


def _candidates(body: Body, names: frozenset[str]) -> Iterator[int]:
    """Yield where fields of wanted names may begin, blanks before the name left out."""
    at_start, later = _patterns(names)
    first = at_start.match(body)
    if first:
        yield first.start("name")
    at = fields = 0
    while at < len(body):  # in windows of whole fields, so that no step takes long
        end = _find(_SEPARATOR, body, at + WINDOW)
        fields += sum(part.count(b"&") for part in pieces(body, at, end))
        if fields > MAX_FIELDS:
            raise TooLarge(FaultCode.INVALID_PARAMS, "The form holds too many fields.")
        for match in later.finditer(body, at, end):
            yield match.start("name")
        at = end


def _read_urlencoded(body: Body, names: frozenset[str]) -> Form:
    """PHP splits at "&" alone, then at the first "=", and decodes both sides; the last field of a name counts."""
    found: dict[str, Extent | None] = {}
    for count, start in enumerate(_candidates(body, names)):
        if count == MAX_HITS:
            raise TooLarge(FaultCode.INVALID_PARAMS, "The form holds too many fields.")
        name_end = _find(_NAME_END, body, start)
        name, is_array = _field_name(piece(body, start, min(name_end, start + MAX_NAME)), name_end - start)
        if name not in names:
            continue
        value_end = name_end if body[name_end : name_end + 1] == b"&" else _find(_SEPARATOR, body, name_end)
        keep(found, name, None if is_array else (name_end + 1, value_end))
    return {name: _value(body, extent) for name, extent in found.items()}


def _find(pattern: re.Pattern[bytes], body: Body, start: int) -> int:
    match = pattern.search(body, start)
    return match.start() if match else len(body)


def _field_name(raw: bytes, length: int) -> tuple[str, bool]:
    decoded = _decoded(raw)
    name, is_array = php_name(decoded)
    if length > len(raw) and b"[" in decoded and b"\0" not in decoded:
        # The "]" may stand further on than we look. An array is what gets refused.
        return decoded.partition(b"[")[0].translate(bytes.maketrans(b" .", b"__")).decode("latin-1"), True
    return name.decode("latin-1"), is_array


def _decoded(raw: bytes) -> bytes:
    return unquote_to_bytes(raw.replace(b"+", b" "))


def _value(body: Body, extent: tuple[int, int] | None) -> Field:
    if extent is None:
        return ARRAY
    start, end = extent
    return _decoded(piece(body, start, min(end, start + MAX_FIELD))) if start < end else b""
