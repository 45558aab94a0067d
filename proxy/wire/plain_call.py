"""Calls that are written so plainly that nobody can read two things in them: recognised at once, by one pattern.

Nearly every honest call is of this form: UTF-8, the elements of the specification in their places, no attributes,
comments, sections or doctype, no entities but the five of XML. There both readers (`ixr`, `strict`) find the same
method, and in a ping the same two URLs; what is not of this form is read by both. A test holds that these patterns only
ever say what they say.
"""

import re
from typing import Final

from proxy.wire.body import Body, piece

MAX_PLAIN: Final = 1 << 16  # bytes; within them no limit of a reader can be reached
_DEPTH = 3  # how many arrays and structs may stand within each other: as many as honest calls have

_BLANK = rb"[ \t\r\n]*+"
# Printable ASCII but "&", "<" and ">"; the five entities; bytes of other characters, which `plain_method` looks at.
_LETTERS = rb"[\t\n\r\x20-\x25\x27-;=?-~\x80-\xff]*+"
_TEXT = rb"%s(?:&(?:amp|lt|gt|quot|apos);%s)*+" % (_LETTERS, _LETTERS)
_SCALARS = (b"string", b"int", b"i4", b"double", b"boolean", b"dateTime\\.iso8601", b"base64")


def _value(depth: int) -> bytes:
    """Return the pattern of a value in which at most *depth* arrays and structs stand within each other."""
    kinds = [rb"<%s>%s</%s>" % (name, _TEXT, name) for name in _SCALARS]
    if depth:
        inner = _value(depth - 1)
        member = rb"<member>%s<name>%s</name>%s%s%s</member>%s" % (_BLANK, _TEXT, _BLANK, inner, _BLANK, _BLANK)
        kinds.append(rb"<struct>%s(?:%s)*+</struct>" % (_BLANK, member))
        kinds.append(rb"<array>%s<data>%s(?:%s%s)*+</data>%s</array>" % (_BLANK, _BLANK, inner, _BLANK, _BLANK))
    return rb"<value>(?>%s(?:%s)%s|%s)</value>" % (_BLANK, b"|".join(kinds), _BLANK, _TEXT)


_PARAM = rb"<param>%s%s%s</param>%s" % (_BLANK, _value(_DEPTH), _BLANK, _BLANK)
_DECLARATION = rb"<\?xml version=(?:'1\.0'|\"1\.0\")(?: encoding=(?:'utf-8'|\"utf-8\"|'UTF-8'|\"UTF-8\"))? ?\?>"
# What a URL holds that is written as it is meant: no blanks, no entities.
_URL = rb"([!-%'-;=?-~]{1,2000}+)"
_URL_PARAM = rb"<param>%s<value><string>%s</string></value>%s</param>%s" % (_BLANK, _URL, _BLANK, _BLANK)


def _call(method: bytes, params: bytes) -> re.Pattern[bytes]:
    name = rb"<methodName>(%s)</methodName>" % method
    inside = rb"%s%s%s(?:<params>%s%s</params>%s)?" % (_BLANK, name, _BLANK, _BLANK, params, _BLANK)
    return re.compile(rb"(?:%s)?[ \t\r\n]{0,20}<methodCall>%s</methodCall>%s" % (_DECLARATION, inside, _BLANK))


_CALL = _call(rb"[A-Za-z0-9_.]{1,100}", rb"(?:%s)*+" % _PARAM)
_PING = _call(rb"pingback\.ping", _URL_PARAM * 2)


def plain_method(body: Body) -> str | None:
    """Return the method that a plain call names; None for every other body, whatever it holds."""
    if len(body) > MAX_PLAIN:
        return None
    document = piece(body, 0, len(body))
    found = _CALL.fullmatch(document)
    return found[1].decode("ascii") if found and (document.isascii() or _is_text(document)) else None


def plain_ping(body: Body) -> tuple[str, str] | None:
    """Return source and target of a ping whose two URLs are as plain as the call; None for every other body."""
    found = _PING.fullmatch(piece(body, 0, len(body))) if len(body) <= MAX_PLAIN else None
    return (found[2].decode("ascii"), found[3].decode("ascii")) if found and found[2] is not None else None


def _is_text(document: bytes) -> bool:
    """True when *document* is UTF-8 without the two characters of it that XML cannot hold."""
    try:
        text = document.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return "\ufffe" not in text and "\uffff" not in text
