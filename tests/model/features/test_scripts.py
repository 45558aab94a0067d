"""Scripts and languages, and whether the fields agree on them."""

from collections.abc import Callable

import pytest

from model.features.scripts import language_of, script_of
from model.sample import Sample
from model.view import read_text

Case = tuple[Sample, set[str], set[str]]
CASES: dict[str, Case] = {
    "scripts differ": (Sample(url="", title="東京", excerpt="all is english here"), {"other-script"}, set()),
    "kana and han are one": (Sample(url="", title="おはよう", excerpt="東京東京"), set(), {"other-script"}),
    "a number has no script": (Sample(url="", title="123", excerpt="東京"), set(), {"other-script"}),
    "languages differ": (
        Sample(url="", title="the end of the story and this", excerpt="und das ist nicht die ganze"),
        {"other-language"},
        {"other-script"},
    ),
    "languages agree": (
        Sample(url="", title="the end of the story and this", excerpt="that is not for you"),
        set(),
        {"other-language"},
    ),
    "an excerpt too short to tell": (
        Sample(url="", title="the end of the story and this", excerpt="ja"),
        set(),
        {"other-language"},
    ),
    "a list of words": (
        Sample(url="", excerpt="alpha beta gamma alpha beta gamma alpha beta gamma alpha beta gamma alpha beta gamma"),
        {"no-little-words"},
        set(),
    ),
    "a sentence": (
        Sample(
            url="", excerpt="alpha beta gamma alpha beta gamma alpha beta gamma alpha beta gamma alpha beta gamma and"
        ),
        set(),
        {"no-little-words"},
    ),
    "a short list proves nothing": (Sample(url="", excerpt="alpha beta gamma"), set(), {"no-little-words"}),
    "other scripts are not asked": (
        Sample(url="", excerpt="один два три один два три один два три один два три один два три "),
        set(),
        {"no-little-words"},
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_fields_in_different_tongues(case: str, signs_of: Callable[[str, Sample], set[str]]) -> None:
    """Only what can be told apart is said to differ."""
    sample, there, absent = CASES[case]
    found = signs_of("scripts", sample)
    assert there <= found
    assert not absent & found


@pytest.mark.parametrize(
    ("text", "script", "language"),
    [
        ("the end of the story", "latin", "en"),
        ("Der Garten ist nicht groß und die Bäume", "latin", "de"),
        ("Le jardin est dans les montagnes", "latin", "fr"),
        ("nie jest dla", "latin", "pl"),
        ("the und", "latin", ""),
        ("the the und und", "latin", ""),
        ("word", "latin", ""),
        ("Привет всем and", "cyrillic", ""),
        ("Καλημέρα", "greek", ""),
        ("مرحبا", "arabic", ""),
        ("おはよう", "kana", ""),
        ("한국어", "hangul", ""),
        ("123 !?", "", ""),
        ("… €", "", ""),
        ("", "", ""),
    ],
)
def test_script_and_language_of_a_text(text: str, script: str, language: str) -> None:
    """The script of most letters; a language only when two of its little words were met and no other has as many."""
    found = read_text(text, {})
    assert (script_of(found), language_of(found)) == (script, language)
