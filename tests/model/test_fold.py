"""Folding undoes disguises and leaves honest texts readable."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.fold import HEAD_CHARS, fold, unicode_confusables

TABLE = unicode_confusables()


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("Cheap Things", "cheap things"),
        ("cаsіno", "casino"),
        ("ϲasinoϹ", "casinoc"),
        ("ｃａｓｉｎｏ", "casino"),
        ("𝓬𝓪𝓼𝓲𝓷𝓸 ᴄᴀꜱɪɴᴏ ⓒⓐⓢⓘⓝⓞ", "casino casino casino"),
        ("ca\u200bsi\u00adno", "casino"),
        ("c a s i n o", "casino"),
        ("c.a.s.i.n.o bonus", "casino bonus"),
        ("c4s1n0 p@yday", "casino payday"),
        ("c%41asino", "casino"),
        ("Tom &amp;amp; Jerry", "tom & jerry"),
        ("<b>bold</b> [url=http://a.example]x[/url]", "bold x"),
        ("[…] middle [&#8230;]", "middle"),
        ("café", "cafe"),
        ("Привет всем", "привет всем"),
        ("おはよう 한국어", "おはよう 한국어"),
        ("the 14th, 35mm, h264, mp3, 7s", "the 14th, 35mm, h264, mp3, 7s"),
    ],
)
def test_what_is_read(raw: str, text: str) -> None:
    """The folded text."""
    assert " ".join(fold(raw, TABLE).text.split()) == text


@pytest.mark.parametrize(
    ("raw", "count", "number"),
    [
        ("cаsіno", "lookalikes", 2),
        ("ϲasino", "lookalikes", 1),
        ("Привет всем", "lookalikes", 0),
        ("ca\u200bsi\u200bno", "hidden", 2),
        ("👩\u200d💻 می\u200cخواهم", "hidden", 0),
        ("ｃａｓｉｎｏ", "compatibility", 6),
        ("“quotes” … ﬁne", "compatibility", 0),
        ("c4s1n0", "digits", 1),
        ("c a s i n o", "apart", 1),
        ("%41 %42", "octets", 2),
    ],
)
def test_what_was_undone_is_counted(raw: str, count: str, number: int) -> None:
    """Disguises count; emoji, other scripts and typography do not."""
    assert getattr(fold(raw, TABLE), count) == number


@given(st.text(max_size=300))
def test_anything_can_be_folded(raw: str) -> None:
    """No text breaks folding, and no more than a bounded head comes out."""
    folded = fold(raw, TABLE)
    assert len(folded.text) <= 20 * HEAD_CHARS
    assert folded == fold(raw, TABLE)


def test_the_table_is_unicode_s() -> None:
    """Letters of other alphabets that look Latin, no letter that does not, and no ASCII."""
    assert [TABLE.get(char) for char in "аеорсхіѕΑɡᴄ"] == list("aeopcxisAgc")
    assert not any(char.isascii() for char in TABLE)
    assert "ж" not in TABLE
