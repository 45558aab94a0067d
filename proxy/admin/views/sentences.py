"""What rules, events, the model and refusals say, in the reader's language. They know English alone."""

import re
from collections.abc import Callable
from functools import cache

from proxy.admin.reasons import DETAILS, EVENTS, FIELDS, REASONS, REFUSALS, SIGNS, TRAINING
from proxy.admin.texts import Texts
from proxy.admin.views.words import points_text
from proxy.ping import State
from proxy.score import sentences


def reason_text(texts: Texts, told: str) -> str:
    """Return the words of a finding or an event in the reader's language, where they are among those that we know."""
    return _told(texts, told, REASONS)


def detail_text(texts: Texts, told: str) -> str:
    """Return what an event, WordPress or training says, in the reader's language as far as it is known."""
    return _told(texts, told, _ALL)


def refusal_text(texts: Texts, raised: Exception) -> str:
    """Return why something was refused, as a sentence in the reader's language as far as it is known."""
    told = str(raised)
    for pattern, message in _patterns(tuple(REFUSALS)):
        match = pattern.fullmatch(told)
        if match:
            told = _filled(texts, REFUSALS[message], match)
            break
    return told[:1].upper() + told[1:].rstrip(".") + "."


def _told(texts: Texts, told: str, messages: tuple[str, ...]) -> str:
    for pattern, message in _patterns(messages):
        match = pattern.fullmatch(told)
        if match:
            return _filled(texts, message, match)
    return told


def _filled(texts: Texts, message: str, match: re.Match[str]) -> str:
    parts = match.groupdict()
    return texts.say(message, **_parts(texts, parts)) if parts else texts.say(message)


def sign_text(texts: Texts, says: str, value: str) -> str:
    """Return what a word or sign of the model says; *says* holds {} where its *value* stands."""
    whole = says.format(value)
    return texts.say(whole) if whole in SIGNS else texts.say(says).format(value)


def _parts(texts: Texts, parts: dict[str, str]) -> dict[str, str]:
    """Return the parts of a sentence; those that are sentences themselves in the reader's language."""
    for name, read in _INNER.items():
        if name in parts:
            parts[name] = read(texts, parts[name])
    return parts


def _signs(texts: Texts, told: str) -> str:
    return "; ".join(_sign(texts, one) for one in told.split("; ", _MOST_PARTS))


def _sign(texts: Texts, told: str) -> str:
    weighed = _WEIGHED.fullmatch(told)
    said, points = (weighed[1], texts.number(float(weighed[2]), 1, sign=True)) if weighed else (told, "")
    for pattern, says in _sign_patterns():
        match = pattern.fullmatch(said)
        if match:
            said = sign_text(texts, says, match.groupdict().get("value", ""))
            break
    return f"{said} ({points})" if points else said


def _reasons(texts: Texts, told: str) -> str:
    """Reasons are joined as the model's signs are: what comes after the model's sentence may be more of its signs."""
    found: list[str] = []
    for one in told.split("; ", _MOST_PARTS):
        said = detail_text(texts, one)
        found.append(said if said != one else _sign(texts, one))
    return "; ".join(found)


def _points(texts: Texts, told: str) -> str:
    return points_text(texts, float(told)) if _POINTS.fullmatch(told) else told


def _state(texts: Texts, told: str) -> str:
    return texts.say(EVENTS[told]) if told in set(State) else told


def _field(texts: Texts, told: str) -> str:
    return texts.say(FIELDS.get(told, told))


_ALL = DETAILS + REASONS + TRAINING
_MOST_PARTS = 20
_POINTS = re.compile(r"[+-][0-9]{1,6}\.[0-9]")
_WEIGHED = re.compile(r"(.*) \(([+-][0-9]{1,6}\.[0-9])\)", re.DOTALL)
_INNER: dict[str, Callable[[Texts, str], str]] = {
    "words": _signs,
    "reasons": _reasons,
    "points": _points,
    "state": _state,
    "kind": Texts.say,
    "field": _field,
}


@cache
def _patterns(messages: tuple[str, ...]) -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((_pattern(message), message) for message in messages)


@cache
def _sign_patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((_pattern(says.replace("{}", "{value}")), says) for says in sentences())


def _pattern(message: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", message)
    told = "".join(f"(?P<{part}>.*?)" if number % 2 else re.escape(part) for number, part in enumerate(parts))
    return re.compile(told, re.DOTALL)
