"""Values of XML-RPC: what WordPress's PHP takes for a method's name, and how a value is written again."""

import base64
import binascii
import re

from proxy.wire.ixr import OVERSIZE, TRIM, Text, Typed, Value

MAX_DEPTH = 64

# XML 1.0 §2.2: characters that no document can hold, not even by reference.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})
_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")


class UnwritableValueError(ValueError):
    """A value cannot be written so that WordPress would read the same; the message is one sentence."""


def element(values: Value | None, key: int) -> Value | None:
    """PHP's `$values[$key]`: of a list its element, of a struct the member of that name."""
    if isinstance(values, list):
        return values[key] if key < len(values) else None
    return values.get(str(key)) if isinstance(values, dict) else None


def method_text(value: Value | None) -> Text | None:
    """Return what PHP compares with its methods' names, or None for what can never equal one.

    Text counts as it stands, not trimmed, and so does what base64 decodes to (wordpress-facts.md §5 rule 6).
    """
    if isinstance(value, Typed):
        return _php_base64(value.text) if value.tag == "base64" else None
    return None if isinstance(value, list | dict) else value


def _php_base64(text: str) -> str | None:
    """PHP's lenient base64_decode: bytes outside the alphabet are skipped, an incomplete end is dropped."""
    letters = _BASE64.sub(b"", text.encode())
    letters = letters[: len(letters) - (len(letters) % 4 == 1)]
    try:
        decoded = base64.b64decode(letters + b"=" * (-len(letters) % 4)).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None
    return None if _NOT_XML.search(decoded) else decoded


def escape(text: str) -> str:
    """Return *text* for an element's content, in ASCII. Raises `UnwritableValueError` for what XML cannot hold."""
    if _NOT_XML.search(text):
        raise UnwritableValueError("A text holds characters that XML cannot hold.")
    return text.translate(_ESCAPES).encode("ascii", "xmlcharrefreplace").decode("ascii")


def value_xml(value: Value, depth: int = 0) -> str:
    """Return the `<value>` from which WordPress reads *value* again.

    Raises `UnwritableValueError` for a text that was not kept, or more than 64 levels.
    """
    if depth > MAX_DEPTH:
        raise UnwritableValueError("A value is nested too deeply.")
    if value is OVERSIZE:
        raise UnwritableValueError("A value is too long to stand in a system.multicall beside a pingback.ping.")
    return f"<value>{_inner(value, depth)}</value>"


def _inner(value: Value, depth: int) -> str:
    if isinstance(value, Typed):
        return f"<{value.tag}>{escape(value.text)}</{value.tag}>"
    if isinstance(value, list):
        elements = "".join(value_xml(element, depth + 1) for element in value)
        return f"<array><data>{elements}</data></array>"
    if isinstance(value, dict):
        members = "".join(
            f"<member><name>{escape(name)}</name>{value_xml(element, depth + 1)}</member>"
            for name, element in value.items()
        )
        return f"<struct>{members}</struct>"
    # <string> is trimmed when read, a bare value is not.
    text = escape(str(value))
    return text if value != str(value).strip(TRIM) else f"<string>{text}</string>"
