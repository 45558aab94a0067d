"""Text becomes what WordPress stores."""

import time

import pytest

from proxy.wire.plain_text import cut_bytes, excerpt, plain_text, without_octets

TEXTS = [
    ("plain", "a b", "a b"),
    ("tags go, their text stays", "<a href='x'>buy</a> <b>now</b>", "buy now"),
    ("scripts go with their text", "a<script type='x'>alert(1)</script>b", "ab"),
    ("styles too, in any case", "a<STYLE>p{}</Style >b</style>c", "ac"),
    ("a script that never ends is a tag", "a<script>b", "ab"),
    ("comments go", "a<!-- <b> x -->b", "ab"),
    ("a > in quotes does not end a tag", "<a title='>'>b", "b"),
    ("tags in tags", "a<b<c>>d", "ad"),
    ("a tag that never ends takes the rest", "a <b", "a"),
    ("a lone < stays", "a < b", "a < b"),
    ("what is left over is looked at again", "<<x>script>a", "a"),
    ("a < before an odd blank opens a tag", "a <\u2003b", "a"),
    ("a < at the end goes", "a < ", "a"),
    ("white space is folded", " a \n\t\r b ", "a b"),
    ("control characters go", "a\x00b\x1b\x7f", "ab"),
    ("entities stay", "a &lt;b&gt; &amp; c", "a &lt;b&gt; &amp; c"),
]


@pytest.mark.parametrize(("text", "plain"), [row[1:] for row in TEXTS], ids=[row[0] for row in TEXTS])
def test_plain(text: str, plain: str) -> None:
    assert plain_text(text) == plain


def test_plain_text_is_plain_for_good() -> None:
    for text in ("<" * 30 + "x>" * 30, "<a<!--b-->c>", "<scr<script></script>ipt>x</script>"):
        assert plain_text(plain_text(text)) == plain_text(text)


CUTS = [
    ("short", "abc", "abc"),
    ("just fits", "x" * 10, "x" * 10),
    ("too long", "x" * 11, "x" * 10 + "…"),
    ("half an entity goes", "abcdefg&amp;x", "abcdefg…"),
    ("a blank at the cut goes", "abcdefghi jkl", "abcdefghi…"),
    ("tags do not count", "<b>" * 20 + "abc", "abc"),
]


@pytest.mark.parametrize(("text", "cut"), [row[1:] for row in CUTS], ids=[row[0] for row in CUTS])
def test_cut_to_ten(text: str, cut: str) -> None:
    assert excerpt(text, 10) == cut


def test_bytes_are_cut_at_a_whole_character() -> None:
    assert cut_bytes("aé" * 100, 255) == "aé" * 85
    assert cut_bytes("é" * 200, 255) == "é" * 127


OCTETS = [
    ("none", "100 % sure", "100 % sure"),
    ("inside a word", "vi%41agra", "viagra"),
    ("capitals or not", "%4a%4Ax", "x"),
    ("what is left is looked at again", "vi%%41%41agra", "vi%agra"),
    ("down to nothing", "%%2541%4%411", ""),
    ("blanks are folded after it", "a %41 b%20", "a b"),
    ("blanks stay where there is none", "a  b", "a  b"),
]


@pytest.mark.parametrize(("text", "left"), [row[1:] for row in OCTETS], ids=[row[0] for row in OCTETS])
def test_octets(text: str, left: str) -> None:
    assert without_octets(text) == left


HOSTILE = [
    "<" * 300_000,
    "<script>" * 100_000,
    "<script" * 100_000 + "></style><style>" * 9,
    "<!--" * 200_000,
    "<a '" * 200_000,
    "<>" * 300_000,
    "%4" * 300_000 + "1" * 300_000,
]


@pytest.mark.parametrize("text", HOSTILE, ids=["open", "script", "half", "comment", "quote", "empty", "octets"])
def test_hostile_text_takes_linear_time(text: str) -> None:
    start = time.process_time()
    without_octets(plain_text(text))
    assert time.process_time() - start < 5
