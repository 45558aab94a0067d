"""The look of the texts, whatever their words."""

from collections.abc import Callable

import pytest

from model.sample import Sample

Case = tuple[Sample, set[str], set[str]]
CASES: dict[str, Case] = {
    "links": (
        Sample(url="", excerpt="see http://a.example https://b.example"),
        {"links≥2"},
        {"starts-with-link", "links≥3"},
    ),
    "a link first": (Sample(url="", excerpt="HTTP://a.example is it"), {"links≥1", "starts-with-link"}, {"starts-low"}),
    "links in markup": (Sample(url="", excerpt='See <a href="x">y</a>'), {"markup"}, {"links≥1", "starts-low"}),
    "exclamation marks": (Sample(url="", excerpt="Now!!"), {"exclamations≥1"}, {"exclamations≥3"}),
    "capitals": (Sample(url="", excerpt="BUY Now"), {"capitals≥0.3"}, set()),
    "a capital at the start": (
        Sample(url="", excerpt="Walking along the river"),
        set(),
        {"capitals≥0.06", "starts-low"},
    ),
    "the same word again": (Sample(url="", excerpt="buy buy buy buy buy now"), {"repeated≥2.5"}, set()),
    "too few words to repeat": (Sample(url="", excerpt="buy buy"), set(), {"repeated≥1.3"}),
    "a telephone number": (Sample(url="", excerpt="Call us on +1 234 567 8901 now"), {"digits≥0.1", "phone"}, set()),
    "a year is no telephone number": (
        Sample(url="", excerpt="It was in 1999, or in 2001 perhaps"),
        set(),
        {"money", "phone"},
    ),
    "a price": (Sample(url="", excerpt="For $5 only"), {"money"}, set()),
    "a currency without a number": (Sample(url="", excerpt="It costs $ and time"), set(), {"money"}),
    "a mail address": (Sample(url="", excerpt="Write to joe.doe@mail.example"), {"mail"}, set()),
    "an at sign alone": (Sample(url="", excerpt="Meet @ noon"), set(), {"mail"}),
    "questions": (Sample(url="", excerpt="Why? Who? What?"), {"questions"}, set()),
    "one question": (Sample(url="", excerpt="Why not? I said."), set(), {"questions"}),
    "a word that no language has": (Sample(url="", excerpt="x" * 31), {"longest-word≥30"}, set()),
    "a long word": (Sample(url="", excerpt="Internationalisierungen"), {"longest-word≥20"}, {"longest-word≥30"}),
    "spaces in the middle": (Sample(url="", excerpt="this  is \r\nit"), {"odd-spaces"}, set()),
    "two spaces after a sentence": (Sample(url="", excerpt="It is.  So it is.\r\nYes"), set(), {"odd-spaces"}),
    "emoji": (Sample(url="", excerpt="Fun 😀😀😀😀"), {"emoji≥4"}, set()),
    "the middle of a sentence": (Sample(url="", excerpt="and so on"), {"starts-low"}, set()),
    "a title in small letters": (Sample(url="", title="cheap things here"), {"title-lower"}, {"title-each-capital"}),
    "a title in headline style": (
        Sample(url="", title="Cheap Things Here | Shop"),
        {"title-parts", "title-each-capital"},
        {"title-lower", "title-capitals"},
    ),
    "a title in capitals": (Sample(url="", title="CHEAP THINGS"), {"title-capitals"}, {"title-parts"}),
    "a title with a price": (
        Sample(url="", title="50% off!"),
        {"title-digits≥1", "title-money", "title-end=!"},
        {"title-end=?", "title-digits≥4"},
    ),
    "a title of question marks": (Sample(url="", title="???? ????"), {"title-lost"}, {"title-picture"}),
    "a title that asks": (Sample(url="", title="Why??"), {"title-end=?"}, {"title-lost"}),
    "a title with pictures": (Sample(url="", title="★ win ★"), {"title-picture"}, {"title-money"}),
    "a name in small letters": (Sample(url="", blog_name="small things"), {"name-lower"}, set()),
    "a name as names are": (Sample(url="", blog_name="Small things"), set(), {"name-lower"}),
    "nothing": (Sample(url=""), set(), {"title-lower", "name-lower", "title-end=", "starts-low"}),
}


@pytest.mark.parametrize("case", CASES)
def test_what_a_text_looks_like(case: str, signs_of: Callable[[str, Sample], set[str]]) -> None:
    """What is there is said, what is not is not."""
    sample, there, absent = CASES[case]
    found = signs_of("structure", sample)
    assert there <= found
    assert not absent & found
