"""A short text that only says again what its host is called: "blue boots" from blueboots-outlet.example. Whoever writes
to be read has more to say, or something else."""

from collections.abc import Iterable
from typing import Final

from model.features import Signs
from model.view import View

_SHORT: Final = 8  # words; a longer excerpt says more than what its host sells
_ENOUGH: Final = 0.6  # of its words of more than three letters, and two of them: one may be a name or say nothing


def _signs(view: View) -> Iterable[str]:
    words = view.excerpt.words
    if 1 < len(words) <= _SHORT:
        telling = {word for word in words if len(word) > 3}
        name = f"{view.address.subdomain} {view.address.label}"
        found = sum(word in name for word in telling)
        if found > 1 and found >= _ENOUGH * len(telling):
            yield "host"


FEATURES: Final = (Signs("echo", _signs, {"host": "the excerpt is short and has the words of the host"}, scale=0.4),)
