"""URLs as this project compares them: what may be a source, what is ours, what is the same page."""

import re
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from urllib.parse import quote, urlsplit

from publicsuffixlist import PublicSuffixList

from proxy.errors import FaultCode, MalformedPing

MAX_URL_CHARS = 2000

_DEFAULT_PORTS = {"http": 80, "https": 443}
# RFC 3986 §2.2 and §2.3, with "%" for octets that are encoded already. What stands outside is never part of a
# URL on the wire; WordPress deletes such characters and so would store another address than the one judged.
_URL_CHARS = "!#$%&'()*+,/:;=?@[]~-._"
_NOT_IN_URL = re.compile(r"[\x00-\x20\x7f\ud800-\udfff\"<>\\^`{|}]")
_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*")
_HOST_END = re.compile("[/?#:]")
_OCTET = re.compile(r"%([0-9A-Fa-f]{2})")
_POST_NUMBER = re.compile(r"[?&](?:p|page_id|attachment_id)=([0-9]{1,20})")
_OF_POST = re.compile("/(?:trackback|feed)$")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


@dataclass(frozen=True, slots=True)
class Url:
    """An absolute http or https URL, taken apart. `host` is lower case; `query` is None when there is no "?"."""

    scheme: str
    host: str
    port: int
    path: str
    query: str | None

    @property
    def origin(self) -> str:
        """Scheme, host and, unless it is the scheme's own, port."""
        port = "" if self.port == _DEFAULT_PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{self.host}{port}"

    @property
    def path_query(self) -> str:
        """What stands after the origin."""
        return self.path if self.query is None else f"{self.path}?{self.query}"

    def __str__(self) -> str:
        return self.origin + self.path_query


@lru_cache(maxsize=1024)  # the rooms that a ping passes each ask for its two URLs
def parse(text: str) -> Url:
    """Return *text* as a `Url` without its fragment.

    The fragment goes because WordPress 7.1 publishes a ping at once when `p=N` stands anywhere in the source,
    the fragment included (facts-newer §2.1). Raises `MalformedPing` (fault 16) for what is no plain absolute
    http(s) URL: user info, odd characters, IPv6 literals and hosts that are no DNS name or IPv4 address are
    refused, as WordPress's own `wp_http_validate_url` does (facts §4 step 1).
    """
    text = text.strip()
    if not 0 < len(text) <= MAX_URL_CHARS:
        raise _bad("is empty or longer than 2000 characters")
    if _NOT_IN_URL.search(text):
        raise _bad("holds characters that a URL cannot hold")
    encoded = quote(text.partition("#")[0], safe=_URL_CHARS)
    try:
        parts = urlsplit(encoded)
        port = parts.port
    except ValueError:
        raise _bad("is not a URL") from None
    if parts.scheme not in _DEFAULT_PORTS or not encoded[len(parts.scheme) :].startswith("://"):
        raise _bad("is not an absolute http or https URL")
    if "@" in parts.netloc or "[" in parts.netloc:
        raise _bad("holds a user name or an IPv6 address")
    host = ascii_host(_HOST_END.split(text.partition("://")[2], maxsplit=1)[0])
    if port == 0:
        raise _bad("names port 0")
    query = parts.query if "?" in encoded else None
    url = Url(parts.scheme, host, port or _DEFAULT_PORTS[parts.scheme], parts.path or "/", query)
    if len(str(url)) > MAX_URL_CHARS:
        raise _bad("is longer than 2000 characters once it is encoded")
    return url


def ascii_host(host: str) -> str:
    """Return a host's name in lower case and ASCII, without a dot at its end. Raises `MalformedPing` (fault 16)."""
    host = host.rstrip(".") if host.endswith(".") and not host.endswith("..") else host
    try:
        ascii_host = host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError:
        raise _bad("names a host that is no domain name") from None
    if not _HOST.fullmatch(ascii_host.lower()):
        raise _bad("names a host that is no domain name")
    return ascii_host.lower()


def _bad(why: str) -> MalformedPing:
    return MalformedPing(FaultCode.SOURCE_MISSING, f"The URL {why}.")


def is_on(url: Url, hosts: frozenset[str]) -> bool:
    """True when *url* is on one of *hosts*: `host:port`, or a bare `host`, which means its scheme's own port."""
    return url.origin.partition("://")[2] in hosts or f"{url.host}:{url.port}" in hosts


@lru_cache(maxsize=1024)
def comparison_key(url: Url, our_hosts: frozenset[str]) -> str:
    """Return the text in which two spellings of one page are equal.

    Scheme, default port, fragment, trailing slash and the spelling of percent-encoding do not count (RFC 3986
    §6.2), nor does the host among *our_hosts* (`host` or `host:port`), which become "~". The query counts, and so
    does any other port: there another server may answer.
    """
    host = "~" if is_on(url, our_hosts) else url.origin.partition("://")[2]
    path = normal_octets(url.path).rstrip("/")
    query = "" if not url.query else "?" + normal_octets(url.query)
    return f"{host}{path}{query}"


def without_host(url: Url) -> str:
    """Return `comparison_key` with the host left out, whichever it is."""
    return comparison_key(url, frozenset({f"{url.host}:{url.port}"}))


def post_key(url: Url) -> str:
    """Return the text in which addresses of one post are equal, as far as they alone tell.

    As WordPress finds a pingback's post (facts §4 step 3): by the first number in the query, else by the path, of which
    the post's trackback address and feed are part. By anything else a sender could name one post as many.
    """
    number = _POST_NUMBER.search(f"?{normal_octets(url.query or '')}")
    if number:
        return f"?p={int(number[1])}"
    return _OF_POST.sub("", without_host(replace(url, query=None)))


def normal_octets(text: str) -> str:
    """Return *text* with unreserved octets decoded and the others in capitals (RFC 3986 §6.2.2)."""

    def spell(match: re.Match[str]) -> str:
        char = chr(int(match[1], 16))
        return char if char in _UNRESERVED else match[0].upper()

    return _OCTET.sub(spell, text)


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


@lru_cache(maxsize=4096)
def registrable_domain(host: str) -> str:
    """Return the domain that one owner registers ("blog.example.co.uk" → "example.co.uk"), else *host* itself."""
    if host.replace(".", "").isdigit():
        return host
    return _suffixes().privatesuffix(host) or host
