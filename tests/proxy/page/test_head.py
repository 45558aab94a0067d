"""What a page says of itself."""

from datetime import UTC, datetime

import pytest

from proxy.page.head import moment_of


@pytest.mark.parametrize(
    ("html", "title"),
    [
        pytest.param("<title> A\n title </title>", "A title", id="plain"),
        pytest.param("<title>Tom &amp; Jerry &#8211; x</title>", "Tom & Jerry – x", id="references"),
        pytest.param("<title>a < b</title>", "a < b", id="markup is text there"),
        pytest.param("<svg><title>icon</title></svg><title>page</title>", "page", id="not an icon's"),
        pytest.param("<title>first</title><title>second</title>", "first", id="the first"),
        pytest.param('<meta property="og:title" content="From the card">', "From the card", id="a card's"),
        pytest.param("<title> </title>", None, id="empty"),
        pytest.param("<p>x</p>", None, id="none"),
        pytest.param("<title>a\u202eb\x07c</title>", "abc", id="without characters that garble"),
        pytest.param(f"<title>{'x' * 900}</title>", "x" * 499 + "…", id="not without end"),
    ],
)
def test_title(read, html, title):
    assert read(html).title == title


@pytest.mark.parametrize(
    ("html", "url"),
    [
        ('<link rel=canonical href="/a/b">', "https://source.example/a/b"),
        ('<base href="https://else.example/x/"><link rel="x Canonical" href="b?c#d">', "https://else.example/x/b?c"),
        ("<link rel=canonical>", None),
        ("<link rel=canonical href=javascript:1>", None),
        ("<a rel=canonical href=/x>x</a>", None),
    ],
)
def test_canonical(read, html, url):
    assert read(html).canonical_url == url


@pytest.mark.parametrize(
    ("content", "url"),
    [
        ("0;url=https://else.example/", "https://else.example/"),
        ("0; URL='/x'", "https://source.example/x"),
        ("5 url=y", "https://source.example/a/y"),
        ("; url=y", "https://source.example/a/y"),
        ("0;https://else.example/", "https://else.example/"),
        ("0.5;url=/x", "https://source.example/x"),
        ("30", None),
        ("300;url=/x", None),
        ("", None),
        ("0;url=javascript:alert(1)", None),
    ],
)
def test_refresh(read, content, url):
    assert read(f'<meta http-equiv=Refresh content="{content}">').refresh_url == url


def test_a_refresh_for_browsers_without_scripts_leads_nobody_away(read):
    assert read('<noscript><meta http-equiv=refresh content="0;url=/x"></noscript>').refresh_url is None


@pytest.mark.parametrize(
    ("html", "language"),
    [
        ("<html lang=de>", "de"),
        ("<html lang='en_us'>", "en-US"),
        ("<html xml:lang='ZH-hant-tw'>", "zh-Hant-TW"),
        ("<html><body lang=fr>", "fr"),
        ("<html lang='not a language'>", None),
        ("<html lang=''>", None),
        ("<meta http-equiv=content-language content='nl, en'>", "nl"),
    ],
)
def test_language_that_is_said(read, html, language):
    assert read(html).language == language


WORDPRESS = """<html lang="en-US"><head><title>Post</title>
<link rel="alternate" title="JSON" type="application/json" href="https://blog.example/wp-json/wp/v2/posts/4"/>
<link rel="canonical" href="https://blog.example/2024/post/"/><link rel='shortlink' href='https://blog.example/?p=4'/>
</head><body class="post-template-default single single-post postid-4 single-format-standard">
<time datetime="2024-03-01T12:00:00+02:00" class="entry-date published">March</time>
<time class="updated" datetime="2025-01-01T00:00:00+00:00"></time></body></html>"""


def test_a_wordpress_post(read):
    facts = read(WORDPRESS, url="https://blog.example/2024/post/")
    assert facts.post_id == 4
    assert facts.permalink == facts.canonical_url == "https://blog.example/2024/post/"
    assert facts.published_at == datetime(2024, 3, 1, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("html", "post_id"),
    [
        ("<link rel=shortlink href='/?p=12'>", 12),
        ("<link rel=shortlink href='/?page_id=8'>", 8),
        ("<link rel=shortlink href='https://wp.me/p1-4'>", None),
        ("<link rel=shortlink href='https://else.example/?p=12'>", None),
        ("<link rel=shortlink href='/?p=12x'>", None),
        ("<link rel=alternate type=application/json href='/wp-json/wp/v2/pages/9'>", 9),
        ("<link rel=alternate type=application/json href='/wp-json/wp/v2/categories/9'>", None),
        ("<body class='single postid-77'>", 77),
        ("<body class='page page-id-5'>", 5),
        ("<body class='xpostid-77 postid-'>", None),
        ("<div class='postid-77'>", None),
    ],
)
def test_post_id(read, html, post_id):
    assert read(html).post_id == post_id


@pytest.mark.parametrize(
    ("html", "day"),
    [
        (
            "<meta property='article:published_time' content='2020-01-02T03:04:05+00:00'><time datetime=2021-01-01>",
            "2020-01-02",
        ),
        (
            '<script type=application/ld+json>{"datePublished": "2020-02-03"}</script><time datetime=2021-01-01>',
            "2020-02-03",
        ),
        ("<time datetime=2021-01-01></time><meta itemprop=datePublished content=2020-03-04>", "2020-03-04"),
        ("<time datetime=2021-01-01></time><time class='x entry-date' datetime=2020-04-05>", "2020-04-05"),
        ("<time class=updated datetime=2021-01-01></time><time datetime=2020-05-06>", "2020-05-06"),
        ("<time datetime=yesterday></time>", None),
        ('<script>"datePublished": "2020-02-03"</script>', None),
        ("", None),
    ],
)
def test_published(read, html, day):
    published = read(html).published_at
    assert (published and published.date().isoformat()) == day


@pytest.mark.parametrize(
    "text", ["", "0001-01-01", "9999-12-31T23:59:59-23:59", "2020-13-01", "2020", "12:00", "x" * 99]
)
def test_no_moment(text):
    assert moment_of(text) is None


def test_a_permalink_is_on_the_same_site(read):
    facts = read("<link rel=canonical href=https://else.example/x>")
    assert (facts.canonical_url, facts.permalink) == ("https://else.example/x", None)
