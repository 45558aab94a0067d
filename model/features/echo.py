"""A short text that only says again what its host is called: "blue boots" from blueboots-outlet.example. Whoever writes
to be read has more to say, or something else."""

from collections.abc import Iterable
from typing import Final

from model.features import Signs
from model.view import View

_SHORT: Final = 8  # words; a longer excerpt says more than what its host sells
_ENOUGH: Final = 0.5  # of its words


def _signs(view: View) -> Iterable[str]:
    words = view.excerpt.words
    if len(words) <= _SHORT:
        telling = {word for word in words if len(word) > 3}
        if telling and sum(word in view.address.host for word in telling) >= _ENOUGH * len(telling):
            yield "host"


FEATURES: Final = (Signs("echo", _signs, {"host": "the excerpt is short and has the words of the host"}, scale=0.6),)
