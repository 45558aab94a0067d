"""From a view to named amounts."""

from math import sqrt

import pytest

from model.encode import encode, feature_of, letters_of, mended, norm, pairs_of, reading
from model.sample import Sample
from model.view import read


@pytest.mark.parametrize(
    ("words", "whole"),
    [
        (("cas", "ino"), ["casino"]),
        (("ca", "si", "no"), ["casino"]),
        (("casino",), []),
        (("cas", "ino", "casino"), []),
        (("cas", "other"), []),
        (("a", "b"), []),
    ],
)
def test_broken_words_are_mended(words: tuple[str, ...], whole: list[str]) -> None:
    """Only into words that are known and do not stand there in one piece."""
    assert list(mended(words, {"casino", "ab"})) == whole


@pytest.mark.parametrize(
    ("word", "runs"),
    [
        ("abc", ("<ab", "abc", "bc>", "<abc", "abc>", "<abc>")),
        ("ab", ("<ab", "ab>", "<ab>")),
        ("a", ()),
        ("", ()),
    ],
)
def test_the_letters_inside_a_word(word: str, runs: tuple[str, ...]) -> None:
    """Runs of three to five with the word's ends marked."""
    assert letters_of(word) == runs


def test_a_run_that_repeats_itself_counts_once() -> None:
    """So that no word is heavier for stuttering."""
    assert letters_of("aaaaaaaa").count("aaa") == 1


def test_neighbours_are_pairs() -> None:
    """In order, each once."""
    assert list(pairs_of(("a", "b", "a", "b"))) == ["a b", "b a"]


def test_amounts_of_a_field_are_as_promised() -> None:
    """Of two different words each word, pair and mended word has 1/√4 times the scale; letters share one such part."""
    amounts = encode(read(Sample(url="", title="cas ino cas"), {}), {"title:words": {"casino"}})
    assert amounts["title:words"] == dict.fromkeys(("cas", "ino", "cas ino", "ino cas", "casino"), 2 * norm(2))
    assert norm(2) == 0.5
    assert amounts["title:letters"] == pytest.approx(
        dict.fromkeys((*letters_of("cas"), *letters_of("ino")), 0.5 / sqrt(6))
    )


def test_a_word_of_a_short_title_says_more() -> None:
    """Than the same word of a long one."""
    short, long = (
        encode(read(Sample(url="", title=title), {}), {})["title:words"]["casino"]
        for title in ("casino", "casino and many other words")
    )
    assert short > long > 0


def test_absent_fields_have_no_amounts() -> None:
    """Of an empty sample nothing is said but how it came, and that it leads nowhere."""
    said = {block: amounts for block, amounts in encode(read(Sample(url=""), {}), {}).items() if amounts}
    assert said.keys() == {"kind:signs"}
    assert said["kind:signs"].keys() == {"kind=other", "leads-nowhere"}


def test_a_block_belongs_to_its_feature() -> None:
    """And one that none has is an error."""
    assert feature_of("title:letters").name == "title"
    assert feature_of("host.shape:signs").name == "host.shape"
    with pytest.raises(KeyError):
        feature_of("title:signs")


def test_reading_is_a_digest() -> None:
    """Sixteen hex digits."""
    assert len(reading()) == 16
    assert int(reading(), 16)
