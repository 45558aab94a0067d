"""Reads an HTML tree once, in the order of the page, keeping track of what can be seen."""

import re
from collections.abc import Mapping
from dataclasses import replace
from html.entities import html5

from lxml import etree

from proxy.page.colors import WHITE
from proxy.page.links import LinkBook
from proxy.page.reading import FoundLink, Reading
from proxy.page.stylesheet import Name, Sheet, for_screens, name_of
from proxy.page.visibility import Look, declarations, dressed, merged, px

# libxml2 goes 256 elements deep, with huge_tree 2048. The latter takes 1.5 s for a hostile mebibyte, so it is a
# second try for smaller pages only: old pages that never close their <font> are that deep.
_DEEP_RETRY_CHARS = 512 * 1024

# No link stands in these: raw text, other documents, and what is shown only where something else fails.
_UNREAD_TAGS = (
    "script style template textarea title iframe xmp noembed noframes plaintext select object embed applet video audio"
    " canvas datalist option math rp x-foreign"
)
_BLOCK_TAGS = (
    "address article aside blockquote body br button caption center dd details dialog dir div dl dt fieldset figcaption"
    " figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol p pre search section"
    " summary table tbody td tfoot th thead tr ul noscript"
)
_PICTURE_TAGS = "img svg video canvas input button object embed iframe picture"
_UNREAD = frozenset(_UNREAD_TAGS.split())
_BLOCKS = frozenset(_BLOCK_TAGS.split())
_PICTURES = frozenset(_PICTURE_TAGS.split())
_NEEDS_LOOK = frozenset({"noscript", "dialog"})
_NO_ATTRIBUTES: Mapping[str, str] = {}
_XLINK_HREF = ("xlink:href", "{http://www.w3.org/1999/xlink}href")
_NAMESPACES = ("http://www.w3.org/1999/xhtml", "http://www.w3.org/2000/svg")
_LISTED_ATTRIBUTES = 64
_ATTRIBUTE_NAMES = (
    "alt aria-hidden background bgcolor class color coords data-src height hidden href id link open rel shape src"
    " srcset style text type usemap width"
)
_READ_ATTRIBUTES = (*_ATTRIBUTE_NAMES.split(), *_XLINK_HREF)
_ENTITY = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,31};)")
_XML_OWN = frozenset({"amp;", "lt;", "gt;", "quot;", "apos;"})
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_DECLARED = re.compile(r"<!(?:ENTITY|ATTLIST|ELEMENT|NOTATION)[^>]*>|<\?xml\s[^>]*\?>", re.IGNORECASE)


def html_tree(text: str, reading: Reading) -> etree._Element | None:
    """Return the root of the tree that libxml2 makes of *text*, or None if there is nothing in it."""
    root, too_deep = _parsed_html(text, huge=False)
    if too_deep and len(text) <= _DEEP_RETRY_CHARS:
        root, too_deep = _parsed_html(text, huge=True)
    reading.truncated |= too_deep
    return root


def _parsed_html(text: str, *, huge: bool) -> tuple[etree._Element | None, bool]:
    parser = etree.HTMLParser(
        encoding="utf-8", recover=True, no_network=True, remove_comments=True, remove_pis=True, huge_tree=huge
    )
    # A NUL ended the page in libxml2 before 2.14; browsers drop it.
    return _fed(text.replace("\0", "\ufffd"), parser)


def xml_tree(text: str, reading: Reading) -> etree._Element | None:
    """Return the root of the XML in *text*, tags without their namespaces, or None if it cannot be read.

    Declarations are taken out first, so that no entity can grow; the names of HTML become characters.
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
    end = text.rfind(">") + 1
    plain = _DECLARED.sub("", text[:end]) + text[end:]
    root, too_deep = _fed(_NOT_XML.sub("\ufffd", _ENTITY.sub(_character, plain)).strip(), parser)
    reading.truncated |= too_deep
    return root


def _fed(text: str, parser: etree.HTMLParser | etree.XMLParser) -> tuple[etree._Element | None, bool]:
    if not text.strip():
        return None, False
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.ParseError:
        return None, False
    limit = etree.ErrorTypes.ERR_RESOURCE_LIMIT
    return root, any(error.type == limit for error in parser.error_log)


def _character(entity: re.Match[str]) -> str:
    name = entity[1]
    return entity[0] if name in _XML_OWN else html5.get(name, entity[0])


def without_namespaces(root: etree._Element, reading: Reading) -> None:
    """Rename XHTML and SVG elements to their plain names and those of other vocabularies to `x-foreign`."""
    for element in root.iter(etree.Element):
        if not reading.spend_node():
            return
        tag = str(element.tag)
        if tag.startswith("{"):
            namespace, _, name = tag[1:].partition("}")
            element.tag = name.lower() if namespace in _NAMESPACES else "x-foreign"


class TreeReader:
    """Walks one tree and writes into a `Reading`."""

    def __init__(self, root: etree._Element, reading: Reading, *, nofollow: bool = False) -> None:
        self._root = root
        self._reading = reading
        self._book: LinkBook = reading.book
        self._nofollow = nofollow
        self._sheet = Sheet()
        self._foreign_css = False
        self._read_styles()
        self._looks = [Look(background=None if self._foreign_css else WHITE)]
        self._names: list[Name] = []
        self._open_links: list[tuple[etree._Element, FoundLink]] = []
        self._link_color = "-unknown-"

    def read(self) -> None:
        """Read the whole tree, or as much of it as the budget allows."""
        walker = etree.iterwalk(self._root, events=("start", "end"))
        for event, element in walker:
            if event == "end":
                self._leave(element)
            elif not self._reading.spend_node():
                break
            elif not self._enter(element):
                walker.skip_subtree()
        for _, link in self._open_links:
            self._reading.close_link(link)

    def _read_styles(self) -> None:
        for element in self._root.iter("style", "link"):
            if element.tag == "link":
                self._foreign_css |= "stylesheet" in (element.get("rel") or "").lower().split()
            elif for_screens(element.get("media") or ""):
                css = element.text or ""
                self._foreign_css |= "@import" in css
                self._sheet.add(css)
        self._foreign_css |= self._sheet.unread_backgrounds

    def _enter(self, element: etree._Element) -> bool:
        """Begin an element; False if what is inside is not to be read."""
        tag = str(element.tag)
        attributes = _attributes(element)
        look = self._look(tag, attributes)
        self._looks.append(look)
        if tag in _BLOCKS:
            self._reading.gap()
        if tag in _PICTURES:
            self._picture(tag, attributes, look)
        if tag in _UNREAD:
            return False
        if tag == "a":
            self._link(element, attributes)
        elif tag == "area":
            self._area(element, attributes)
        if element.text:
            self._reading.text(element.text, look.readable)
        return True

    def _leave(self, element: etree._Element) -> None:
        self._looks.pop()
        if self._names:
            self._names.pop()
        if self._open_links and self._open_links[-1][0] is element:
            self._reading.close_link(self._open_links.pop()[1])
        if element.tag in _BLOCKS:
            self._reading.gap()
        if element.tail:
            self._reading.text(element.tail, self._looks[-1].readable)

    def _look(self, tag: str, attributes: Mapping[str, str]) -> Look:
        parent = self._looks[-1]
        layers = self._sheet_layers(tag, attributes)
        if not attributes and not layers and tag not in _NEEDS_LOOK:
            return parent
        if self._foreign_css and ("class" in attributes or "id" in attributes):
            parent = replace(parent, background=None)  # who knows what a stylesheet elsewhere paints there
        layers = [self._own_layer(tag, attributes), *layers, declarations(attributes.get("style", ""))]
        css = merged(*layers)
        look = dressed(parent, css, whole_page=tag in {"html", "body"}) if css else parent
        unheard = attributes.get("aria-hidden", "").strip().lower() == "true"
        return replace(look, hidden=True) if unheard or tag == "noscript" else look

    def _sheet_layers(self, tag: str, attributes: Mapping[str, str]) -> list[dict[str, str]]:
        if self._sheet.empty:
            return []
        name = name_of(tag, attributes.get("id"), attributes.get("class"))
        layers = self._sheet.of(name, self._names)
        self._names.append(name)
        return layers

    def _own_layer(self, tag: str, attributes: Mapping[str, str]) -> dict[str, str]:
        """What the browser's own stylesheet and the attributes of old say (HTML §15)."""
        css: dict[str, str] = {}
        if "hidden" in attributes or (tag == "dialog" and "open" not in attributes):
            css["display"] = "none"
        if "bgcolor" in attributes:
            css["background-color"] = attributes["bgcolor"]
        if tag == "a" and "href" in attributes:
            css["color"] = self._link_color
        elif tag == "font" and "color" in attributes:
            css["color"] = attributes["color"]
        elif tag == "body":
            self._link_color = attributes.get("link", self._link_color)
            if "background" in attributes:
                css["background-image"] = "url()"
            if "text" in attributes:
                css["color"] = attributes["text"]
        return css

    def _link(self, element: etree._Element, attributes: Mapping[str, str]) -> None:
        href = attributes.get("href")
        if href is None:
            href = next((attributes[name] for name in _XLINK_HREF if name in attributes), None)
        if href is None or not self._book.leads_to_target(href):
            return
        link = self._reading.open_link(self._rel(attributes))
        if link:
            self._open_links.append((element, link))

    def _area(self, element: etree._Element, attributes: Mapping[str, str]) -> None:
        href = attributes.get("href")
        if href is None or not self._book.leads_to_target(href):
            return
        parent = element.getparent()
        names = (parent.get("name"), parent.get("id")) if parent is not None else ()
        map_name = (
            next((name for name in names if name), "") if attributes.get("coords") or _is_default(attributes) else ""
        )
        link = self._reading.open_link(self._rel(attributes), map_name or None)
        if link:
            link.alt = attributes.get("alt", "")

    def _rel(self, attributes: Mapping[str, str]) -> str:
        words = attributes.get("rel", "")[:500].lower().split()
        if self._nofollow:
            words.append("nofollow")
        return " ".join(dict.fromkeys(words))

    def _picture(self, tag: str, attributes: Mapping[str, str], look: Look) -> None:
        use_map = attributes.get("usemap")
        if not use_map and not self._open_links:
            return
        seen = look.drawn and not _is_dot(attributes) and not (tag == "input" and attributes.get("type") == "hidden")
        if use_map and seen:
            self._reading.seen_maps.add(use_map.strip().removeprefix("#"))
        if self._open_links:
            if tag == "img":
                seen = seen and any(attributes.get(name) for name in ("src", "srcset", "data-src"))
            if tag not in {"button", "picture"}:
                link = self._open_links[-1][1]
                link.pictured |= seen
                link.alt = link.alt or attributes.get("alt", "")


def _attributes(element: etree._Element) -> Mapping[str, str]:
    """Return the attributes, of very many only those that matter: lxml takes quadratic time to list them."""
    count = len(element.attrib)
    if not count:
        return _NO_ATTRIBUTES
    if count <= _LISTED_ATTRIBUTES:
        return {str(name): str(value) for name, value in element.items()}
    values = ((name, element.get(name)) for name in _READ_ATTRIBUTES)
    return {name: value for name, value in values if value is not None}


def _is_dot(attributes: Mapping[str, str]) -> bool:
    """Is this picture so small that nobody can hit it?"""
    css = declarations(attributes.get("style", ""))
    sides = [px(attributes.get(name)) for name in ("width", "height")]
    sides += [px(css.get(name, "").removesuffix("!")) for name in ("width", "height")]
    return any(side is not None and side <= 1 for side in sides)


def _is_default(attributes: Mapping[str, str]) -> bool:
    return attributes.get("shape", "").strip().lower() == "default"
