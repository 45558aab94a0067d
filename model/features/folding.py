"""How much folding had to undo: a little happens to anybody, much of it hides something."""

import re
from collections.abc import Iterable
from itertools import pairwise
from typing import Final

from model.features import Signs, steps
from model.fold import Folded
from model.view import View

# "aBa" or "BaB", looked for from the capital on: there are few, and so it is found sooner.
_UPPER_INSIDE: Final = re.compile("[A-Z][a-z](?:(?=[A-Z])|(?<=[a-z][A-Z][a-z]))")
_HIDDEN: Final = steps("hidden", (1, 3))
_LOOKALIKES: Final = steps("lookalikes", (1, 3))
_DRESSED: Final = steps("dressed", (4, 12))
_DIGITS: Final = steps("digits", (2, 4))
_APART: Final = steps("apart", (1, 2))
_OCTETS: Final = steps("octets", (1, 4))


def _signs(view: View) -> Iterable[str]:
    texts = one, two, three = view.title.folded, view.excerpt.folded, view.blog_name.folded
    yield from _HIDDEN(one.hidden + two.hidden + three.hidden)
    yield from _LOOKALIKES(one.lookalikes + two.lookalikes + three.lookalikes)
    yield from _DRESSED(one.compatibility + two.compatibility + three.compatibility)
    yield from _DIGITS(one.digits + two.digits + three.digits)
    yield from _APART(one.apart + two.apart + three.apart)
    yield from _OCTETS(one.octets + two.octets + three.octets)
    if any(map(_odd_case, texts)):
        yield "odd-case"


def _odd_case(text: Folded) -> bool:
    """Do two words or more have capitals in odd places ("cAsInO")? Names like "iPhone" or "WordPress" do not count."""
    if not _UPPER_INSIDE.search(text.plain):
        return False
    odd = 0
    for word in text.plain.split():
        inner = word[1:-1]
        if len(inner) > 3 and word.isalpha() and not inner.islower() and not inner.isupper():
            changes = sum(a.isupper() != b.isupper() for a, b in pairwise(inner))
            odd += changes > 2
    return odd > 1


FEATURES: Final = (
    Signs(
        "folding",
        _signs,
        {
            "hidden": "at least {} hidden characters stand inside words",
            "lookalikes": "at least {} letters are look-alikes from other alphabets",
            "dressed": "at least {} letters are in fancy dress",
            "digits": "at least {} words have digits for letters",
            "apart": "at least {} words are set letter by letter",
            "octets": "at least {} %XX octets hide in the text",
            "odd-case": "words have capitals in odd places",
        },
        scale=0.06,
    ),
)
