"""Words that nobody could say ("rtxvbnq"): programs make them up to see what a site lets through. A few stand in honest
texts too, and so one alone says little; a text that is made of them speaks for itself."""

import re
from collections.abc import Iterable
from typing import Final

from model.features import Signs, steps
from model.view import View

UNSAYABLE: Final = re.compile(r"[bcdfghjklmnpqrstvwxz]{5,}")
_WORD: Final = re.compile(r"[^\W\d_]+")
_LINK: Final = re.compile(r"\S*(?:://|www\.)\S+")
_ONE_SOUND: Final = re.compile("t?sch|[cgpst]h|ck|ng|[scr]z")  # "Wirtschaft" and "Deutschland" can be said
_VOWEL: Final = re.compile("[aeiouy]")
_ABBREVIATION: Final = 6  # letters without a vowel: "xhtml" is read one by one
_WHOLE_TEXT: Final = 40  # letters of a word that no language has

_WORDS: Final = steps("words", (1, 2, 4))
_SHARE: Final = steps("share", (0.25, 0.6))


def _unsayable(view: View) -> tuple[set[str], int]:
    """The excerpt's different words that nobody could say, and how many letters all its different words have."""
    text = view.excerpt.folded.text
    if not UNSAYABLE.search(text):
        return set(), 0
    words = set(_WORD.findall(_LINK.sub(" ", text)))
    return {word for word in words if _is_unsayable(word)}, sum(map(len, words))


def _is_unsayable(word: str) -> bool:
    if len(word) <= _ABBREVIATION and not _VOWEL.search(word):
        return False
    return bool(UNSAYABLE.search(word)) and bool(UNSAYABLE.search(_ONE_SOUND.sub("t", word)))


def _count(view: View) -> Iterable[str]:
    return _WORDS(len(_unsayable(view)[0]))


def _share(view: View) -> Iterable[str]:
    found, letters = _unsayable(view)
    if len(found) > 1 or any(len(word) >= _WHOLE_TEXT for word in found):
        return _SHARE(sum(map(len, found)) / letters)
    return ()


FEATURES: Final = (
    Signs("gibberish.words", _count, {"words": "at least {} words of the excerpt cannot be pronounced"}),
    Signs(
        "gibberish",
        _share,
        {"share": "at least {} % of the excerpt's letters are in words that cannot be pronounced"},
        scale=0.6,
    ),
)
