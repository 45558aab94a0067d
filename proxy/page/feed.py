"""Feeds: RSS, Atom and JSON Feed. An entry's own link counts, and so do the links in its content.

A feed reader shows an entry's title as a link to its address, and renders the content as HTML.
"""

import json
from collections.abc import Iterable

from lxml import etree

from proxy.page.head import TITLE_CHARS
from proxy.page.html import MarkupReader
from proxy.page.language import tag_of
from proxy.page.markup import html_markup, tree_markup
from proxy.page.reading import Reading, clean

MAX_ENTRIES = 1000

_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_ENTRIES = frozenset({"item", "entry"})
_CONTENT = frozenset({"description", "encoded", "content", "summary", "subtitle", "tagline"})
# RFC 4287 §4.2.7.2: "via" and "related" point to what an entry is about; self, edit, replies and hub do not.
_RELS = frozenset({"alternate", "related", "via"})


def is_feed(root: etree._Element) -> bool:
    """Is this the root of a feed: `rss` (0.9 to 2.0), `rdf:RDF` (RSS 1.0) or `feed` (Atom)?"""
    return _name(root) in {"rss", "rdf", "feed"}


def read_feed(root: etree._Element, reading: Reading) -> tuple[str | None, str | None]:
    """Read a feed into *reading*; return its title and its language."""
    channel = next((child for child in root if _name(child) == "channel"), root)
    _read_entry(channel, reading)
    entries = [child for parent in dict.fromkeys((channel, root)) for child in parent if _name(child) in _ENTRIES]
    reading.truncated |= len(entries) > MAX_ENTRIES
    for entry in entries[:MAX_ENTRIES]:
        _read_entry(entry, reading)
    said = root.get(_XML_LANG) or channel.get(_XML_LANG) or _text_of(channel, "language")
    return clean(_text_of(channel, "title"), TITLE_CHARS) or None, tag_of(said)


def read_json_feed(text: str, reading: Reading) -> tuple[str | None, str | None]:
    """Read a JSON Feed (jsonfeed.org/version/1.1) into *reading*; return its title and its language."""
    try:
        feed = json.loads(text)
    except (ValueError, RecursionError):
        return None, None
    if not isinstance(feed, dict):
        return None, None
    items = feed.get("items")
    items = items if isinstance(items, list) else []
    reading.truncated |= len(items) > MAX_ENTRIES
    for item in [feed, *items[:MAX_ENTRIES]]:
        if isinstance(item, dict):
            _read_item(item, reading)
    return clean(_string(feed, "title"), TITLE_CHARS) or None, tag_of(_string(feed, "language"))


def _read_item(item: dict[str, object], reading: Reading) -> None:
    addresses = [_string(item, name) for name in ("home_page_url", "url", "external_url")]
    _add_heading(_string(item, "title"), addresses, reading)
    reading.text(_string(item, "content_text") or _string(item, "summary"))
    _read_html(_string(item, "content_html"), reading)


def _string(item: dict[str, object], name: str) -> str:
    value = item.get(name)
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""


def _name(element: etree._Element) -> str:
    """The name without its namespace, lower case; nothing for entities."""
    tag = element.tag
    return tag.rpartition("}")[2].rpartition(":")[2].lower() if isinstance(tag, str) else ""


def _text_in(element: etree._Element) -> str:
    return "".join(str(piece) for piece in element.itertext())


def _text_of(parent: etree._Element, name: str) -> str:
    return next((_text_in(child) for child in parent if _name(child) == name), "")


def _read_entry(entry: etree._Element, reading: Reading) -> None:
    addresses: list[str] = []
    title = ""
    contents: list[etree._Element] = []
    for child in entry:
        name = _name(child)
        if name in _ENTRIES or not reading.spend_node():
            continue
        if name == "title" and not title:
            title = _text_in(child)
        elif name == "link":
            addresses.append(_address(child))
        elif name in _CONTENT:
            contents.append(child)
    _add_heading(title, addresses, reading)
    for content in contents:
        _read_content(content, reading)


def _address(link: etree._Element) -> str:
    href = link.get("href")
    if href is None:
        return link.text or ""
    return href if (link.get("rel") or "alternate").lower() in _RELS else ""


def _add_heading(title: str, addresses: Iterable[str], reading: Reading) -> None:
    links_to_target = [reading.book.leads_to_target(address) for address in addresses if address and address.strip()]
    reading.gap()
    link = reading.open_link() if any(links_to_target) else None
    reading.text(title if title.strip() or not link else "(untitled)")
    if link:
        reading.close_link(link)
    reading.gap()


def _read_content(content: etree._Element, reading: Reading) -> None:
    """Atom's XHTML stands in the feed as elements; everything else is escaped HTML or plain text."""
    if len(content):
        for child in content:
            if isinstance(child.tag, str):
                MarkupReader(tree_markup(child), reading).read()
    else:
        _read_html(content.text or "", reading)


def _read_html(html: str, reading: Reading) -> None:
    if "<" not in html:
        reading.text(html)
        return
    MarkupReader(html_markup(html), reading).read()
