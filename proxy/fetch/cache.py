"""Pages read before, so that one page is not asked for again and again. Pure: time is passed in."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass

from proxy.fetch.answer import Fetched

_OVERHEAD = 1024  # bytes that an entry costs beside its body, roughly
_MAX_VALIDATOR = 512  # characters; a longer one is no use to anybody honest


@dataclass(frozen=True, slots=True)
class Entry:
    """A page as it was read at `read_at`, what to ask with next time, and whether the server lets it be kept."""

    page: Fetched
    read_at: float
    etag: str = ""
    last_modified: str = ""
    no_store: bool = False

    def validators(self) -> dict[str, str]:
        """Return the headers of a conditional request (RFC 9110 §13.1); empty when there is nothing to ask with."""
        headers = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in headers.items() if value}

    @property
    def size(self) -> int:
        """How many bytes the entry is counted as."""
        return len(self.page.body) + _OVERHEAD


def entry_of(page: Fetched, headers: Mapping[str, str], now: float) -> Entry:
    """Return *page* with what its answer's *headers* say about keeping it."""
    directives = headers.get("Cache-Control", "").lower().replace(" ", "").split(",")
    return Entry(
        page,
        now,
        _validator(headers.get("ETag", "")),
        _validator(headers.get("Last-Modified", "")),
        "no-store" in directives,
    )


def _validator(value: str) -> str:
    printable = value.isascii() and value.isprintable() and len(value) <= _MAX_VALIDATOR
    return value if printable else ""


class PageCache:
    """The pages last used, by URL, within a number of entries and of bytes.

    Within *fresh_s* a page is served as it is. Later it is good only for a conditional request, and not even for that
    if the server said `no-store` (RFC 9111 §5.2.2.5) or named no validator.
    """

    def __init__(self, entries: int, max_bytes: int, fresh_s: float) -> None:
        self._entries = entries
        self._max_bytes = max_bytes
        self._fresh_s = fresh_s
        self._pages: OrderedDict[str, Entry] = OrderedDict()
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._pages)

    @property
    def size(self) -> int:
        """Bytes held, as they are counted."""
        return self._bytes

    def fresh(self, url: str, now: float) -> Entry | None:
        """Return the page of *url* if it may be used without asking."""
        entry = self._pages.get(url)
        if entry is None or not self._is_fresh(entry, now):
            return None
        self._pages.move_to_end(url)
        return entry

    def stale(self, url: str, now: float) -> Entry | None:
        """Return the page of *url* if asking "has it changed?" makes sense; what has had its day is dropped."""
        entry = self._pages.get(url)
        if entry is None:
            return None
        # The validators of a page that was redirected to belong to another URL.
        if not entry.no_store and not entry.page.redirects and entry.validators():
            return entry
        if not self._is_fresh(entry, now):
            self._drop(url)
        return None

    def put(self, url: str, entry: Entry) -> None:
        """Keep *entry*, forgetting those not used for longest."""
        self._drop(url)
        if entry.size > self._max_bytes:
            return
        self._pages[url] = entry
        self._bytes += entry.size
        while len(self._pages) > self._entries or self._bytes > self._max_bytes:
            self._drop(next(iter(self._pages)))

    def _is_fresh(self, entry: Entry, now: float) -> bool:
        return 0 <= now - entry.read_at < self._fresh_s

    def _drop(self, url: str) -> None:
        entry = self._pages.pop(url, None)
        if entry is not None:
            self._bytes -= entry.size
