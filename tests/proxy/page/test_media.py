"""What kind of body a type and its first bytes make."""

import pytest

from proxy.page.media import Kind, kind_of

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"


@pytest.mark.parametrize(
    ("content_type", "body", "kind"),
    [
        ("text/html", b"", Kind.HTML),
        ("Text/HTML;charset=x", b"hello", Kind.HTML),
        ("text/html, text/html", b"hello", Kind.HTML),
        ("text/html", b"<?xml version='1.0'?>\n<rss version='2.0'>", Kind.XML),
        ("text/html", b"<?xml version='1.0'?>\n<html>", Kind.HTML),
        ("application/xhtml+xml", b"<p>", Kind.XML),
        ("application/rss+xml", b"", Kind.XML),
        ("application/atom+xml; type=feed", b"", Kind.XML),
        ("text/xml", b"", Kind.XML),
        ("text/plain", b"<html>", Kind.TEXT),
        ("text/markdown", b"# Hi", Kind.TEXT),
        ("application/feed+json", b"{}", Kind.JSON_FEED),
        ("application/json", b'{"version": "https://jsonfeed.org/version/1.1"}', Kind.JSON_FEED),
        ("application/json", b"{}", Kind.NO_PAGE),
        ("image/png", PNG, Kind.NO_PAGE),
        ("image/svg+xml", b"<svg>", Kind.NO_PAGE),
        ("application/pdf", b"%PDF", Kind.NO_PAGE),
        ("application/zip", b"PK", Kind.NO_PAGE),
        ("application/octet-stream", b"<html>", Kind.NO_PAGE),
        ("text/css", b"a{}", Kind.NO_PAGE),
        ("text/javascript", b"1", Kind.NO_PAGE),
        ("video/mp4", b"", Kind.NO_PAGE),
        ("nonsense", b"<html>", Kind.NO_PAGE),
        ("", b"<!DOCTYPE html><p>", Kind.HTML),
        ("", b"\xef\xbb\xbf \n<HTML>", Kind.HTML),
        ("", b"some words, then <p>markup</p>", Kind.HTML),
        ("", b"<?xml version='1.0'?><feed>", Kind.XML),
        ("", b"<rss version='2.0'>", Kind.XML),
        ("", b"just words", Kind.TEXT),
        ("", b"", Kind.TEXT),
        ("", PNG, Kind.NO_PAGE),
        ("*/*", b"\x1f\x8b\x08\x00", Kind.NO_PAGE),
        ("unknown/unknown", b"GIF89a\0\0", Kind.NO_PAGE),
    ],
)
def test_kind_of(content_type, body, kind):
    assert kind_of(body, content_type) is kind


@pytest.mark.parametrize("content_type", ["image/png", "application/pdf", "application/octet-stream", "text/css"])
def test_no_link_stands_in_what_is_no_page(read, content_type):
    facts = read("<a href='https://blog.example/2024/post/'>post</a>", content_type)
    assert (facts.is_page, facts.link_found, facts.text_chars) == (False, False, 0)


def test_wordpress_looks_at_any_type(read):
    page = "<title>t</title><a href='https://blog.example/2024/post/'>post</a>"
    assert read(page, "image/png").wordpress_would_accept
