"""Variants are what might have been, the same every time, and never another verdict."""

import random
from collections.abc import Callable
from dataclasses import replace

import pytest

from model.augment import (
    TRICKS,
    HonestWords,
    disguised,
    forgeries,
    full_width,
    homoglyphs,
    leet,
    mixed_case,
    split,
    variants,
    zero_width,
)
from model.fold import fold, unicode_confusables
from model.sample import Kind, Label, PageEvidence, Sample

SPAM = Sample(
    url="http://a.example/", kind=Kind.TRACKBACK, title="cheap pills", excerpt="order cheap pills now from our store",
    blog_name="pill store", evidence=PageEvidence(status=200), label=Label.SPAM, group="g",
)  # fmt: skip
HAM = replace(SPAM, label=Label.HAM)
HONEST = HonestWords(("a walk by the river",), ("On walking",), ("Small hours",))


@pytest.mark.parametrize("sample", [SPAM, HAM])
def test_label_and_group_stay(sample: Sample) -> None:
    """Whatever else is changed."""
    made = variants(sample, HONEST, 200, seed=1)
    assert len(made) == 200
    assert {(variant.label, variant.group) for variant in made} == {(sample.label, "g")}
    assert len(set(made)) > 20


def test_the_same_rows_give_the_same_variants() -> None:
    """And another seed gives others; more of them begin as fewer did."""
    assert variants(SPAM, HONEST, 20, seed=1) == variants(SPAM, HONEST, 20, seed=1)
    assert variants(SPAM, HONEST, 20, seed=1) != variants(SPAM, HONEST, 20, seed=2)
    assert variants(SPAM, HONEST, 20, seed=1)[:5] == variants(SPAM, HONEST, 5, seed=1)


def test_each_field_goes_missing_at_times() -> None:
    """So that none decides alone."""
    for sample in (SPAM, HAM):
        made = variants(sample, HONEST, 200, seed=1)
        assert any(variant.title is None for variant in made)
        assert any(variant.blog_name is None for variant in made)
        assert any(variant.evidence is None for variant in made)
        assert any(not variant.url for variant in made)
        assert any(len((variant.excerpt or "").split()) < 7 for variant in made)


def test_only_spam_borrows_honest_words() -> None:
    """Honest samples are not padded or dressed up with those of others."""
    assert any("river" in (variant.excerpt or "") for variant in variants(SPAM, HONEST, 200, seed=1))
    assert any(variant.title == "On walking" for variant in variants(SPAM, HONEST, 200, seed=1))
    for variant in variants(HAM, HONEST, 200, seed=1):
        assert "river" not in (variant.excerpt or "")
        assert "On walking" not in (variant.title or "")
        assert variant.blog_name != "Small hours"


def test_spam_has_forgeries_that_count_little() -> None:
    """Dressed up and disguised, at the same address; the same every time."""
    (dress, dressed), (trick, tricked) = forgeries(SPAM, HONEST, seed=1)
    assert 0 < dress < trick < 0.5
    assert (dressed.title, dressed.blog_name) != (SPAM.title, SPAM.blog_name)
    assert (dressed.excerpt, dressed.url, dressed.label) == (SPAM.excerpt, SPAM.url, Label.SPAM)
    assert (tricked.url, tricked.label, tricked.group) == (SPAM.url, Label.SPAM, "g")
    assert tricked != SPAM
    assert forgeries(SPAM, HONEST, seed=1) == [(dress, dressed), (trick, tricked)]
    assert forgeries(HAM, HONEST, seed=1) == []


def test_honest_words_are_those_of_honest_samples() -> None:
    """Of none at all there is something to say still."""
    assert HonestWords.of([SPAM, replace(HAM, title="Mine")]).titles == ("Mine",)
    empty = HonestWords.of([SPAM])
    assert empty.excerpts
    assert empty.titles
    assert empty.names
    assert "pill" not in repr(empty)


@pytest.mark.parametrize(
    ("trick", "kept"),
    [
        (homoglyphs, lambda word: fold("x" + word, unicode_confusables()).text[1:]),
        (zero_width, lambda word: word.replace("\u200b", "")),
        (full_width, lambda word: fold(word, {}).text),
        (leet, lambda word: word.translate(str.maketrans("431057", "aeiost"))),
        (mixed_case, str.lower),
        (split, lambda word: "".join(filter(str.isalpha, word))),
    ],
)
def test_a_trick_hides_a_word_and_keeps_its_letters(
    trick: Callable[[str, random.Random], str], kept: Callable[[str], str]
) -> None:
    """Whoever undoes it reads what stood there."""
    assert trick in TRICKS
    tricked = {trick("casino", random.Random(seed)) for seed in range(20)}
    assert tricked != {"casino"}
    assert {kept(word) for word in tricked} == {"casino"}


@pytest.mark.parametrize(("text", "told"), [(None, None), ("", ""), ("the inn", "the inn"), ("an éclair", "an é-----")])
def test_only_longer_words_are_disguised(text: str | None, told: str | None) -> None:
    """Of four Latin letters and more."""
    assert disguised(text, random.Random(1), lambda word, _: "-" * len(word)) == told


def test_a_pingback_made_of_an_untitled_trackback_is_called_what_its_blog_is() -> None:
    """The title of a page is its own and the blog's, as far as there is one."""
    made = variants(replace(SPAM, title=None), HONEST, 200, seed=1)
    assert any(variant.kind is Kind.PINGBACK for variant in made)
    assert not any("None" in (variant.title or "") for variant in made)
