"""What kind of body is this: a page, a text, a feed, or nothing that a link can stand in?"""

import re
from enum import Enum


class Kind(Enum):
    """How a body is read."""

    HTML = "html"
    XML = "xml"  # XHTML, feeds and other XML: the root element says which
    TEXT = "text"  # plain text and Markdown: what is written is what is seen
    JSON_FEED = "json-feed"
    NO_PAGE = "no-page"


_SNIFFED_BYTES = 1445  # what a browser looks at, MIME Sniffing §5
_KNOWN = {
    "text/html": Kind.HTML,
    "application/vnd.wap.xhtml+xml": Kind.XML,
    "text/xml": Kind.XML,
    "application/xml": Kind.XML,
    "text/plain": Kind.TEXT,
    "text/markdown": Kind.TEXT,
    "text/x-markdown": Kind.TEXT,
    "text/gemini": Kind.TEXT,
    "application/feed+json": Kind.JSON_FEED,
}
# MIME Sniffing §5.1: these say that the server does not know.
_UNKNOWN = frozenset({"", "*/*", "unknown/unknown", "application/unknown"})
_MARKUP = re.compile(
    rb"<(?:!doctype\s+html|!--|html|head|body|script|iframe|h[1-6]|div|font|table|a|style|title|b|br|p|span|ul|meta"
    rb"|article|main|section)(?:[\s>/]|$)",
    re.IGNORECASE,
)
_XML_START = re.compile(rb"<\?xml|<rss[\s>]|<feed[\s>]|<rdf:rdf[\s>]", re.IGNORECASE)
_FEED_START = re.compile(rb"(?:<\?xml[^>]{0,200}>\s*)?<(?:rss|feed|rdf:rdf)[\s>]", re.IGNORECASE)
_BINARY = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")
_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


def media_type(content_type: str) -> str:
    """Return the media type alone, lower case, without parameters; of several the first."""
    return re.split(r"[;,\s]", content_type.strip(), maxsplit=1)[0].lower()


def kind_of(body: bytes, content_type: str) -> Kind:
    """Return how *body* is to be read, by its type or, where the type says nothing, by its first bytes.

    A type that names something else wins over the bytes, as in browsers (MIME Sniffing §7), but a feed that is
    sent as text/html is still a feed there and here.
    """
    media = media_type(content_type)
    start = body[:_SNIFFED_BYTES].removeprefix(b"\xef\xbb\xbf").lstrip()
    if media in _UNKNOWN:
        return _sniff(body, start)
    if media == "text/html" and _FEED_START.match(start):
        return Kind.XML
    if media == "application/json" and b"jsonfeed.org/version" in start:
        return Kind.JSON_FEED
    if media.endswith("+xml") and not media.startswith("image/"):
        return Kind.XML
    return _KNOWN.get(media, Kind.NO_PAGE)


def _sniff(body: bytes, start: bytes) -> Kind:
    if _XML_START.match(start):
        return Kind.XML
    if _MARKUP.search(start):
        return Kind.HTML
    if body.startswith(_BOMS):
        return Kind.HTML if b"<" in start else Kind.TEXT
    return Kind.NO_PAGE if _BINARY.search(start) else Kind.TEXT
