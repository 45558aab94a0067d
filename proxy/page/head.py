"""What a page says of itself: title, address, language, date, number, where it sends its reader."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from proxy.page.language import tag_of
from proxy.page.links import resolve
from proxy.page.markup import Markup, Note
from proxy.page.reading import clean
from proxy.urls import Url

TITLE_CHARS = 500
_MAX_REFRESH_CHARS = 4000
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


def read_head(markup: Markup, page_url: str) -> Head:
    """Return what the page at *page_url* says of itself, wherever on it it says so."""
    metas = _metas(markup)
    base = _base(markup, page_url)
    canonical = _canonical(markup, base)
    robots = f"{metas.get('robots', '')},{metas.get('googlebot', '')}".lower()
    return Head(
        title=_title(markup) or clean(metas.get("og:title", ""), TITLE_CHARS) or None,
        base=base,
        language=_language(markup, metas),
        nofollow="nofollow" in robots or "none" in robots.replace(",", " ").split(),
        canonical_url=canonical,
        refresh_url=_refresh(markup, base),
        post_id=_post_id(markup, base),
        permalink=_permalink(canonical or metas.get("og:url"), base),
        published_at=_published(markup, metas),
    )


def _metas(markup: Markup) -> dict[str, str]:
    """Names and properties with their content; the first of each counts."""
    found: dict[str, str] = {}
    for meta in markup.noted("meta"):
        key = meta.get("name") or meta.get("property") or meta.get("http-equiv")
        if "content" in meta.attributes:
            found.setdefault(key.strip().lower(), meta.get("content"))
    return found


def _base(markup: Markup, page_url: str) -> str:
    href = next((note.get("href") for note in markup.noted("base") if "href" in note.attributes), "")
    url = resolve(page_url, href) if href else None
    return str(url) if url else page_url


def _title(markup: Markup) -> str | None:
    titles = (note.text for note in markup.noted("title") if "svg" not in note.within)
    return clean(next(titles, ""), TITLE_CHARS) or None


def _language(markup: Markup, metas: dict[str, str]) -> str | None:
    said = [note.get(name) for note in markup.noted("html", "body") for name in ("lang", "xml:lang")]
    said.append(metas.get("content-language", ""))
    return next((tag for word in said if word and (tag := tag_of(word))), None)


def _rels(link: Note) -> list[str]:
    return link.get("rel").lower().split()


def _canonical(markup: Markup, base: str) -> str | None:
    hrefs = (link.get("href") for link in markup.noted("link") if "canonical" in _rels(link))
    href = next(filter(None, hrefs), "")
    url = resolve(base, href) if href else None
    return str(url) if url else None


def _refresh(markup: Markup, base: str) -> str | None:
    for meta in markup.noted("meta"):
        if meta.get("http-equiv").strip().lower() != "refresh" or "noscript" in meta.within:
            continue
        found = _REFRESH.match(meta.get("content")[:_MAX_REFRESH_CHARS])
        where = found[2].strip().strip("\"'") if found else ""
        if found and where and int(found[1] or 0) <= _REDIRECT_WITHIN_S:
            url = resolve(base, where)
            return str(url) if url else None
    return None


def _same_site(base: str, reference: str) -> Url | None:
    """Return where *reference* leads, if that is on the page's own host."""
    here, url = resolve(base, ""), resolve(base, reference)
    if url is None or here is None or url.host.removeprefix("www.") != here.host.removeprefix("www."):
        return None
    return url


def _post_id(markup: Markup, base: str) -> int | None:
    """WordPress: the short link, the REST link, the class of the body, in the order of the page."""
    for link in markup.noted("link"):
        rels = _rels(link)
        is_rest = "alternate" in rels and link.get("type") == "application/json"
        if "shortlink" not in rels and not is_rest:
            continue
        url = _same_site(base, link.get("href"))
        if url is None:
            continue
        found = _POST_IN_REST.search(url.path) if is_rest else _POST_IN_QUERY.search(url.query or "")
        if found:
            return int(found[1])
    classes = (name for body in markup.noted("body") for name in body.get("class").split())
    number = next((match for name in classes if (match := _POST_IN_CLASS.fullmatch(name))), None)
    return int(number[1]) if number else None


def _permalink(said: str | None, base: str) -> str | None:
    url = _same_site(base, said) if said else None
    return str(url) if url else None


def _published(markup: Markup, metas: dict[str, str]) -> datetime | None:
    """The date that the head says, then structured data, then the `<time>` that themes mark, then the first one."""
    for text in (metas.get("article:published_time"), _json_date(markup), *_marked_dates(markup)):
        moment = moment_of(text) if text else None
        if moment:
            return moment
    return None


def _json_date(markup: Markup) -> str | None:
    for script in markup.noted("script"):
        if script.get("type").strip().lower() == "application/ld+json":
            found = _PUBLISHED_JSON.search(script.text)
            if found:
                return found[1]
    return None


def _marked_dates(markup: Markup) -> Iterator[str]:
    for note in markup.noted("time", "meta"):
        if "datePublished" in note.get("itemprop").split():
            yield note.get("datetime") or note.get("content")
    times = list(markup.noted("time"))
    marked = [time for time in times if not _PUBLISHED_CLASSES.isdisjoint(time.get("class").split())]
    other = [time for time in times if "updated" not in time.get("class").split()]
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
