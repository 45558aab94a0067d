"""What else a sample might have looked like: the same linkback with a field missing, padded, disguised or dressed up.

Training on such variants keeps any one field from deciding alone. Everything is drawn from the sample's own bytes and
a seed, so that the same rows always give the same variants.
"""

import hashlib
import random
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from model.sample import Kind, Label, Sample

_WORD: Final = re.compile(r"[A-Za-z]{4,}")
_HOMOGLYPHS: Final = str.maketrans("aceiopsxyABCEHKMOPTX", "асеіорѕхуАВСЕНКМОРТХ")
_LEET: Final = str.maketrans("aeiost", "431057")
_SPACED: Final = (" ", " ", "-", ".", "_")
# What anybody would believe, besides what the honest ones called theirs: few labels hold few titles.
_TITLES: Final = (
    *(
        "What the frost did to the roses",
        "Moving house, again",
        "A question about old maps",
        "Our first week in school",
    ),
    *("Why I still write letters", "Soup for a cold evening", "The bus that never came", "Thoughts on the new library"),
    *("How we fixed the kitchen door", "Reading list for October", "Two films and a concert", "On being late"),
    *("My grandfather's bicycle", "Some notes after the meeting", "Learning to swim at forty", "Home from the coast"),
    *("Release 2.4 is out", "Trouble with the printer", "An afternoon at the museum", "Snow at last"),
    *("The trouble with surveys", "Photos from the harvest", "What teachers know", "A small victory for the village"),
)
_NAMES: Final = (
    *("Kitchen table notes", "The slow train", "Anna writes", "Field and fence", "Half past seven", "Paul's workbench"),
    *("A year in the hills", "The quiet corner", "Letters home", "Rain on the roof", "Footnotes", "Old maps"),
    *(
        "Second cup of tea",
        "Birds and books",
        "The lighthouse blog",
        "Our allotment",
        "Northern days",
        "Plain thoughts",
    ),
    *("Michael's notebook", "Around the village", "Sunday pages", "Miles to go", "The paper boat", "Window seat"),
)
_DRESSED: Final = 0.03  # more of either finds more forgeries and less of what spam is without them
_DISGUISED: Final = 0.1


@dataclass(frozen=True, slots=True)
class HonestWords:
    """Texts and names of honest samples, to pad and dress up dishonest ones with."""

    excerpts: tuple[str, ...]
    titles: tuple[str, ...]
    names: tuple[str, ...]

    @classmethod
    def of(cls, samples: Iterable[Sample]) -> "HonestWords":
        """What the honest ones among `samples` wrote."""
        honest = [sample for sample in samples if sample.label is Label.HAM]
        return cls(
            tuple(sample.excerpt for sample in honest if sample.excerpt) or ("thank you",),
            tuple(sample.title for sample in honest if sample.title) or ("Notes",),
            tuple(sample.blog_name for sample in honest if sample.blog_name) or ("Notes",),
        )


Change = Callable[[Sample, random.Random, HonestWords], Sample]


def variants(sample: Sample, honest: HonestWords, count: int, seed: int) -> list[Sample]:
    """`count` other forms of `sample`, the same for the same arguments; its label and group stay."""
    made = []
    for number in range(count):
        dice = _dice(seed, number, sample)
        changed = sample
        for change, odds in _CHANGES[sample.label is Label.SPAM]:
            if dice.random() < odds:
                changed = change(changed, dice, honest)
        made.append(changed)
    return made


def forgeries(sample: Sample, honest: HonestWords, seed: int) -> list[tuple[float, Sample]]:
    """How whoever sent a spam sample might send it next, each with how much it counts beside the sample itself: with
    an honest title and name, and in a disguise. None of an honest one."""
    if sample.label is not Label.SPAM:
        return []
    dice = _dice(seed, "forgeries", sample)
    title, name = (dice.choice(dice.choice(pools)) for pools in ((honest.titles, _TITLES), (honest.names, _NAMES)))
    dressed = replace(sample, title=title, blog_name=name)
    return [(_DRESSED, dressed), (_DISGUISED, _disguise(sample, dice, honest))]


def _dice(seed: int, what: object, sample: Sample) -> random.Random:
    key = repr((seed, what, sample.url, sample.title, sample.excerpt, sample.blog_name)).encode()
    return random.Random(hashlib.sha256(key).digest())  # noqa: S311 -- reproducible on purpose


def disguised(text: str | None, dice: random.Random, trick: Callable[[str, random.Random], str]) -> str | None:
    """`text` with `trick` played on each longer word."""
    return text and _WORD.sub(lambda match: trick(match[0], dice), text)


def homoglyphs(word: str, dice: random.Random) -> str:
    """Latin letters replaced by Cyrillic ones that look the same, half of the time."""
    return "".join(char.translate(_HOMOGLYPHS) if dice.random() < 0.5 else char for char in word)


def zero_width(word: str, dice: random.Random) -> str:
    """A zero-width space somewhere inside."""
    return _cut(word, "\u200b", dice)


def full_width(word: str, _dice: random.Random) -> str:
    """Every letter full-width."""
    return "".join(chr(ord(char) + 0xFEE0) for char in word)


def leet(word: str, dice: random.Random) -> str:
    """Digits for letters, most of the time."""
    return "".join(char.translate(_LEET) if dice.random() < 0.7 else char for char in word)


def mixed_case(word: str, dice: random.Random) -> str:
    """Each letter large or small by chance."""
    return "".join(char.upper() if dice.random() < 0.5 else char.lower() for char in word)


def split(word: str, dice: random.Random) -> str:
    """A space, dot, hyphen or underscore somewhere inside."""
    return _cut(word, dice.choice(_SPACED), dice)


def _cut(word: str, by: str, dice: random.Random) -> str:
    place = dice.randint(1, len(word) - 1)
    return word[:place] + by + word[place:]


TRICKS: Final = (homoglyphs, zero_width, full_width, leet, mixed_case, split)


def _disguise(sample: Sample, dice: random.Random, _honest: HonestWords) -> Sample:
    trick = dice.choice(TRICKS)
    return replace(
        sample,
        title=disguised(sample.title, dice, trick),
        excerpt=disguised(sample.excerpt, dice, trick),
        blog_name=disguised(sample.blog_name, dice, trick),
    )


def _pad(sample: Sample, dice: random.Random, honest: HonestWords) -> Sample:
    padding = " ".join(dice.choice(honest.excerpts) for _ in range(dice.randint(1, 3)))
    own = sample.excerpt or ""
    return replace(sample, excerpt=f"{own} {padding}" if dice.random() < 0.6 else f"{padding} {own}")


def _dress_up(sample: Sample, dice: random.Random, honest: HonestWords) -> Sample:
    name = sample.blog_name if sample.kind is Kind.PINGBACK else dice.choice(honest.names)
    title = dice.choice(honest.titles) if dice.random() < 0.8 else sample.title
    return replace(sample, title=title, blog_name=name)


def _unnamed(sample: Sample, _dice: random.Random, _honest: HonestWords) -> Sample:
    return replace(sample, blog_name=None)


def _untitled(sample: Sample, _dice: random.Random, _honest: HonestWords) -> Sample:
    return replace(sample, title=None)


def _title_for_name(sample: Sample, _dice: random.Random, _honest: HonestWords) -> Sample:
    return replace(sample, blog_name=sample.title or sample.blog_name)


def _name_for_title(sample: Sample, _dice: random.Random, _honest: HonestWords) -> Sample:
    return replace(sample, title=sample.blog_name or sample.title)


def _as_pingback(sample: Sample, _dice: random.Random, _honest: HonestWords) -> Sample:
    if sample.kind is not Kind.TRACKBACK or not sample.blog_name:
        return sample
    parts = (sample.title, sample.blog_name) if sample.title else (sample.blog_name,)
    return replace(sample, kind=Kind.PINGBACK, title=" | ".join(parts), blog_name=None)


def _shorten(sample: Sample, dice: random.Random, _honest: HonestWords) -> Sample:
    words = (sample.excerpt or "").split()
    if len(words) < 4:
        return sample
    size = dice.choice((1, 2, 4, 8, 16))
    start = dice.randint(0, max(0, len(words) - size))
    return replace(sample, excerpt=" ".join(words[start : start + size]))


def _unseen(sample: Sample, _dice: random.Random, _honest: HonestWords) -> Sample:
    return replace(sample, evidence=None)


def _unaddressed(sample: Sample, _dice: random.Random, _honest: HonestWords) -> Sample:
    return replace(sample, url="")


# Odds of each change, in the order they are made: for honest samples, and for spam. Honest ones are not padded or
# dressed up, but everything that merely happens (a missing field, a short text) happens to both alike.
_COMMON: Final[Sequence[tuple[Change, float]]] = (
    (_unseen, 0.5),
    (_as_pingback, 0.2),
    (_unnamed, 0.3),
    (_untitled, 0.12),
    (_shorten, 0.2),
    (_unaddressed, 0.05),
)
_CHANGES: Final[tuple[Sequence[tuple[Change, float]], Sequence[tuple[Change, float]]]] = (
    (*_COMMON, (_title_for_name, 0.08), (_name_for_title, 0.06), (_disguise, 0.04)),
    (*_COMMON, (_dress_up, 0.4), (_pad, 0.25), (_disguise, 0.35)),
)
