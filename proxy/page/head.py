"""What a page says of itself: title, address, language, date, number, where it sends its reader."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice

from lxml import etree

from proxy.page.language import tag_of
from proxy.page.links import resolve
from proxy.page.reading import clean

TITLE_CHARS = 500
_MAX_OF_A_KIND = 1000
_REDIRECT_WITHIN_S = 60  # a page that leaves after an hour is a page

_REFRESH = re.compile(r"\s*(\d{1,9})?[\d.]*\s*[;,]?\s*(?:url\s*=\s*)?(.*)", re.IGNORECASE | re.DOTALL)
_POST_IN_QUERY = re.compile(r"(?:^|&)(?:p|page_id|attachment_id)=(\d{1,18})(?:&|$)")
_POST_IN_CLASS = re.compile(r"(?:postid|page-id|attachmentid)-(\d{1,18})")
_POST_IN_REST = re.compile(r"/wp/v2/(?:posts|pages|media)/(\d{1,18})/?$")
_PUBLISHED_JSON = re.compile(r'"datePublished"\s{0,10}:\s{0,10}"([^"]{4,40})"')
_PUBLISHED_CLASSES = frozenset({"published", "entry-date", "dt-published", "post-date"})


@dataclass(frozen=True, slots=True)
class Head:
    """What was found; None where the page does not say. Addresses are absolute, times in UTC."""

    title: str | None = None
    base: str = ""
    language: str | None = None
    nofollow: bool = False
    canonical_url: str | None = None
    refresh_url: str | None = None
    post_id: int | None = None
    permalink: str | None = None
    published_at: datetime | None = None


def read_head(root: etree._Element, page_url: str) -> Head:
    """Return what the page at *page_url* says of itself, wherever in the tree it says so."""
    metas = _metas(root)
    base = _base(root, page_url)
    canonical = _canonical(root, base)
    robots = (metas.get("robots", "") + "," + metas.get("googlebot", "")).lower()
    return Head(
        title=_title(root) or clean(metas.get("og:title", ""), TITLE_CHARS) or None,
        base=base,
        language=_language(root, metas),
        nofollow="nofollow" in robots or "none" in robots.replace(",", " ").split(),
        canonical_url=canonical,
        refresh_url=_refresh(root, base),
        post_id=_post_id(root, base),
        permalink=_permalink(canonical or metas.get("og:url"), base),
        published_at=_published(root, metas),
    )


def text_in(element: etree._Element) -> str:
    """Return all text inside *element*, as it stands."""
    return "".join(str(piece) for piece in element.itertext())


def _some(root: etree._Element, *tags: str) -> Iterator[etree._Element]:
    return islice(root.iter(*tags), _MAX_OF_A_KIND)


def _metas(root: etree._Element) -> dict[str, str]:
    """Names and properties with their content; the first of each counts."""
    found: dict[str, str] = {}
    for meta in _some(root, "meta"):
        content = meta.get("content")
        key = meta.get("name") or meta.get("property") or meta.get("http-equiv") or ""
        if content is not None:
            found.setdefault(key.strip().lower(), content)
    return found


def _base(root: etree._Element, page_url: str) -> str:
    hrefs = (href for element in _some(root, "base") if (href := element.get("href")))
    href = next(hrefs, None)
    url = resolve(page_url, href) if href else None
    return str(url) if url else page_url


def _title(root: etree._Element) -> str | None:
    for element in _some(root, "title"):
        if next(element.iterancestors("svg"), None) is None:
            return clean(text_in(element), TITLE_CHARS) or None
    return None


def _language(root: etree._Element, metas: dict[str, str]) -> str | None:
    said = [root.get("lang"), root.get("xml:lang"), root.get("{http://www.w3.org/XML/1998/namespace}lang")]
    body = next(root.iter("body"), None)
    if body is not None:
        said.append(body.get("lang"))
    said.append(metas.get("content-language"))
    return next((tag for word in said if word and (tag := tag_of(word))), None)


def _links(root: etree._Element, rel: str) -> Iterator[etree._Element]:
    return (link for link in _some(root, "link") if rel in (link.get("rel") or "").lower().split())


def _canonical(root: etree._Element, base: str) -> str | None:
    href = next((href for link in _links(root, "canonical") if (href := link.get("href"))), None)
    url = resolve(base, href) if href else None
    return str(url) if url else None


def _refresh(root: etree._Element, base: str) -> str | None:
    for meta in _some(root, "meta"):
        if (meta.get("http-equiv") or "").strip().lower() != "refresh":
            continue
        if next(meta.iterancestors("noscript"), None) is not None:
            continue
        found = _REFRESH.match(meta.get("content") or "")
        if found and found[2].strip() and int(found[1] or 0) <= _REDIRECT_WITHIN_S:
            url = resolve(base, found[2].strip().strip("\"'"))
            return str(url) if url else None
    return None


def _post_id(root: etree._Element, base: str) -> int | None:
    """WordPress: the short link, the REST link, the class of the body, in this order of trust."""
    here = resolve(base, "")
    for link in _some(root, "link"):
        rel = (link.get("rel") or "").lower().split()
        url = resolve(base, link.get("href") or "")
        if url is None or here is None or url.host.removeprefix("www.") != here.host.removeprefix("www."):
            continue
        found = _POST_IN_QUERY.search(url.query or "") if "shortlink" in rel else None
        if not found and "alternate" in rel and link.get("type") == "application/json":
            found = _POST_IN_REST.search(url.path)
        if found:
            return int(found[1])
    body = next(root.iter("body"), None)
    classes = (body.get("class") or "").split() if body is not None else []
    numbers = (match for name in classes if (match := _POST_IN_CLASS.fullmatch(name)))
    number = next(numbers, None)
    return int(number[1]) if number else None


def _permalink(said: str | None, base: str) -> str | None:
    here, url = resolve(base, ""), resolve(base, said) if said else None
    if url is None or here is None or url.host.removeprefix("www.") != here.host.removeprefix("www."):
        return None
    return str(url)


def _published(root: etree._Element, metas: dict[str, str]) -> datetime | None:
    """The date that the head says, then structured data, then the `<time>` that themes mark, then the first one."""
    for text in (metas.get("article:published_time"), _json_date(root), *_marked_dates(root)):
        moment = moment_of(text) if text else None
        if moment:
            return moment
    return None


def _json_date(root: etree._Element) -> str | None:
    for script in _some(root, "script"):
        if (script.get("type") or "").strip().lower() == "application/ld+json":
            found = _PUBLISHED_JSON.search(script.text or "")
            if found:
                return found[1]
    return None


def _marked_dates(root: etree._Element) -> Iterator[str | None]:
    for element in _some(root, "time", "meta", "span", "abbr"):
        if "datePublished" in (element.get("itemprop") or "").split():
            yield element.get("datetime") or element.get("content")
    times = list(_some(root, "time"))
    marked = [time for time in times if _PUBLISHED_CLASSES & set((time.get("class") or "").split())]
    other = [time for time in times if "updated" not in (time.get("class") or "").split()]
    for time in (*marked[:1], *other[:1]):
        yield time.get("datetime")


def moment_of(text: str) -> datetime | None:
    """Return an ISO 8601 date or time as an aware UTC datetime; without a zone it is taken as UTC."""
    try:
        moment = datetime.fromisoformat(text.strip()[:40])
    except ValueError:
        return None
    if not 1970 < moment.year < 2200:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
