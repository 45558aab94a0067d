"""What a stranger sent becomes harmless to look at."""

import pytest

from proxy.admin.plain import Marked, host_of, mark, path_of, safe_link, visible


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("", ""),
        ("plain words, Grüße, 日本語 😀", "plain words, Grüße, 日本語 😀"),
        ("<script>&amp;\"'", "<script>&amp;\"'"),  # escaping is the templates' affair
        ("a\nb\tc", "a\nb\tc"),
        ("soft\u00adhyphen", "soft\u00adhyphen"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("\x00", "␀"),
        ("\x1b[31m", "␛[31m"),
        ("a\rb", "a␍b"),
        ("\x7f", "␡"),
        ("\x9b31m", "⟨U+009B⟩31m"),
        ("\u202egnp.exe", "⟨U+202E⟩gnp.exe"),
        ("\u2066x\u2069", "⟨U+2066⟩x⟨U+2069⟩"),
        ("\u200e\u200f\u061c", "⟨U+200E⟩⟨U+200F⟩⟨U+061C⟩"),
        ("pay\u200bpal", "pay⟨U+200B⟩pal"),
        ("\ufeff", "⟨U+FEFF⟩"),
        ("a\u2028b\u2029", "a⟨U+2028⟩b⟨U+2029⟩"),
        ("\U000e0041", "⟨U+E0041⟩"),
        ("\ue000", "⟨U+E000⟩"),
        ("\udc80", "⟨U+DC80⟩"),
    ],
    ids=ascii,
)
def test_no_unseen_character_is_left(text: str, seen: str) -> None:
    assert visible(text) == seen
    seen.encode()  # what is left can be sent


@pytest.mark.parametrize(
    ("length", "limit", "cut"), [(9, 10, 9), (10, 10, 10), (11, 10, 10), (1_000_000, 10, 10), (5, 1, 1)]
)
def test_a_long_text_is_cut_and_says_so(length: int, limit: int, cut: int) -> None:
    told = visible("x" * length, limit)
    assert len(told) == cut
    assert told.endswith("…") is (length > limit)


@pytest.mark.parametrize("url", ["http://a.example", "https://a.example:8080/x?y=<&z#f", "https://bücher.example/ü"])
def test_a_plain_web_address_may_be_followed(url: str) -> None:
    assert safe_link(url) == url


@pytest.mark.parametrize(
    "url",
    [
        None, "", "/path", "//a.example/", "a.example", "http:", "http://", "https:///x", "http:a.example",
        "javascript:alert(1)", "JAVASCRIPT:alert(1)", "java\tscript:alert(1)", "javascript://a.example/%0aalert(1)",
        "data:text/html,<b>", "vbscript:x", "file:///etc/passwd", "ftp://a.example/", "blob:https://a.example/x",
        " https://a.example", "https://a.example/ x", "https://a.example\n", "\x01https://a.example",
        "https://a.example/\u202e", "https://a.example\u00a0/", "https://[", "https://[::1", "https://:80/",
    ],
    ids=ascii,
)  # fmt: skip
def test_nothing_else_may(url: str | None) -> None:
    assert safe_link(url) is None


@pytest.mark.parametrize(
    ("url", "host", "path"),
    [
        ("https://A.example/x/y?z=1#f", "a.example", "/x/y?z=1"),
        ("http://a.example", "a.example", "/"),
        ("http://user:pass@a.example:81/", "a.example", "/"),
        ("https://good.example@evil.example/", "evil.example", "/"),
        ("no address", "no address", "no address"),
        ("https://[", "https://[", "https://["),
        ("", "", "/"),
    ],
)
def test_host_and_path_are_read_and_broken_addresses_are_shown_whole(url: str, host: str, path: str) -> None:
    assert (host_of(url), path_of(url)) == (host, path)


@pytest.mark.parametrize(
    ("text", "part", "marked"),
    [
        ("he links to Alpha here", "Alpha", Marked("he links to ", "Alpha", " here")),
        ("he links to ALPHA here", "alpha", Marked("he links to ", "ALPHA", " here")),
        ("spread \n over  lines", "over lines", Marked("spread ", "over lines")),
        ("one", None, Marked("one")),
        ("one", "  ", Marked("one")),
        ("one", "two", Marked("one")),
        ("a\u202eb c", "b", Marked("a⟨U+202E⟩", "b", " c")),
        ("<b>x</b>", "x", Marked("<b>", "x", "</b>")),
    ],
    ids=ascii,
)
def test_a_part_is_marked(text: str, part: str | None, marked: Marked) -> None:
    assert mark(text, part) == marked


def test_a_long_text_is_cut_around_its_part() -> None:
    told = mark("before " * 500 + "here" + " after" * 500, "here", 100)
    assert told.marked == "here"
    assert told.before.startswith("…")
    assert told.after.endswith("…")
    assert len(told.before + told.marked + told.after) <= 102
    assert mark("w" * 1000, "w" * 400, 300) == Marked("w" * 299 + "…")
