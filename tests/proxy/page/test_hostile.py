"""Pages made to cost time: each is read in a few seconds of processor time, or rather in far less.

The bound is ten times what was measured, for slow and busy machines; what it guards against are quadratic times,
which would be minutes.
"""

import random
import time

import pytest

from proxy.page import MAX_PAGE_BYTES

BOUND_S = 10.0
M = MAX_PAGE_BYTES
LINK = '<a href="https://blog.example/2024/post/">post</a>'
TARGETS = '<a href="//blog.example/2024/post">x</a>'


def numbered(template: str, count: int) -> str:
    return "".join(template.replace("#", f"{number:x}") for number in range(count))


HTML = {
    "nested 100,000 deep": "<div>" * 100_000 + LINK,
    "nested 500 deep with stray end tags": "<div>" * 500 + "</b>" * (M // 4 - 700),
    "a tag with a million attributes": "<div " + "a " * (M // 2),
    "a tag with 100,000 distinct attributes": "<div " + numbered("a#=1 ", 100_000) + ">" + LINK,
    "55,000 distinct links": numbered("<a href=/#>x</a>", 55_000),
    "70,000 equal links": "<a href=/x>x</a>" * 70_000,
    "25,000 links to the target": TARGETS * 25_000,
    "25,000 hidden links to the target": "<div hidden>" + TARGETS * 25_000,
    "international hosts": numbered("<a href='//é#.example/'>x</a>", 30_000),
    "international hosts behind line ends": numbered("<a href='ht\ntp://é#.example/'>x</a>", 30_000),
    "long international hosts": "".join(f"<a href='//{'é' * 20}{'.é' * 100}{n}.example/'>x</a>" for n in range(2000)),
    "dot segments": "".join(f"<a href='/{'%2e/' * 490}{n}'>x</a>" for n in range(520)),
    "climbing": "<a href='" + "../" * (M // 3),
    "elements": "<br>" * (M // 4),
    "paragraphs": "<p>" * (M // 3),
    "one word": "x" * M,
    "less-than signs": "<" * M,
    "greater-than signs": ">" * M,
    "open tags": "<p" * (M // 2),
    "end tags that do not end": "</p" * (M // 3),
    "open scripts": "<script" * (M // 7),
    "scripts": "<script></script>" * (M // 17),
    "open comments": "<!--" * (M // 4),
    "titles": "<title>" * (M // 7),
    "metas": "<meta name=a content=b>" * (M // 23),
    "short links": "<link rel=shortlink href=?q=1>" * (M // 30),
    "times": "<time datetime=2020>" * (M // 20),
    "a refresh of digits": "<meta http-equiv=refresh content='" + "1" * M,
    "a refresh of blanks": "<meta http-equiv=refresh content='" + " " * (M - 100) + "'>",
    "inline styles": "<b style=color:red></b>" * (M // 23),
    "one long style": "<p style='" + "color:red;" * (M // 11) + "'>" + LINK,
    "nested brackets in a colour": "<p style='color:rgb(" + "(" * (M - 100) + "'>",
    "a long stylesheet": "<style>" + numbered(".a# b{color:red}", 40_000) + "</style>" + LINK,
    "many rules for many elements": "<style>" + "a{color:red}" * 30_000 + "</style>" + "<a>x</a>" * 60_000,
    "descendants": "<style>"
    + numbered(".a# .b .c{color:red}", 2000)
    + "</style>"
    + "<p class=b>"
    + "<i class=c></i>" * 50_000,
    "a selector list": "<style>" + "a," * (M // 2 - 20) + "{color:red}",
    "a compound selector": "<style>" + ".a" * (M // 2 - 20) + "{color:red}",
    "open css comments": "<style>" + "/*" * (M // 2),
    "braces": "<style>" + "{" * M,
    "css escapes": "<style>" + "\\" * (M - 100) + "{color:red}",
    "classes": "<style>.a{color:red}</style><p class='" + "a " * (M // 2 - 100) + "'>" + LINK,
    "a link full of words": "<a href='//blog.example/2024/post'>" + "word " * 200_000,
    "a link full of blanks": "<a href='//blog.example/2024/post'>" + " " * M,
    "a link full of pictures": "<a href='//blog.example/2024/post'>" + "<img>" * (M // 6),
    "blanks before the link": "<b> </b>" * (M // 8 - 10) + LINK,
    "letters without ink": "<b>\u200b</b>" * (M // 11) + LINK,
    "structured data": "<script type=application/ld+json>" + '"datePublished"  ' * (M // 17),
    "NULs": "\0" * M,
}
OTHERS = {
    "addresses": ("text/plain", "http://a.b/ " * (M // 12)),
    "distinct addresses": ("text/plain", numbered("http://a/# ", 80_000)),
    "brackets behind addresses": ("text/plain", ("http://a/" + ").]." * 450 + " ") * 550),
    "Markdown links": ("text/markdown", "[a](https://blog.example/2024/post/)" * (M // 36)),
    "brackets": ("text/markdown", "[" * M),
    "entries": ("application/rss+xml", "<rss><channel>" + "<item><description>x &lt;b></description></item>" * 22_000),
    "nested entries": ("application/atom+xml", "<feed>" + "<entry>" * 100_000),
    "an entity bomb": (
        "application/xml",
        "<!DOCTYPE r [<!ENTITY a0 'ha'>"
        + "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 9}'>" for n in range(1, 40))
        + "]><rss>&a39;</rss>",
    ),
    "open declarations": ("application/xml", "<!ENTITY" * (M // 8)),
    "namespaces": ("application/xml", "<rss " + numbered("xmlns:a#='b' ", 60_000) + "/>"),
    "XML attributes": ("application/xml", "<rss " + numbered("a#='b' ", 90_000) + "/>"),
    "nested XHTML links": (
        "application/xhtml+xml",
        "<html xmlns='http://www.w3.org/1999/xhtml'>" + TARGETS[:-8] * 25_000,
    ),
    "an entry with a big page": (
        "application/rss+xml",
        "<rss><item><description><![CDATA[" + "<p>" * 300_000 + "]]></description></item></rss>",
    ),
    "nested JSON": ("application/feed+json", '{"a":' * (M // 5)),
    "JSON entries": ("application/feed+json", '{"items":[' + '{"content_html":"<p>x"},' * 40_000 + "{}]}"),
    "noise": ("text/html", random.Random(1).randbytes(M)),
    "noise in GB18030": ("text/html; charset=gb18030", random.Random(2).randbytes(M)),
    "broken GB18030": ("text/html; charset=gb18030", b"\x81" * M),
    "noise in UTF-16": ("text/html", b"\xff\xfe" + random.Random(3).randbytes(M)),
    "more than is read": ("text/html", b"x " * M),
}
CASES = {name: ("text/html; charset=utf-8", page) for name, page in HTML.items()} | OTHERS


@pytest.mark.parametrize(("content_type", "page"), CASES.values(), ids=CASES.keys())
def test_read_in_time(read, content_type, page):
    body = (page.encode() if isinstance(page, str) else page)[: 2 * M]
    start = time.process_time()
    facts = read(body, content_type)
    spent = time.process_time() - start
    assert facts.is_page
    assert spent < BOUND_S


@pytest.mark.parametrize(
    "page",
    [
        pytest.param("<div>" * 1000 + LINK, id="too deep"),
        pytest.param("<br>" * 250_000 + LINK, id="too many elements"),
        pytest.param(numbered("<a href=/#>x</a>", 11_000) + LINK, id="too many links"),
        pytest.param("x" * M + LINK, id="too long"),
    ],
)
def test_what_is_not_read_is_called_truncated(read, page):
    facts = read(page)
    assert (facts.truncated, facts.link_found) == (True, False)


def test_what_was_read_before_the_end_counts(read):
    facts = read(LINK + "<div>" * 1000)
    assert (facts.truncated, facts.link_found, facts.link_visible) == (True, True, True)


def test_a_deep_page_of_old_is_read(read):
    assert read("<font>" * 400 + LINK).link_visible
