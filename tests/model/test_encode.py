"""From a view to named amounts."""

from math import sqrt

import pytest

from model.encode import encode, feature_of, letters_of, mended, norm, pairs_of, reading
from model.sample import Sample
from model.view import read


@pytest.mark.parametrize(
    ("words", "whole"),
    [
        (("play", "cas", "ino", "now"), ("play", "casino", "now")),
        (("ca", "si", "no"), ("casino",)),
        (("cas", "ino", "cas", "ino"), ("casino", "casino")),
        (("cas", "ino", "casino"), ("casino", "casino")),
        (("po", "ker"), ("poker",)),
        (("sl", "ot"), ("slot",)),
        (("a", "b"), ("a", "b")),
        (("casino",), ("casino",)),
        (("cas", "other"), ("cas", "other")),
        (("out", "let"), ("out", "let")),
        (("h2", "o"), ("h2", "o")),
        ((), ()),
    ],
)
def test_broken_words_are_mended(words: tuple[str, ...], whole: tuple[str, ...]) -> None:
    """Only into words that are known, of pieces that are not all known by themselves."""
    assert mended(words, {"casino", "poker", "slot", "ab", "outlet", "out", "let", "h2o"}) == whole


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
    """In order."""
    assert list(pairs_of(("a", "b", "a"))) == ["a b", "b a"]


def test_amounts_of_a_field_are_as_promised() -> None:
    """Of two different words each word and each pair has 1/√4 times the scale; letters share one such part."""
    amounts = encode(read(Sample(url="", title="cas uno cas"), {}), {})
    assert amounts["title:words"] == dict.fromkeys(("cas", "uno", "cas uno", "uno cas"), 2 * norm(2))
    assert norm(2) == 0.5
    assert amounts["title:letters"] == pytest.approx(
        dict.fromkeys((*letters_of("cas"), *letters_of("uno")), 0.5 / sqrt(6))
    )


def test_a_broken_word_says_what_it_said_in_one_piece() -> None:
    """Word, pairs and letters, and the others no less."""
    known = {"title:words": {"casino"}}
    whole, broken = (encode(read(Sample(url="", title=title), {}), known) for title in ("my casino", "my cas-ino"))
    assert broken["title:words"] == whole["title:words"]
    assert broken["title:letters"] == whole["title:letters"]


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
