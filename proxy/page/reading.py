"""What was read so far: the text in its order, the links to the target in it, and what is left of the budget."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from proxy.page.links import LinkBook

MAX_NODES = 100_000  # elements of a page, or of all entries of a feed
MAX_FOUND_LINKS = 1000
EXCERPT_CHARS = 300
LINK_TEXT_CHARS = 300
_LINK_IN_EXCERPT_CHARS = 150

# Blanks, and letters without ink: soft hyphens, zero widths, fillers, variation selectors.
_NO_INK = "\\s\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800"
_INK = re.compile(f"[^{_NO_INK}\u3164\ufe00-\ufe0f\ufeff\uffa0\\x00-\\x1f\\x7f-\\x9f]")
# Control characters and what turns the direction of text: they would garble whatever page shows our words.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]")
_BLANKS = re.compile(r"\s{2,}|[^\S ]")  # but for the single blank, which may stay as it is


def clean(text: str, limit: int) -> str:
    """Return *text* on one line, without control characters, at most *limit* characters long."""
    line = " ".join(_UNPRINTABLE.sub("", text[: 20 * limit]).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


@dataclass(slots=True)
class FoundLink:
    """A link to the target: the pieces of text from `start` up to `end`, and what else is in it."""

    start: int
    rel: str
    end: int = 0
    pictured: bool = False  # holds an image that can be seen
    alt: str = ""  # the first alternative text of an image in it
    map_name: str | None = None  # for an area: the map that an image must use


@dataclass(frozen=True, slots=True)
class BestLink:
    """The link that counts, as a person can be shown it; `marked` is where its text stands in `excerpt`."""

    visible: bool
    rel: str
    text: str
    excerpt: str
    marked: tuple[int, int]


@dataclass(slots=True)
class Reading:
    """Collects while a page is read. `pieces` and `shown` go together: a text and whether a reader sees it."""

    book: LinkBook
    pieces: list[str] = field(default_factory=list)
    shown: list[bool] = field(default_factory=list)
    links: list[FoundLink] = field(default_factory=list)
    seen_maps: set[str] = field(default_factory=set)
    nodes_left: int = MAX_NODES
    truncated: bool = False

    def text(self, text: str, shown: bool = True) -> None:
        """Add a piece of running text."""
        self.pieces.append(text)
        self.shown.append(shown)

    def gap(self) -> None:
        """Add what separates two paragraphs."""
        self.text("\n")

    def open_link(self, rel: str = "", map_name: str | None = None) -> FoundLink | None:
        """Start a link to the target at the present end of the text; None if there are too many."""
        if len(self.links) >= MAX_FOUND_LINKS:
            self.truncated = True
            return None
        link = FoundLink(len(self.pieces), rel, len(self.pieces), map_name=map_name)
        self.links.append(link)
        return link

    def close_link(self, link: FoundLink) -> None:
        """End *link* at the present end of the text."""
        link.end = len(self.pieces)

    def spend_node(self) -> bool:
        """Count one element; False when there were too many and reading must stop."""
        self.nodes_left -= 1
        if self.nodes_left < 0:
            self.truncated = True
        return self.nodes_left >= 0

    @property
    def text_chars(self) -> int:
        """Length of the text that a reader sees, runs of blanks counted as one."""
        return sum(len(" ".join(piece.split())) for piece in self._visible_pieces())

    def visible_text(self, limit: int) -> str:
        """Return the beginning of the visible text, about *limit* characters."""
        kept: list[str] = []
        for piece in self._visible_pieces():
            if limit <= 0:
                break
            kept.append(piece[:limit])
            limit -= len(piece)
        return "".join(kept)

    def _visible_pieces(self) -> Iterator[str]:
        return (piece for piece, shown in zip(self.pieces, self.shown, strict=True) if shown)

    def best_link(self) -> BestLink | None:
        """Return the link that counts: a visible one before a hidden one, one with text before a picture."""
        best: FoundLink | None = None
        best_rank = (-1, -1)
        for link in self.links:
            rank = self._rank(link)
            if rank > best_rank:
                best, best_rank = link, rank
            if rank == (1, 1):
                break
        return self._described(best, best_rank[0] == 1) if best else None

    def _rank(self, link: FoundLink) -> tuple[int, int]:
        inside = range(link.start, link.end)
        in_words = any(self.shown[i] and _INK.search(self.pieces[i]) for i in inside)
        if in_words:
            return 1, 1
        on_map = link.map_name is not None and link.map_name in self.seen_maps
        return int(on_map or link.pictured), 0

    def _described(self, link: FoundLink, visible: bool) -> BestLink:
        def picked(index: int) -> bool:
            return self.shown[index] or not visible

        inside = "".join(self.pieces[i] for i in range(link.start, link.end) if picked(i))
        if not _INK.search(inside):
            inside = link.alt
        before = self._gathered(range(link.start - 1, -1, -1), picked)
        after = self._gathered(range(link.end, len(self.pieces)), picked)
        spaced = (inside[:1].isspace(), inside[-1:].isspace())
        excerpt, marked = around(
            before + " " * spaced[0], clean(inside, _LINK_IN_EXCERPT_CHARS), " " * spaced[1] + after
        )
        return BestLink(visible, link.rel, clean(inside, LINK_TEXT_CHARS), excerpt, marked)

    def _gathered(self, indexes: range, picked: Callable[[int], bool]) -> str:
        """Join pieces from near the link outwards until there is enough; inside one piece take the near end."""
        kept: list[str] = []
        chars = 0
        backwards = indexes.step < 0
        for index in indexes:
            if chars > EXCERPT_CHARS:
                break
            if not picked(index):
                continue
            piece = self.pieces[index]
            squeezed = _near_end(piece, backwards=backwards)
            if squeezed == " " and kept and kept[-1] == " ":
                continue
            kept.append(squeezed)
            chars += len(squeezed)
        return "".join(reversed(kept) if backwards else kept)


def _near_end(piece: str, *, backwards: bool) -> str:
    """Return the end of *piece* that is next to the link, with one blank for many."""
    ink = piece.rstrip() if backwards else piece.lstrip()
    blank = " " * (len(ink) < len(piece))
    if backwards:
        return _BLANKS.sub(" ", ink[-4 * EXCERPT_CHARS :]) + blank
    return blank + _BLANKS.sub(" ", ink[: 4 * EXCERPT_CHARS])


def around(before: str, link: str, after: str) -> tuple[str, tuple[int, int]]:
    """Return an extract of at most 300 characters with *link* in it, and where in it *link* stands.

    Both sides get the same room; what one side does not need goes to the other. Cuts fall between words.
    """
    before = _BLANKS.sub(" ", _UNPRINTABLE.sub("", before)).lstrip()
    after = _BLANKS.sub(" ", _UNPRINTABLE.sub("", after)).rstrip()
    room = EXCERPT_CHARS - len(link)
    left = max(room // 2, room - len(after))
    before = _cut_start(before, left)
    after = _cut_end(after, room - len(before))
    return before + link + after, (len(before), len(before) + len(link))


def _cut_start(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    kept = text[len(text) - limit + 1 :]
    space = kept.find(" ")
    return "…" + (kept[space:] if 0 <= space < 30 else kept)


def _cut_end(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    kept = text[: max(limit - 1, 0)]
    space = kept.rfind(" ")
    return (kept[: space + 1] if space >= 0 and len(kept) - space < 30 else kept) + "…"
