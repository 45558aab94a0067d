"""Words drawn by lot ("GTq6x8bPq"): programs stick them to titles, texts and addresses, so that no two are the same."""

import re
from collections.abc import Iterable
from typing import Final

from model.features import Signs, steps
from model.view import View

# A letter beside a digit, or a capital after a small letter; looked for from what is rare in a text.
_MIXED: Final = re.compile("[A-Z0-9](?:(?<=[a-z].)|(?<=[0-9])(?=[A-Za-z])|(?<=[A-Z])(?=[0-9]))")
_WORD: Final = re.compile("[A-Za-z0-9]{5,40}")
_TURN: Final = re.compile("(?<=[a-z])(?=[A-Z0-9])|(?<=[0-9])(?=[A-Za-z])|(?<=[A-Z])(?=[0-9])")
_LINK: Final = re.compile(r"\S*(?:://|www\.)\S+")
_TURNS: Final = 3  # "iPhone6" and "mp3" have fewer

_TITLE: Final = steps("title", (1,))
_EXCERPT: Final = steps("excerpt", (1, 3))
_PATH: Final = steps("path", (1, 2))


def _drawn(text: str) -> int:
    """How many words turn from small to capital letters or digits and back, time and again."""
    return sum(len(_TURN.findall(word)) >= _TURNS for word in _WORD.findall(text))


def _signs(view: View) -> Iterable[str]:
    title, excerpt, path = view.title.folded.plain, view.excerpt.folded.plain, view.address.path
    if not _MIXED.search(f"{title} {excerpt} {path}"):
        return
    yield from _TITLE(_drawn(title))
    if "://" in excerpt or "www." in excerpt:  # an address may hold anything
        excerpt = _LINK.sub(" ", excerpt)
    yield from _EXCERPT(_drawn(excerpt))
    yield from _PATH(_drawn(path))


FEATURES: Final = (
    Signs(
        "drawn",
        _signs,
        {
            "title": "the title holds at least {} words drawn by lot",
            "excerpt": "the excerpt holds at least {} words drawn by lot",
            "path": "the path holds at least {} words drawn by lot",
        },
    ),
)
