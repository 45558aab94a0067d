"""What a page shows: does it link to the post, and would a reader see that link?

The way of a page: `media` says what kind of body it is; `charset` makes text of it; `html`, `feed` or `text` reads
it once into a `Reading` (the text in its order, and the links to the target in it), with `links` resolving and
comparing addresses, and `stylesheet`, `visibility` and `colors` saying what can be seen; `head` reads what the page
says of itself; `language` and `challenge` judge the rest. `wordpress_check` does what WordPress will do.

Everything is pure and bounded: any bytes give `PageFacts`, in less than about 2 s for the largest page. What went
over a bound is not read and `truncated` is set, so that "no link" there means "not found in what was read".
"""

from dataclasses import dataclass, replace
from datetime import datetime

from proxy.page.challenge import is_challenge
from proxy.page.charset import decode
from proxy.page.feed import is_feed, read_feed, read_json_feed
from proxy.page.head import Head, read_head
from proxy.page.html import MarkupReader
from proxy.page.language import guess
from proxy.page.links import LinkBook
from proxy.page.markup import Markup, html_markup, tree_markup, xml_tree
from proxy.page.media import Kind, kind_of
from proxy.page.reading import Reading
from proxy.page.text import read_text, title_of
from proxy.page.wordpress_check import wordpress_check

__all__ = ["MAX_PAGE_BYTES", "PageFacts", "read_page", "wordpress_check"]

MAX_PAGE_BYTES = 1024 * 1024
_SAMPLE_CHARS = 4000


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What reading a page showed. None means that the page does not say."""

    is_page: bool = True  # False for images, archives, scripts: nowhere a link can stand
    title: str | None = None
    link_found: bool = False
    link_visible: bool = False
    link_rel: str | None = None  # words in lower case; "" for none, None without a link; has a page-wide nofollow
    link_text: str | None = None
    excerpt: str | None = None  # text around the link, at most 300 characters
    excerpt_link: tuple[int, int] = (0, 0)  # where in `excerpt` the link's own text stands
    outbound_links: int = 0  # distinct links to hosts other than the page's own
    text_chars: int = 0  # length of the visible text
    language: str | None = None  # BCP 47
    canonical_url: str | None = None
    refresh_url: str | None = None  # where <meta http-equiv=refresh> leads within a minute
    is_challenge: bool = False  # looks like a bot check instead of the page
    truncated: bool = False  # more was there than is read: a link may have been missed
    wordpress_would_accept: bool = False
    # The page about itself, for when it is the target's own page:
    post_id: int | None = None
    permalink: str | None = None
    published_at: datetime | None = None  # UTC


def read_page(
    body: bytes,
    content_type: str,
    fetched_url: str,
    targets: frozenset[str],
    our_hosts: frozenset[str],
    target_url: str,
) -> PageFacts:
    """Return what the page shows. Never raises, whatever the bytes.

    *body* is the answer's body without transfer or content coding; what is over 1 MiB is not read. *fetched_url*
    is the address after redirects. *targets* are the `comparison_key`s of the spellings that count, made with the
    same *our_hosts*. *target_url* is the target as the sender gave it, for WordPress's own check.
    """
    facts = PageFacts(is_page=False, wordpress_would_accept=wordpress_check(body, target_url))
    kind = kind_of(body, content_type)
    if kind is Kind.NO_PAGE:
        return facts
    text = decode(body[:MAX_PAGE_BYTES], content_type)
    reading = Reading(LinkBook(fetched_url, targets, our_hosts))
    reading.truncated = len(body) > MAX_PAGE_BYTES
    head = _READERS[kind](text, fetched_url, reading)
    return _with_link(_with_head(facts, head, reading), reading, head, text)


def _with_head(facts: PageFacts, head: Head, reading: Reading) -> PageFacts:
    return replace(
        facts,
        is_page=True,
        title=head.title,
        outbound_links=reading.book.outbound,
        text_chars=reading.text_chars,
        language=head.language or guess(reading.visible_text(_SAMPLE_CHARS)),
        canonical_url=head.canonical_url,
        refresh_url=head.refresh_url,
        truncated=reading.truncated or reading.book.truncated,
        post_id=head.post_id,
        permalink=head.permalink,
        published_at=head.published_at,
    )


def _with_link(facts: PageFacts, reading: Reading, head: Head, text: str) -> PageFacts:
    link = reading.best_link()
    if link is None:
        sample = reading.visible_text(_SAMPLE_CHARS)
        return replace(facts, is_challenge=is_challenge(head.title, text, sample, facts.text_chars))
    return replace(
        facts,
        link_found=True,
        link_visible=link.visible,
        link_rel=link.rel,
        link_text=link.text,
        excerpt=link.excerpt,
        excerpt_link=link.marked,
    )


def _read_html(text: str, url: str, reading: Reading) -> Head:
    return _read_markup(html_markup(text), url, reading)


def _read_markup(markup: Markup, url: str, reading: Reading) -> Head:
    head = read_head(markup, url)
    reading.book.base = head.base
    MarkupReader(markup, reading, nofollow=head.nofollow).read()
    return head


def _read_xml(text: str, url: str, reading: Reading) -> Head:
    root, too_deep = xml_tree(text)
    reading.truncated |= too_deep
    if root is None:
        return _read_html(text, url, reading)
    if is_feed(root):
        title, language = read_feed(root, reading)
        return Head(title=title, language=language)
    if str(root.tag).rpartition("}")[2].lower() != "html":
        return Head()
    return _read_markup(tree_markup(root), url, reading)


def _read_text(text: str, _url: str, reading: Reading) -> Head:
    read_text(text, reading)
    return Head(title=title_of(text))


def _read_json_feed(text: str, _url: str, reading: Reading) -> Head:
    title, language = read_json_feed(text, reading)
    return Head(title=title, language=language)


_READERS = {
    Kind.HTML: _read_html,
    Kind.XML: _read_xml,
    Kind.TEXT: _read_text,
    Kind.JSON_FEED: _read_json_feed,
}
