"""A sample as every feature sees it."""

import pytest

from model.sample import PageEvidence, Sample
from model.view import EMPTY, read, read_text, words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("two words", ("two", "words")),
        ("under_score, don't!", ("under", "score", "don", "t")),
        ("東京 abc", ("東", "京", "abc")),
        ("ไทย", ("ไ", "ท", "ย")),
        ("한국어 слово", ("한국어", "слово")),
        ("a" * 30, ("a" * 24, "a" * 6)),
        ("… !", ()),
        ("", ()),
    ],
)
def test_words_of_a_text(text: str, words: tuple[str, ...]) -> None:
    """Scripts without spaces are read character by character."""
    assert words_of(text) == words


def test_words_have_an_end() -> None:
    """However long the text is."""
    assert len(words_of("a " * 500)) == 90


@pytest.mark.parametrize("raw", [None, ""])
def test_what_is_absent_has_no_words(raw: str | None) -> None:
    """And is not there."""
    text = read_text(raw, {})
    assert text == EMPTY
    assert not text


def test_a_text_is_folded_before_it_is_split() -> None:
    """With the table that is given."""
    assert read_text("Cаsino&amp;Co", {"а": "a"}).words == ("casino", "co")
    assert read_text("Cаsino", {}).words == ("cаsino",)


@pytest.mark.parametrize(
    ("evidence", "words"),
    [
        (None, ()),
        (PageEvidence(status=200), ()),
        (PageEvidence(title="On Bread"), ("on", "bread")),
        (PageEvidence(title="On Bread", excerpt="she writes"), ("on", "bread", "she", "writes")),
    ],
)
def test_the_page_is_its_title_and_the_text_around_its_link(
    evidence: PageEvidence | None, words: tuple[str, ...]
) -> None:
    """As far as either is known."""
    view = read(Sample(url="http://a.example/", title="T", evidence=evidence), {})
    assert view.page.words == words
    assert view.evidence is evidence
    assert (view.title.words, view.address.domain) == (("t",), "a.example")
