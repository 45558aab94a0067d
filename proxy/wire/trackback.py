"""Trackbacks: their fields as WordPress would store them, the form that we send on, and the answers."""

import html
import re
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlencode

from proxy.errors import FaultCode, MalformedPing
from proxy.wire.php_names import ARRAY, Form
from proxy.wire.plain_text import cut_bytes, excerpt, plain_text, without_octets

__all__ = [
    "FIELDS",
    "Answer",
    "TrackbackAnswer",
    "TrackbackFields",
    "build_trackback",
    "error_reply",
    "ok_reply",
    "read_reply",
    "read_trackback",
    "without_octets",
]

FIELDS = frozenset({"url", "title", "excerpt", "blog_name", "charset"})
TITLE_CHARS = 250
EXCERPT_CHARS = 252
BLOG_NAME_BYTES = 255

# All other charsets are doors: BASE64, HTML-ENTITIES, UTF7, UTF-16 and more are decoded before storing (facts §6).
_CHARSETS = {"": "", "UTF-8": "utf-8", "ISO-8859-1": "latin-1"}
# WordPress deletes encoded line ends from a URL, and so would store another one than was judged (newer §3).
_LINE_END_OCTET = re.compile("%0[ad]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class TrackbackFields:
    """What a trackback says; the texts are plain and cut as WordPress stores them."""

    url: str
    title: str
    excerpt: str
    blog_name: str


class Answer(StrEnum):
    """What WordPress made of a trackback."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    THROTTLED = "throttled"
    CLOSED = "closed"
    REFUSED = "refused"
    SILENT = "silent"  # 200 and nothing: it lacked a url or title, or its text did not survive (newer §3)
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class TrackbackAnswer:
    """WordPress's answer and its own words, if it had any."""

    answer: Answer
    message: str = ""


def read_trackback(form: Form) -> TrackbackFields:
    """Return the fields of a trackback. *form* has to hold those of `FIELDS`, as `read_form` returns them.

    Raises `MalformedPing`: -32602 when the url or title is missing or empty, or a field is an array; -32700 for a
    charset other than UTF-8 and ISO-8859-1, and for text that is not in its charset. Without a charset, text is
    UTF-8, else Latin-1, which is WordPress's guess too.
    """
    for name in FIELDS:
        if form.get(name) is ARRAY:
            raise _invalid(f"The field {name} is an array.")
    charset = _charset(form)
    url = _decoded(form, "url", charset).strip()
    fields = TrackbackFields(
        url=url,
        title=excerpt(_decoded(form, "title", charset), TITLE_CHARS),
        excerpt=excerpt(_decoded(form, "excerpt", charset), EXCERPT_CHARS),
        blog_name=cut_bytes(plain_text(_decoded(form, "blog_name", charset)), BLOG_NAME_BYTES),
    )
    for name in ("url", "title"):
        if getattr(fields, name) in {"", "0"}:  # what PHP calls empty
            raise _invalid(f"The field {name} is missing or empty.")
    if _LINE_END_OCTET.search(url):
        raise _invalid("The url holds an encoded line end.")
    return fields


def _invalid(sentence: str) -> MalformedPing:
    return MalformedPing(FaultCode.INVALID_PARAMS, sentence)


def _bytes(form: Form, name: str) -> bytes:
    value = form.get(name, b"")
    return value if isinstance(value, bytes) else b""


def _charset(form: Form) -> str:
    """Return Python's name of the charset, or "" for none.

    WordPress deletes commas and blanks from the name, 7.1 also tags, octets and line ends. A name is taken only if
    all versions read the same in it.
    """
    name = _bytes(form, "charset").decode("latin-1").upper()
    known = _CHARSETS.get(re.sub("[ ,]", "", name))
    if known is None:
        raise MalformedPing(FaultCode.PARSE_ERROR, "The charset is neither UTF-8 nor ISO-8859-1.")
    return known


def _decoded(form: Form, name: str, charset: str) -> str:
    raw = _bytes(form, name)
    try:
        return raw.decode(charset or "utf-8")
    except UnicodeDecodeError:
        if charset:
            raise MalformedPing(FaultCode.PARSE_ERROR, f"The field {name} is not in its charset.") from None
        return raw.decode("latin-1")


def build_trackback(url: str, title: str, excerpt: str, blog_name: str) -> bytes:
    """Return the form that is sent to WordPress: four plain fields in UTF-8 and no charset."""
    fields = {"url": url, "title": title, "excerpt": excerpt, "blog_name": blog_name}
    return urlencode(fields, encoding="utf-8", errors="replace").encode("ascii")


_PROLOG = '<?xml version="1.0" encoding="utf-8"?>\n<response>\n'


def ok_reply() -> bytes:
    """Return the answer to a trackback that was taken, byte for byte as WordPress writes it."""
    return f"{_PROLOG}<error>0</error>\n</response>".encode()


def error_reply(sentence: str) -> bytes:
    """Return the answer to a trackback that was refused, in WordPress's layout, the message escaped as 7.1 does."""
    return f"{_PROLOG}<error>1</error>\n<message>{html.escape(sentence)}</message>\n</response>".encode()


_ERROR = re.compile(rb"<error>\s*([01])\s*</error>")
_MESSAGE = re.compile(rb"<message>\s*(?:<!\[CDATA\[)?(.{0,2000}?)(?:\]\]>)?\s*</message>", re.DOTALL)
_WORDS = {
    "already a ping from that url": Answer.DUPLICATE,
    "already have a ping from that url": Answer.DUPLICATE,
    "duplicate comment": Answer.DUPLICATE,
    "too quickly": Answer.THROTTLED,
    "trackbacks are closed": Answer.CLOSED,
    "trackbacks are disabled": Answer.CLOSED,
}
_STATUSES = {409: Answer.DUPLICATE, 429: Answer.THROTTLED}


def read_reply(status: int, body: bytes) -> TrackbackAnswer:
    """Return what WordPress's answer to a trackback means (facts §6).

    The status alone tells little: with pretty permalinks a trackback that was stored is answered 404 (§2.2).
    Duplicate and closed are told from the English words; a translated site's are `refused` with its message.
    """
    body = body[: 1 << 16]
    found = _MESSAGE.search(body)
    message = html.unescape(found[1].decode("utf-8", "replace")).strip() if found else ""
    if status in _STATUSES:
        return TrackbackAnswer(_STATUSES[status], message)
    error = _ERROR.search(body)
    if error:
        return TrackbackAnswer(Answer.ACCEPTED if error[1] == b"0" else _refusal(message), message)
    silent = status == 200 and not body.strip()
    return TrackbackAnswer(Answer.SILENT if silent else Answer.UNREADABLE, message)


def _refusal(message: str) -> Answer:
    lower = message.lower()
    return next((answer for words, answer in _WORDS.items() if words in lower), Answer.REFUSED)
