"""How much there is of each text. Honest ones come in every length too, so this is believed little."""

from collections.abc import Iterable
from typing import Final

from model.features import Signs, steps
from model.view import View

_TITLE_WORDS: Final = steps("title-words", (1, 2, 3, 5, 8, 13))
_TITLE_CHARS: Final = steps("title-chars", (60, 100))
_EXCERPT_WORDS: Final = steps("excerpt-words", (1, 2, 4, 8, 15, 30))
_NAME_WORDS: Final = steps("name-words", (1, 3, 5))


def _signs(view: View) -> Iterable[str]:
    yield from _TITLE_WORDS(len(view.title.words))
    yield from _TITLE_CHARS(len(view.title.folded.plain))
    yield from _EXCERPT_WORDS(len(view.excerpt.words))
    yield from _NAME_WORDS(len(view.blog_name.words))


FEATURES: Final = (
    Signs(
        "lengths",
        _signs,
        {
            "title-words": "the title has at least {} words",
            "title-chars": "the title has at least {} characters",
            "excerpt-words": "the excerpt has at least {} words",
            "name-words": "the blog's name has at least {} words",
        },
        scale=0.03,
    ),
)
