"""Words that nobody could say ("rtxvbnq"): programs make them up to see what a site lets through. A few stand in honest
texts too (names, abbreviations, German compounds); a text that is made of them does not."""

import re
from collections.abc import Iterable
from typing import Final

from model.features import Signs, steps
from model.view import View

_UNSAID: Final = re.compile(r"[bcdfghjklmnpqrstvwxz]{5,}")
_FEWEST: Final = 2  # such words; one alone is a name or a compound

_WORDS: Final = steps("words", (1, 2, 4))
_SHARE: Final = steps("share", (0.25, 0.6))


def _unsaid(view: View) -> list[str]:
    """The excerpt's different words that nobody could say: of Latin letters, and no abbreviations."""
    if not _UNSAID.search(view.excerpt.folded.text):
        return []
    longer = (word for word in dict.fromkeys(view.excerpt.words) if len(word) > 4)
    return [word for word in longer if word.isascii() and word.isalpha() and _UNSAID.search(word)]


def _count(view: View) -> Iterable[str]:
    return _WORDS(len(_unsaid(view)))


def _share(view: View) -> Iterable[str]:
    unsaid = _unsaid(view)
    if len(unsaid) < _FEWEST:
        return ()
    return _SHARE(sum(map(len, unsaid)) / sum(map(len, set(view.excerpt.words))))


FEATURES: Final = (
    Signs("gibberish.words", _count, {"words": "at least {} words of the excerpt cannot be pronounced"}),
    Signs(
        "gibberish",
        _share,
        {"share": "at least {} % of the excerpt's letters are in words that cannot be pronounced"},
        scale=0.6,
    ),
)
