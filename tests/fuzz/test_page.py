"""Any bytes give facts, and facts that hold together."""

import os
import re
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from proxy.page import PageFacts, read_page
from proxy.page.charset import decode
from proxy.page.colors import color, first_color
from proxy.page.links import resolve
from proxy.page.stylesheet import Sheet, name_of
from proxy.page.text import trimmed
from proxy.page.visibility import Look, declarations, dressed, without_comments
from proxy.page.wordpress_check import strip_tags_but_links, wordpress_check

T = "https://blog.example/2024/post/?a=1&b=2"
TARGETS = frozenset({"~/2024/post?a=1&b=2"})
HOSTS = frozenset({"blog.example"})
TYPES = [
    "",
    "text/html",
    "text/html; charset=utf-16",
    "text/html; charset=gb18030",
    "text/html; charset=iso-2022-jp",
    "text/html; charset=shift_jis",
    "application/xhtml+xml",
    "application/rss+xml",
    "application/atom+xml",
    "text/xml",
    "text/plain",
    "text/markdown",
    "application/feed+json",
    "image/png",
]
PIECES = [
    *(
        "<",
        ">",
        "</",
        "/>",
        '"',
        "'",
        "=",
        " ",
        "\n",
        "\0",
        "&",
        ";",
        "&amp;",
        "&#0;",
        "&nbsp;",
        "\ufeff",
        "é",
        "\u202e",
        "\ud7ff",
    ),
    *(
        "<!--",
        "-->",
        "<!DOCTYPE html>",
        "<![CDATA[",
        "]]>",
        "<?xml version='1.0' encoding='x'?>",
        "<?",
        "?>",
        "<!ENTITY a 'b'>",
    ),
    *(
        "<html lang=de>",
        "<head>",
        "<body class=postid-4>",
        "</body>",
        "</html>",
        "<base href='//x/'>",
        "<title>",
        "</title>",
    ),
    *(
        "<p hidden>",
        "<p style='",
        "display:none",
        "color:#fff",
        "font-size:0",
        "left:-9999px;position:absolute",
        "</p>",
    ),
    *(
        "<style>",
        "</style>",
        ".x{display:none}",
        "@media print{",
        "}",
        "{",
        "/*",
        "*/",
        "<b class=x id=y>",
        "</b>",
        "\\6e",
    ),
    *(
        "<script>",
        "</script>",
        "<noscript>",
        "</noscript>",
        "<template>",
        "</template>",
        "<svg>",
        "</svg>",
        "<textarea>",
    ),
    *(
        f"<a href='{T}'>",
        '<a href="',
        T,
        T.replace("&", "&amp;"),
        "<a rel=nofollow ",
        "text",
        "</a>",
        "<A HREF=",
        "</A>",
    ),
    *(
        "<img src=x alt=y width=1>",
        "<area coords=1 href=",
        "<map name=m>",
        "<img usemap=#m>",
        "<table><tr><td>",
        "<li>",
    ),
    *(
        "<meta charset=koi8-r>",
        "<meta http-equiv=refresh content='0;url=",
        "<link rel=canonical href=",
        "<time datetime=2020>",
    ),
    *(
        "<rss><channel><item>",
        "</item>",
        "<link>",
        "</link>",
        "<description>",
        "<feed>",
        "<entry>",
        "<content type=xhtml>",
    ),
    *('{"items":[{"url":"', '"}]}', "[x](", ")", "http://", "://", "%2e%2e", "..", "#", "?", "@", "[::1]", ":99999"),
]
PROPERTIES = (
    "display position left top margin text-indent opacity font font-size color background clip clip-path filter"
    " transform overflow width height visibility"
)
pages = st.lists(st.sampled_from(PIECES), max_size=40).map("".join)
CORPUS = [path.read_bytes() for path in sorted((Path(__file__).parents[1] / "corpus" / "pages").iterdir())]
edits = st.tuples(
    st.floats(0, 1),
    st.integers(0, 200),
    st.one_of(st.binary(max_size=4), st.sampled_from([piece.encode("utf-8", "replace") for piece in PIECES])),
)
quick = settings(
    max_examples=int(os.environ.get("FUZZ_EXAMPLES", "400")),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)


def read(body: bytes, content_type: str) -> PageFacts:
    return read_page(body, content_type, "https://source.example/a", TARGETS, HOSTS, T)


def assert_holds_together(facts: PageFacts) -> None:
    start, end = facts.excerpt_link
    assert facts.link_found or not facts.link_visible
    assert facts.link_found == (facts.excerpt is not None) == (facts.link_rel is not None)
    assert facts.is_page or facts == PageFacts(is_page=False, wordpress_would_accept=facts.wordpress_would_accept)
    assert not (facts.is_challenge and facts.link_found)
    assert 0 <= start <= end <= len(facts.excerpt or "")
    assert len(facts.excerpt or "") <= 300
    for text in (facts.title, facts.excerpt, facts.link_text, facts.language, facts.canonical_url, facts.refresh_url):
        assert re.search("[\x00-\x1f\ud800-\udfff]", text or "") is None


@quick
@given(st.binary(max_size=2000), st.sampled_from(TYPES))
def test_any_bytes(body, content_type):
    assert_holds_together(read(body, content_type))


@quick
@given(pages, st.sampled_from(TYPES), st.sampled_from(["utf-8", "utf-16", "cp1252"]))
def test_any_page(page, content_type, codec):
    assert_holds_together(read(page.encode(codec, "replace"), content_type))


@quick
@given(st.sampled_from(CORPUS), st.lists(edits, min_size=1, max_size=8), st.sampled_from(TYPES))
def test_any_mutation_of_a_whole_page(body, changes, content_type):
    for where, cut, put in changes:
        position = int(where * len(body))
        body = body[:position] + put + body[position + cut :]
    assert_holds_together(read(body, content_type))


@quick
@given(pages, pages)
def test_a_link_at_the_end_of_a_finished_page_is_found(before, after):
    """Nothing that a link is followed by makes it vanish, as long as it is read as a link at all."""
    body = f"<p>x <a href='{T}'>post</a>. {after}".encode("utf-8", "replace")
    facts = read(body, "text/html; charset=utf-8")
    assert facts.link_found or "<base" in after or "<plaintext" in after
    assert_holds_together(read(before.encode("utf-8", "replace") + body, "text/html"))


@quick
@given(st.binary(max_size=300), st.text(max_size=60))
def test_any_charset(body, content_type):
    decode(body, content_type).encode("utf-8")  # no lone surrogates


@quick
@given(st.text(max_size=80), st.text(max_size=80))
def test_any_reference(base, reference):
    resolve(base, reference)
    resolve("https://source.example/a", reference)


@quick
@given(st.text(alphabet="abcde:;!{}()#.,>+~@*/\\'\"0123456789%px-left rgb", max_size=120))
def test_any_css(css):
    declared = declarations(css)
    dressed(Look(), declared)
    color(css)
    first_color(css)
    sheet = Sheet()
    sheet.add(css)
    sheet.of(name_of("a", "b", "c d e"), [name_of("b", None, "a")])
    assert "/*" not in without_comments(css)


@quick
@given(
    st.lists(
        st.tuples(
            st.sampled_from(PROPERTIES.split()),
            st.text(alphabet="0123456789.-+%pxemrgbahsl(), #f/!autonezi", max_size=20),
        ),
        max_size=6,
    )
)
def test_any_declarations(pairs):
    dressed(Look(), declarations(";".join(f"{name}:{value}" for name, value in pairs)))


@quick
@given(st.text(alphabet="a()[]{}.,;!?", max_size=60))
def test_trimming_leaves_a_prefix(tail):
    url = "http://a.example/" + tail
    assert url.startswith(trimmed(url))
    assert trimmed(trimmed(url)) == trimmed(url)


@quick
@given(st.lists(st.sampled_from([piece for piece in PIECES if len(piece) < 40]), max_size=30).map("".join))
def test_wordpress_check_equals_its_description(page):
    """The linear reader against the plain words of the facts, said with expressions that may be slow."""
    body = f"<title>t</title>{page}".encode("utf-8", "replace")
    assert wordpress_check(body, T) == described(body)


def described(body: bytes) -> bool:
    page = re.sub(rb"[ \t\r\n]+", b" ", body.replace(b"<!DOC", b"<DOC"))
    blocks = b"h1|h2|h3|h4|h5|h6|th|td|li|dt|dd|pre|p|caption|input|textarea|button|body"
    page = re.sub(rb"</*(?:" + blocks + rb")[^>]*>", b"\n\n", page)
    title = re.search(rb"(?i)<title>([^<]*)</title>", page)
    if not title or title[1] in {b"", b"0"}:
        return False
    page = strip_tags_but_links(re.sub(rb"(?is)<(script|style)[^>]*>.*?</\1>", b"", page))
    target = re.escape(T.replace("&", "&amp;").encode())
    link = re.compile(rb"<a[^>]+?" + target + rb"[^>]*>[^>]+?</a>")
    return any(link.search(paragraph) for paragraph in page.split(b"\n\n"))
