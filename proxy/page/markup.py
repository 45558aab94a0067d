"""From markup to a flat list of what starts, what ends and the text between, by libxml2.

No tree is built of HTML: lxml takes quadratic time to put many attributes on one element, and a tree would be
walked once anyway. What the page says of itself (`Note`) is picked out on the way.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from html.entities import html5
from typing import Any

from lxml import etree

MAX_ELEMENTS = 100_000  # a mebibyte of honest markup has 50,000 at most
MAX_DEPTH = 512  # Chrome's own bound; libxml2 scans all open elements at each stray end tag
MAX_NOTES = 5000

_NOTED = frozenset({"html", "body", "base", "title", "meta", "link", "style", "script", "time"})
_NOTED_TEXT = frozenset({"title", "style", "script"})
_NO_ATTRIBUTES: Mapping[str, str] = {}
_NAMESPACES = ("http://www.w3.org/1999/xhtml", "http://www.w3.org/2000/svg")
_XLINK = "{http://www.w3.org/1999/xlink}"
_XML = "{http://www.w3.org/XML/1998/namespace}"
_ENTITY = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,31};)")
_XML_OWN = frozenset({"amp;", "lt;", "gt;", "quot;", "apos;"})
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_DECLARED = re.compile(r"<!(?:ENTITY|ATTLIST|ELEMENT|NOTATION)[^>]*>|<\?xml\s[^>]*\?>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Start:
    """An element begins. Names are in lower case, and without namespaces."""

    tag: str
    attributes: Mapping[str, str]


Event = Start | str | None  # None: the innermost open element ends


@dataclass(slots=True)
class Note:
    """An element that says something about the page as a whole."""

    tag: str
    attributes: Mapping[str, str]
    within: frozenset[str]  # the tags around it, of those that matter: svg, noscript, template
    text: str = ""

    def get(self, name: str) -> str:
        """Return an attribute, or "" without it."""
        return self.attributes.get(name, "")


@dataclass(slots=True)
class Markup:
    """A page in events, each start with its end, and its notes in their order."""

    events: list[Event] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    truncated: bool = False

    def noted(self, *tags: str) -> Iterator[Note]:
        """Yield the notes with these tags."""
        return (note for note in self.notes if note.tag in tags)


class _EnoughError(Exception):
    """Stops the parser."""


class _Collector:
    """What libxml2 calls (the interface of lxml's parser targets)."""

    def __init__(self) -> None:
        self.markup = Markup()
        self._open: list[str] = []
        self._text: list[str] = []
        self._elements = 0
        self._around: list[str] = []

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._flush()
        self._elements += 1
        if self._elements > MAX_ELEMENTS or len(self._open) >= MAX_DEPTH:
            self.markup.truncated = True
            raise _EnoughError
        attributes = dict(attributes) if attributes else _NO_ATTRIBUTES
        self._open.append(tag)
        self.markup.events.append(Start(tag, attributes))
        if tag in {"svg", "noscript", "template"}:
            self._around.append(tag)
        elif tag in _NOTED and len(self.markup.notes) < MAX_NOTES:
            self.markup.notes.append(Note(tag, attributes, frozenset(self._around)))

    def data(self, data: str) -> None:
        self._text.append(data)

    def end(self, _tag: str) -> None:
        self._flush()
        if not self._open:
            return
        tag = self._open.pop()
        if self._around and self._around[-1] == tag:
            self._around.pop()
        self.markup.events.append(None)

    def close(self) -> Markup:
        self._flush()
        self.markup.events += [None] * len(self._open)
        self._open.clear()
        return self.markup

    def _flush(self) -> None:
        if not self._text:
            return
        text = "".join(self._text)
        self._text.clear()
        self.markup.events.append(text)
        if self._open and self._open[-1] in _NOTED_TEXT and self.markup.notes:
            note = self.markup.notes[-1]
            if note.tag == self._open[-1] and not note.text:
                note.text = text


def html_markup(text: str) -> Markup:
    """Return the events of an HTML page, as libxml2 repairs it."""
    collector = _Collector()
    target: Any = collector  # the stubs know only targets that take comments too
    parser = etree.HTMLParser(encoding="utf-8", recover=True, no_network=True, target=target)
    # A NUL ended the page in libxml2 before 2.14; browsers drop it.
    data = text.replace("\0", "\ufffd").encode("utf-8", "replace")
    try:
        if data.strip():
            etree.fromstring(data, parser)
    except (_EnoughError, etree.ParseError):
        pass
    return collector.close()


def xml_tree(text: str) -> tuple[etree._Element | None, bool]:
    """Return the root of the XML in *text*, or None if it cannot be read, and whether it was too deep to read all.

    Declarations are taken out first, so that no entity can grow; the entities of HTML become characters.
    """
    parser = etree.XMLParser(
        encoding="utf-8",
        recover=True,
        no_network=True,
        load_dtd=False,
        resolve_entities=False,
        remove_comments=True,
        remove_pis=True,
        huge_tree=False,
    )
    end = text.rfind(">") + 1  # no declaration can end behind it, so none is looked for there
    plain = _DECLARED.sub("", text[:end]) + text[end:]
    plain = _NOT_XML.sub("\ufffd", _ENTITY.sub(_character, plain)).strip()
    try:
        root = etree.fromstring(plain.encode("utf-8", "replace"), parser) if plain else None
    except etree.ParseError:
        return None, False
    # By its words: the number of this error differs between versions of libxml2.
    return root, any(error.message.startswith("Excessive depth") for error in parser.error_log)


def _character(entity: re.Match[str]) -> str:
    name = entity[1]
    return entity[0] if name in _XML_OWN else html5.get(name, entity[0])


def tree_markup(root: etree._Element) -> Markup:
    """Return the events of an XML tree: XHTML and SVG by their plain names, other vocabularies as `x-foreign`."""
    collector = _Collector()
    try:
        for event, element in etree.iterwalk(root, events=("start", "end")):
            if event == "start":
                collector.start(_plain(str(element.tag)), _plain_attributes(element.items()))
                if element.text:
                    collector.data(element.text)
            else:
                collector.end("")
                if element.tail and element is not root:
                    collector.data(element.tail)
    except _EnoughError:
        pass
    return collector.close()


def _plain(tag: str) -> str:
    if not tag.startswith("{"):
        return tag.lower()
    namespace, _, name = tag[1:].partition("}")
    return name.lower() if namespace in _NAMESPACES else "x-foreign"


def _plain_attributes(items: Iterable[tuple[str | bytes, str | bytes]]) -> dict[str, str]:
    named = ((str(name), str(value)) for name, value in items)
    return {name.replace(_XLINK, "xlink:").replace(_XML, "xml:"): value for name, value in named}
