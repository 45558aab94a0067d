"""A source's address taken apart: host, registrable domain, path and the words in them."""

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import unquote

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList

_SPLIT: Final = re.compile(
    r"^(?:[a-z][a-z0-9+.\-]*:)?/*(?:[^/?#@]*@)?(?P<host>\[[^\]/?#]*\]|[^/?#:]*)(?::(?P<port>\d*))?"
    r"(?P<path>[^?#]*)(?:\?(?P<query>[^#]*))?",
    re.IGNORECASE | re.DOTALL,
)
_NUMERIC_HOST: Final = re.compile(r"^(?:\d{1,3}(?:\.\d{1,3}){3}|\[.*\])$")
_MAX_ADDRESS: Final = 600  # characters; longer ones only repeat themselves


class Address(NamedTuple):
    """The parts of a URL, lower case but for `path` and `query`, which are percent-decoded; `cased` says whether the
    host had capitals."""

    host: str
    domain: str
    label: str
    suffix: str
    subdomain: str
    port: str
    path: str
    query: str
    numeric: bool
    cased: bool = False

    @property
    def segments(self) -> list[str]:
        """The parts of the path between slashes that hold anything."""
        return [part for part in self.path.split("/") if part]


@lru_cache(maxsize=1)
def _suffixes() -> "PublicSuffixList":
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList()


def prepare() -> None:
    """Reads the list of public suffixes (some 50 ms), which the first address would otherwise wait for."""
    _suffixes()


@lru_cache(maxsize=4096)
def registrable_domain(host: str) -> str:
    """The part of `host` that somebody registered ("blog.example.co.uk" → "example.co.uk"); `host` if none is."""
    return str(_suffixes().privatesuffix(host) or host)


def split_address(url: str) -> Address:
    """The parts of `url`; whatever it is, something comes back."""
    match = _SPLIT.match(url.strip()[:_MAX_ADDRESS])
    if match is None:  # cannot be, since every part of the pattern is optional
        return Address("", "", "", "", "", "", "", "", numeric=False)
    written = match["host"].rstrip(".")
    host = written.lower()
    numeric = bool(_NUMERIC_HOST.match(host))
    bare = host.removeprefix("www.")
    domain = bare if numeric else registrable_domain(bare)
    label, _, suffix = domain.partition(".")
    subdomain = bare[: -len(domain) - 1] if bare != domain and bare.endswith("." + domain) else ""
    path, query = match["path"], match["query"] or ""
    if "%" in path:
        path = unquote(path, errors="replace")
    if "%" in query:
        query = unquote(query, errors="replace")
    return Address(host, domain, label, suffix, subdomain, match["port"] or "", path, query, numeric, written != host)
