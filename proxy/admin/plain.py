"""What a stranger sent, made harmless to look at. Pure.

Templates escape HTML. What escaping leaves is handled here: characters that cannot be seen or that turn the
reading direction become visible signs, long texts are cut, and only http and https become links.
"""

import unicodedata
from dataclasses import dataclass
from urllib.parse import urlsplit

# Unicode names such characters Cc, Cf, Co, Cs; those that ordinary text needs are let through.
_UNSEEN = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
_ORDINARY = frozenset("\n\t\u200c\u200d\u00ad")
_CONTROL_PICTURES = 0x2400


@dataclass(frozen=True, slots=True)
class Marked:
    """A text with one part to be marked, which may be empty."""

    before: str
    marked: str = ""
    after: str = ""


def visible(text: str, limit: int = 2000) -> str:
    """Return *text* with unseen characters made visible, cut after *limit* characters."""
    cut = text if len(text) <= limit else text[: limit - 1] + "…"
    return cut if cut.isprintable() else "".join(_sign(char) for char in cut)


def _sign(char: str) -> str:
    if char in _ORDINARY or unicodedata.category(char) not in _UNSEEN:
        return char
    code = ord(char)
    if code < 0x20:
        return chr(_CONTROL_PICTURES + code)
    return "\N{SYMBOL FOR DELETE}" if code == 0x7F else f"⟨U+{code:04X}⟩"


def safe_link(url: str | None) -> str | None:
    """Return *url* when a person may follow it: plain http or https with a host; else None."""
    if not url or not url.isprintable() or " " in url:
        return None
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return None
    return url if parts.scheme in {"http", "https"} and host else None


def host_of(url: str) -> str:
    """Return the host of a URL for reading, the URL itself when it has none."""
    try:
        return urlsplit(url).hostname or url
    except ValueError:
        return url


def path_of(url: str) -> str:
    """Return what follows the host of a URL."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def mark(text: str, part: str | None, limit: int = 300) -> Marked:
    """Return *text*, cut around its *part* so that this is seen, with that part marked."""
    text, part = " ".join(text.split()), " ".join((part or "").split())
    at = text.casefold().find(part.casefold()) if part else -1
    if at < 0 or len(part) > limit:
        return Marked(visible(text, limit))
    room = max(20, (limit - len(part)) // 2)
    start, end = max(0, at - room), at + len(part) + room
    before, after = text[start:at], text[at + len(part) : end]
    before, after = ("…" if start else "") + before, after + ("…" if end < len(text) else "")
    return Marked(visible(before), visible(text[at : at + len(part)]), visible(after))
