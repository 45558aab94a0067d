"""Languages. The English texts stand in the code and are their own keys; locale/*.po holds the others (gettext)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

_LOCALE = Path(__file__).parent / "locale"
LANGUAGES: Mapping[str, str] = {"en": "English", "de": "Deutsch"}
RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})
_DECIMAL = {"de": (",", ".")}
# An absent translation shows English, which is better than nothing.
Catalog = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Texts:
    """One language. `say` gives a text with its values filled in, `count` the right form for a number."""

    language: str = "en"
    catalog: Catalog = field(default_factory=dict)

    def say(self, message: str, **values: object) -> str:
        """Return *message* in this language; {names} in it stand for *values*."""
        told = self.catalog.get(message, (message,))[0] or message
        return told.format(**values) if values else told

    def count(self, one: str, many: str, n: int, **values: object) -> str:
        """Return the form for *n* things; {n} in it stands for the number."""
        forms = self.catalog.get(one) or (one, many)
        told = forms[0 if n == 1 else -1] or (one if n == 1 else many)
        return told.format(n=self.number(n), **values)

    def number(self, value: float, digits: int = 0, *, sign: bool = False) -> str:
        """Return a number as this language writes it."""
        told = f"{value:{'+' if sign else ''},.{digits}f}"
        decimal, group = _DECIMAL.get(self.language, (".", ","))
        return told.translate({ord("."): decimal, ord(","): group, ord("-"): "−"})

    @property
    def direction(self) -> str:
        """The direction of its script, as HTML's dir."""
        return "rtl" if self.language in RIGHT_TO_LEFT else "ltr"


@cache
def texts_in(language: str) -> Texts:
    """Return the texts of a language that there is, else English."""
    if language not in LANGUAGES or language == "en":
        return Texts()
    return Texts(language, read_po((_LOCALE / f"{language}.po").read_text(encoding="utf-8")))


def choose(wanted: str | None, accepted: str) -> str:
    """Return the language that a person chose, else the first of the browser's that there is, else English."""
    if wanted is not None and wanted in LANGUAGES:
        return wanted
    told = (part.partition(";")[0].strip().lower().partition("-")[0] for part in accepted.split(","))
    return next((language for language in told if language in LANGUAGES), "en")


def read_po(source: str) -> dict[str, tuple[str, ...]]:
    """Return what a .po file says: the forms of each message. Fuzzy and obsolete entries do not occur in ours."""
    found: dict[str, tuple[str, ...]] = {}
    for block in source.split("\n\n"):
        entry = _entry(block)
        message = entry.pop("msgid", "")
        entry.pop("msgid_plural", None)
        if message:
            found[message] = tuple(entry[key] for key in sorted(entry))
    return found


def _entry(block: str) -> dict[str, str]:
    entry: dict[str, str] = {}
    key = ""
    for line in block.splitlines():
        if line.startswith("#") or not line.strip():
            continue
        told = line
        if not line.startswith('"'):
            key, _, told = line.partition(" ")
            entry[key] = ""
        entry[key] += json.loads(told)  # strings of .po files are written as those of JSON
    return entry
