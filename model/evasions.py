"""How a spammer would disguise a linkback, to measure what that takes from the model.

Kept apart from `augment`, and harsher: a model must not be measured with the disguises that it was trained on.
"""

import random
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from model.sample import Sample

_WORD: Final = re.compile(r"[A-Za-z]{4,}")
_LOOKALIKES: Final = str.maketrans("aceijopsvxyABEHIKMNOPTXYZ", "аϲеіјорѕѵхуΑВЕНΙΚΜΝОРТХΥΖ")
_LEET: Final = str.maketrans("aeiostAEIOST", "431057431057")

_PROSE: Final = (
    "the morning was quiet and the kettle took its time while I looked through the notes from last week",
    "we walked along the river until the path ended and then went back by the old road past the school",
    "my neighbour keeps bees and gave us a jar of honey which we ate with bread that evening on the steps",
    "the library has moved its reading room to the first floor where the light is better in the afternoon",
    "I had forgotten how long it takes to sand a table by hand but the grain came out beautifully in the end",
    "after the concert somebody asked about the second piece and nobody could remember who had written it",
    "the children built a dam across the brook and the whole meadow was under water by the time we noticed",
    "in her letter she describes the winter of that year and how the trains stood still for almost a month",
    "there is a small mistake in the table on page nine which the author has corrected in the later edition",
    "he taught mathematics for thirty years and still could not add up a bill without using his fingers",
    "the tomatoes did poorly this summer because of the rain though the beans made up for some of it",
    "our choir meets on Tuesdays in the hall behind the church and new voices are always welcome there",
)
_TITLES: Final = (
    *("A walk along the river", "Notes from the garden in June", "What I read last winter", "On teaching fractions"),
    *("Repairing an old radio", "Three days in the mountains", "Bread without a recipe", "Letters from my aunt"),
)
_NAMES: Final = (
    *("Slow afternoons", "The reading room", "Marginal notes", "A house by the sea", "Thursday's child"),
    *("Paper and string", "Somewhere up north", "The long table"),
)

Evasion = Callable[[Sample, random.Random], Sample]


def _of_words(trick: Callable[[str], str]) -> Evasion:
    def disguise(sample: Sample, _dice: random.Random) -> Sample:
        def told(text: str | None) -> str | None:
            return text and _WORD.sub(lambda match: trick(match[0]), text)

        return replace(sample, title=told(sample.title), excerpt=told(sample.excerpt), blog_name=told(sample.blog_name))

    return disguise


def _padded(sample: Sample, dice: random.Random) -> Sample:
    words = " ".join(dice.sample(_PROSE, len(_PROSE))).split()[:200]
    return replace(sample, excerpt=f"{sample.excerpt or ''} {' '.join(words)}")


def _dressed(sample: Sample, dice: random.Random) -> Sample:
    return replace(sample, title=dice.choice(_TITLES), blog_name=dice.choice(_NAMES))


EVASIONS: Final[dict[str, Evasion]] = {
    "blog name blanked": lambda sample, _dice: replace(sample, blog_name=None),
    "homoglyphs": _of_words(lambda word: word.translate(_LOOKALIKES)),
    "zero-width": _of_words("\u200b".join),
    "full-width": _of_words(lambda word: "".join(chr(ord(char) + 0xFEE0) for char in word)),
    "leetspeak": _of_words(lambda word: word.translate(_LEET)),
    "mixed case": _of_words(
        lambda word: "".join(char.upper() if number % 2 else char.lower() for number, char in enumerate(word))
    ),
    "split words": _of_words(lambda word: f"{word[: len(word) // 2]} {word[len(word) // 2 :]}"),
    "200 honest words": _padded,
    "honest title and name": _dressed,
}
"""By name; each changes spam only and leaves its address alone. "blog name blanked" is for both classes."""


def evade(name: str, sample: Sample, seed: int = 1) -> Sample:
    """`sample` in one of the disguises of `EVASIONS`, the same for the same sample and seed."""
    dice = random.Random(f"{seed} {name} {sample.id} {sample.url}")  # noqa: S311 -- reproducible on purpose
    return EVASIONS[name](sample, dice)
