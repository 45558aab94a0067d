"""Reads an HTML page once, in the order of the page, keeping track of what can be seen."""

from collections.abc import Mapping
from dataclasses import replace

from proxy.page.colors import WHITE
from proxy.page.links import LinkBook
from proxy.page.markup import Markup, Start
from proxy.page.reading import FoundLink, Reading
from proxy.page.stylesheet import Name, Sheet, for_screens, name_of
from proxy.page.visibility import Look, declarations, dressed, merged, px

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


class MarkupReader:
    """Goes through one page's events and writes into a `Reading`."""

    def __init__(self, markup: Markup, reading: Reading, *, nofollow: bool = False) -> None:
        self._events = markup.events
        self._reading = reading
        self._book: LinkBook = reading.book
        self._nofollow = nofollow
        self._sheet = Sheet()
        self._foreign_css = False
        self._read_styles(markup)
        self._looks = [Look(background=None if self._foreign_css else WHITE)]
        self._open: list[Start] = []
        self._names: list[Name] = []
        self._open_links: list[tuple[int, FoundLink]] = []  # with the depth of the element
        self._maps: list[str] = []
        self._link_color = "-unknown-"
        reading.truncated |= markup.truncated

    def read(self) -> None:
        """Read all events, or as many as the budget allows."""
        unread_depth = 0
        for event in self._events:
            if unread_depth:
                unread_depth += 0 if isinstance(event, str) else 1 if event else -1
                if unread_depth == 0:
                    self._leave()
            elif event is None:
                self._leave()
            elif isinstance(event, str):
                self._reading.text(event, self._looks[-1].readable)
            elif not self._reading.spend_node():
                break
            elif not self._enter(event):
                unread_depth = 1
        for _, link in self._open_links:
            self._reading.close_link(link)
        self._reading.truncated |= self._sheet.truncated

    def _read_styles(self, markup: Markup) -> None:
        for note in markup.noted("style", "link"):
            if note.tag == "link":
                self._foreign_css |= "stylesheet" in note.get("rel").lower().split()
            elif for_screens(note.get("media")) and "template" not in note.within:
                self._foreign_css |= "@import" in note.text
                self._sheet.add(note.text)
        self._foreign_css |= self._sheet.unread_backgrounds

    def _enter(self, event: Start) -> bool:
        """Begin an element; False if what is inside is not to be read."""
        tag, attributes = event.tag, event.attributes
        look = self._look(tag, attributes)
        self._looks.append(look)
        self._open.append(event)
        if tag in _BLOCKS:
            self._reading.gap()
        if tag in _PICTURES:
            self._picture(tag, attributes, look)
        if tag in _UNREAD:
            return False
        if tag == "a":
            self._link(attributes)
        elif tag == "area":
            self._area(attributes)
        elif tag == "map":
            self._maps.append(attributes.get("name") or attributes.get("id", ""))
        return True

    def _leave(self) -> None:
        if not self._open:
            return
        tag = self._open.pop().tag
        self._looks.pop()
        if self._names:
            self._names.pop()
        if self._open_links and self._open_links[-1][0] > len(self._open):
            self._reading.close_link(self._open_links.pop()[1])
        if tag == "map" and self._maps:
            self._maps.pop()
        if tag in _BLOCKS:
            self._reading.gap()

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

    def _link(self, attributes: Mapping[str, str]) -> None:
        href = attributes.get("href", attributes.get("xlink:href"))
        if href is None or not self._book.leads_to_target(href):
            return
        link = self._reading.open_link(self._rel(attributes))
        if link:
            self._open_links.append((len(self._open), link))

    def _area(self, attributes: Mapping[str, str]) -> None:
        href = attributes.get("href")
        if href is None or not self._book.leads_to_target(href):
            return
        has_place = attributes.get("coords") or attributes.get("shape", "").strip().lower() == "default"
        map_name = self._maps[-1] if self._maps and has_place else ""
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


def _is_dot(attributes: Mapping[str, str]) -> bool:
    """Is this picture so small that nobody can hit it?"""
    css = declarations(attributes.get("style", ""))
    sides = [px(attributes.get(name)) for name in ("width", "height")]
    sides += [px(css.get(name, "").removesuffix("!")) for name in ("width", "height")]
    return any(side is not None and side <= 1 for side in sides)
