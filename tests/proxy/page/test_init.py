"""What a whole page gives, by the kind of its body; each piece has its own test beside this one."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from proxy.page import MAX_PAGE_BYTES, PageFacts
from tests.proxy.page.conftest import TARGET

Read = Callable[..., PageFacts]
LINK = f'<a href="{TARGET}" rel="Nofollow">the post</a>'
PAGE = f"""<!doctype html><html lang=de><head><title>My page</title>
<link rel=canonical href="/canonical"><link rel=shortlink href="https://source.example/?p=9">
<meta property="article:published_time" content="2026-03-03T10:00:00Z"></head>
<body><p>Words before {LINK} and after. <a href="https://elsewhere.example/">elsewhere</a></p></body></html>"""


def test_an_html_page_gives_everything_it_says(read: Read) -> None:
    facts = read(PAGE)
    assert (facts.is_page, facts.title, facts.language) == (True, "My page", "de")
    assert (facts.link_found, facts.link_visible, facts.link_rel, facts.link_text) == (
        True, True, "nofollow", "the post",
    )  # fmt: skip
    assert facts.excerpt is not None
    assert "Words before the post and after." in facts.excerpt
    assert facts.excerpt[slice(*facts.excerpt_link)] == "the post"
    assert facts.outbound_links == 2
    assert facts.canonical_url == "https://source.example/canonical"
    assert (facts.post_id, facts.published_at) == (9, datetime(2026, 3, 3, 10, tzinfo=UTC))
    assert facts.wordpress_would_accept
    assert not facts.truncated


RSS = f"<rss version='2.0'><channel><title>Feed</title><item><link>{TARGET}</link></item></channel></rss>"
XHTML = f"<html xmlns='http://www.w3.org/1999/xhtml'><head><title>X</title></head><body>{LINK}</body></html>"
JSON_FEED = f'{{"version": "https://jsonfeed.org/version/1.1", "title": "J", "items": [{{"url": "{TARGET}"}}]}}'


@pytest.mark.parametrize(
    ("body", "content_type", "title", "found"),
    [
        (PAGE, "text/html", "My page", True),
        (PAGE, "", "My page", True),
        (XHTML, "application/xhtml+xml", "X", True),
        (XHTML.replace("</body>", ""), "application/xhtml+xml", "X", True),  # broken: then it is read as HTML
        (RSS, "application/rss+xml", "Feed", True),
        (f"<svg xmlns='http://www.w3.org/2000/svg'>{LINK}</svg>", "application/xml", None, False),
        (f"See {TARGET} for more.", "text/plain", None, True),
        (JSON_FEED, "application/feed+json", "J", True),
        ("<p>Nothing here", "text/html", None, False),
        ("", "text/html", None, False),
    ],
)
def test_each_kind_of_body_is_read_its_own_way(
    read: Read, body: str, content_type: str, title: str | None, found: bool
) -> None:
    facts = read(body, content_type)
    assert facts.is_page
    assert facts.link_found is found
    if title is not None:
        assert facts.title == title


@pytest.mark.parametrize("content_type", ["image/png", "application/zip", "application/javascript"])
def test_what_no_link_can_stand_in_is_no_page(read: Read, content_type: str) -> None:
    facts = read(b"\x89PNG\r\n\x1a\n" + PAGE.encode(), content_type)
    assert (facts.is_page, facts.link_found, facts.text_chars) == (False, False, 0)


def test_what_is_not_said_is_none(read: Read) -> None:
    facts = read("<p>A few words")
    assert (facts.title, facts.link_rel, facts.link_text, facts.excerpt) == (None, None, None, None)
    assert (facts.canonical_url, facts.refresh_url, facts.post_id, facts.published_at) == (None, None, None, None)


def test_the_language_is_guessed_where_the_page_does_not_say(read: Read) -> None:
    words = "Das ist ein ganz gewöhnlicher Satz, und der nächste ist es auch, denn wir schreiben nicht für die Katz. "
    assert read(f"<p>{words * 5}").language == "de"


def test_a_link_beyond_the_first_mebibyte_is_not_read_and_that_is_said(read: Read) -> None:
    facts = read("<p>" + " " * MAX_PAGE_BYTES + LINK)
    assert (facts.link_found, facts.truncated) == (False, True)
    facts = read(f"<p>{LINK}" + " " * MAX_PAGE_BYTES)
    assert (facts.link_found, facts.truncated) == (True, True)


def test_a_bot_check_is_told_from_a_page_without_the_link(read: Read) -> None:
    check = "<title>Just a moment...</title><p>Checking your browser before accessing the site."
    assert read(check).is_challenge
    assert not read("<title>Garden</title><p>Tomatoes.").is_challenge
    assert not read(check + LINK).is_challenge
