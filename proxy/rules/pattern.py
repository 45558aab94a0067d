"""Regular expressions of the owner, looked for in strangers' texts: what could keep us busy for minutes is refused.

Python's `re` tries every way in which a pattern can fit. A pattern is taken if these ways are few: a repeat is one
way where what follows it cannot be taken for one round more, else as many ways as it has rounds; ways multiply.
"""

import re
from functools import lru_cache
from typing import Any

MAX_PATTERN_CHARS = 500
LONGEST_TEXT = 500  # characters of each text that a pattern is looked for in
_MOST_WAYS = LONGEST_TEXT**2
_MANY = 10.0**30

_parser: Any = re._parser  # type: ignore[attr-defined]
_compiler: Any = re._compiler  # type: ignore[attr-defined]
# One of each sort of character that a class could tell apart.
_SAMPLE = "".join(map(chr, range(9, 127))) + "\u00a0ßéſıžиあ中ａ１€\u0663"
_REPEATS = {_parser.MAX_REPEAT, _parser.MIN_REPEAT}


@lru_cache(maxsize=256)
def compiled(text: str) -> re.Pattern[str]:
    """Return the pattern *text*. Raises `ValueError` with half a sentence that says what is wrong with it."""
    if len(text) > MAX_PATTERN_CHARS:
        raise ValueError(f"is longer than {MAX_PATTERN_CHARS} characters")
    try:
        tree = _parser.parse(text, re.IGNORECASE)
        pattern = re.compile(text, re.IGNORECASE)
        ways = _ways(list(tree), tree.state)
    except (re.error, OverflowError, RecursionError, Warning) as problem:
        raise ValueError(f"is no regular expression: {problem}") from None
    if ways > _MOST_WAYS:
        raise ValueError(
            "could take very long: use no repeat inside a repeat, at most two open ones such as .* "
            "and bounds such as .{0,40}"
        )
    return pattern


def _ways(items: list[Any], state: Any) -> float:
    """Return an upper bound on the ways in which *items*, one after the other, can fit at one place."""
    ways = 1.0
    for place, (kind, detail) in enumerate(items):
        if kind in _REPEATS:
            ways *= _repeat_ways(detail, items[place + 1 :], state)
        elif kind is _parser.SUBPATTERN:
            ways *= _ways(list(detail[3]), state)
        elif kind is _parser.BRANCH:
            ways *= sum(_ways(list(branch), state) for branch in detail[1])
        elif kind in {_parser.ASSERT, _parser.ASSERT_NOT}:
            ways *= _ways(list(detail[1]), state)
        elif kind in {_parser.GROUPREF, _parser.GROUPREF_EXISTS}:
            ways *= _MANY
        elif kind in {_parser.ATOMIC_GROUP, _parser.POSSESSIVE_REPEAT}:
            ways *= _ways(list(detail if kind is _parser.ATOMIC_GROUP else detail[2]), state) * LONGEST_TEXT
        if ways > _MANY:
            return _MANY
    return ways


def _repeat_ways(detail: tuple[int, int, Any], after: list[Any], state: Any) -> float:
    least, most, body = detail
    rounds = min(int(most) - least + 1, LONGEST_TEXT)
    one = _alphabet(list(body), state)
    if one is not None:
        follows = _alphabet(after[:1], state)
        return 1 if follows is not None and not one & follows else max(rounds, 1)
    inner = _ways(list(body), state)
    if int(most) == 1:
        return inner + 1
    return _MANY if int(most) > 8 or inner > 8 else float((inner + 1) ** int(most))


def _alphabet(items: list[Any], state: Any) -> frozenset[str] | None:
    """Return which of the sample the one item of *items* takes, or None when it is not for a single character."""
    single = {_parser.LITERAL, _parser.NOT_LITERAL, _parser.IN, _parser.ANY}
    while len(items) == 1 and items[0][0] is _parser.SUBPATTERN:
        items = list(items[0][1][3])
    if len(items) != 1 or items[0][0] not in single:
        return None
    one = _compiler.compile(_parser.SubPattern(state, items), re.IGNORECASE)
    return frozenset(char for char in _SAMPLE if one.fullmatch(char))
