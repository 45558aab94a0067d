"""What is looked at, one file for each kind of thing. A new file here is a new feature: it is found by itself.

A file names its `FEATURES`, a tuple of two sorts: `Words` (the words of one field, with their pairs and the letters
inside them) and `Signs` (short facts, "links≥3" or "tld=example"). Both give the names of what is there; how much each
name weighs is learnt. A number becomes the steps that it reaches, so that no number, however large, decides alone.
"""

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from model.view import View

STEP: Final = "≥"


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one field. `says` tells a person of one word; `scale` is how far its words may be believed
    (smaller is less), `letters` the same for parts of words, 0 for none."""

    name: str
    read: Callable[[View], tuple[str, ...]]
    says: str
    scale: float = 1.0
    letters: float = 0.5


@dataclass(frozen=True, slots=True)
class Signs:
    """Short facts. `says` gives for each fact's name (before "≥" or "=") a sentence with room for its value."""

    name: str
    read: Callable[[View], Iterable[str]]
    says: Mapping[str, str]
    scale: float = 0.1


Feature = Words | Signs


def steps(name: str, bounds: tuple[float, ...]) -> Callable[[float], list[str]]:
    """A function from a number to the steps it reaches: with bounds 1 and 4, 5 gives ["name≥1", "name≥4"]."""
    tokens = [(bound, f"{name}{STEP}{bound:g}") for bound in bounds]

    def reached(value: float) -> list[str]:
        return [token for bound, token in tokens if value >= bound]

    return reached


@lru_cache(maxsize=1)
def all_features() -> tuple[Feature, ...]:
    """Every feature of every file here, by file name and then in the file's order."""
    found: list[Feature] = []
    for module in sorted(pkgutil.iter_modules(__path__), key=lambda module: module.name):
        found.extend(importlib.import_module(f"{__name__}.{module.name}").FEATURES)
    return tuple(found)
