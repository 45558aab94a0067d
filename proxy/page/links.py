"""The addresses on a page: resolved as a browser resolves them, compared as this project compares."""

import re
from urllib.parse import urljoin

from proxy.errors import MalformedPing
from proxy.urls import MAX_URL_CHARS, Url, comparison_key, parse

MAX_DISTINCT_LINKS = 10_000
MAX_INTERNATIONAL_HOSTS = 500  # each takes up to 1 ms to encode
_MAX_REFERENCE_CHARS = 2 * MAX_URL_CHARS

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_ONLY_WEB = re.compile(r"https?:", re.IGNORECASE)
_C0_AND_BLANK = "".join(map(chr, range(0x21)))
_LINE_ENDS = str.maketrans("", "", "\t\n\r")  # the URL Standard §4.4 takes them out wherever they stand
_ENCODED = str.maketrans({char: f"%{ord(char):02X}" for char in '\x7f"<>^`{|}\\ ' + "".join(map(chr, range(0x20)))})
_INTERNATIONAL_HOST = re.compile(r"https?://[^/?]{0,260}?[^\x00-\x7f]", re.IGNORECASE)
_HOST_FITS = re.compile(r"https?://[^/?]{1,260}(?:[/?]|$)", re.IGNORECASE)  # the longest DNS name has 253
_DOT = re.compile(r"%2e", re.IGNORECASE)


def resolve(base: str, reference: str) -> Url | None:
    """Return where *reference* on a page leads whose base address is *base*, or None if not to the web.

    Follows the URL Standard where real pages need it: blanks around, line ends inside, backslashes, characters
    that must be encoded, dot segments. Fragments are gone.
    """
    absolute = _absolute(base, reference)
    return _parsed(absolute) if absolute else None


def _absolute(base: str, reference: str) -> str | None:
    text = reference.strip(_C0_AND_BLANK).translate(_LINE_ENDS).partition("#")[0]
    if len(text) > _MAX_REFERENCE_CHARS or (_SCHEME.match(text) and not _ONLY_WEB.match(text)):
        return None
    path, mark, query = text.partition("?")
    text = (path.replace("\\", "/") + mark + query).translate(_ENCODED)
    try:
        absolute = urljoin(base, text)
    except ValueError:
        return None
    return absolute if _HOST_FITS.match(absolute) else None


def _parsed(absolute: str) -> Url | None:
    try:
        return without_dots(parse(absolute))
    except MalformedPing:
        return None


def without_dots(url: Url) -> Url:
    """Return *url* with `.` and `..` segments taken out of its path (RFC 3986 §5.2.4)."""
    path = _DOT.sub(".", url.path) if "%" in url.path else url.path
    if "/." not in path:
        return url
    kept: list[str] = []
    segments = path.split("/")[1:]
    for segment in segments:
        if segment == ".." and kept:
            kept.pop()
        elif segment not in {".", ".."}:
            kept.append(segment)
    if segments[-1] in {".", ".."}:
        kept.append("")
    return Url(url.scheme, url.host, url.port, "/" + "/".join(kept), url.query)


class LinkBook:
    """Every distinct link of a page: says of each whether it leads to the target, and counts those that lead out."""

    def __init__(self, page_url: str, targets: frozenset[str], our_hosts: frozenset[str]) -> None:
        self.base = page_url
        self.truncated = False
        self._targets = targets
        self._our_hosts = our_hosts
        self._seen: dict[str, bool] = {}
        self._international = 0
        self._outbound: set[str] = set()
        page = resolve(page_url, "")
        self._page_host = page.host.removeprefix("www.") if page else ""
        self._page_is_ours = page is not None and comparison_key(page, our_hosts).startswith("~")

    @property
    def outbound(self) -> int:
        """Number of distinct links to hosts other than the page's own."""
        return len(self._outbound)

    def leads_to_target(self, reference: str) -> bool:
        """Note the link; return True if it leads to one of the spellings of the post that count."""
        known = self._seen.get(reference)
        if known is not None:
            return known
        if len(self._seen) >= MAX_DISTINCT_LINKS:
            self.truncated = True
            return False
        found = self._seen[reference] = self._note(reference)
        return found

    def _note(self, reference: str) -> bool:
        absolute = _absolute(self.base, reference)
        if absolute is None or self._costs_too_much(absolute):
            return False
        url = _parsed(absolute)
        if url is None:
            return False
        key = comparison_key(url, self._our_hosts)
        own = url.host.removeprefix("www.") == self._page_host or (self._page_is_ours and key.startswith("~"))
        if not own:
            self._outbound.add(key)
        return key in self._targets

    def _costs_too_much(self, absolute: str) -> bool:
        if absolute.isascii() or not _INTERNATIONAL_HOST.match(absolute):
            return False
        self._international += 1
        self.truncated |= self._international > MAX_INTERNATIONAL_HOSTS
        return self._international > MAX_INTERNATIONAL_HOSTS
