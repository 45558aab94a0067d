"""Serving: looks up what each word and sign of a sample weighs, adds it up and tells what spoke most.

No numerical library is imported, nothing is changed after construction but a cache whose entries never change, and so
a scorer may be used by many threads at once.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import exp, sqrt
from typing import Final

from model.address import prepare
from model.card import ModelCard
from model.encode import LETTERS, SIGNS, WORDS, letters_of, mended, norm, pairs_of
from model.features import STEP, Signs, Words, all_features
from model.sample import Sample
from model.view import read
from model.weights import Weights

SHOWN: Final = 12  # reasons told one by one; the others are added up
INTERCEPT: Final = "intercept"
REST: Final = "rest"
_REMEMBERED: Final = 50_000  # words per field whose letters are not added up again


@dataclass(frozen=True, slots=True)
class Reason:
    """What one word or sign adds to the score: `points` of log-odds (above 0 speaks for spam), told in `text`, which
    is `says` with `value` in the place of {}: so it can be told in other languages too."""

    feature: str
    points: float
    text: str
    says: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class Score:
    """The calibrated probability (0 to 1) that a sample is spam, its log-odds, and the reasons, which sum to them."""

    probability: float
    log_odds: float
    reasons: tuple[Reason, ...]


Part = tuple[float, str, str, str]
"""Points, feature, the fact's name (empty for words), the value to put into the sentence."""


def probability_of(log_odds: float) -> float:
    """The probability (0 to 1) for log-odds, without overflow."""
    if log_odds < 0:
        small = exp(max(log_odds, -700.0))
        return small / (1 + small)
    return 1 / (1 + exp(-log_odds))


class Scorer:
    """A model ready to judge. `card` says where it comes from; its thresholds are in log-odds."""

    def __init__(self, weights: Weights, card: ModelCard) -> None:
        self.card = card
        self.weights = weights
        self._intercept = weights.intercept
        self._confusables = dict(weights.confusables)
        self._words: list[tuple[Words, _FieldWeights]] = []
        self._signs: list[tuple[Signs, dict[str, _Fact]]] = []
        tables = {name: dict(zip(block.tokens, block.weights, strict=True)) for name, block in weights.blocks.items()}
        for feature in all_features():
            if isinstance(feature, Signs):
                table = tables.get(feature.name + SIGNS, {})
                facts = {token: _fact(token, points * feature.scale) for token, points in table.items()}
                self._signs.append((feature, facts))
            else:
                said, inside = tables.get(feature.name + WORDS, {}), tables.get(feature.name + LETTERS, {})
                self._words.append((feature, _FieldWeights(feature, said, inside)))
        prepare()

    def score(self, sample: Sample) -> Score:
        """How likely `sample` is spam, and why: the intercept, the strongest reasons, and the sum of all others."""
        view = read(sample, self._confusables)
        parts: list[Part] = [(self._intercept, INTERCEPT, "", "")]
        for words, table in self._words:
            found = words.read(view)
            if found:
                parts.extend(table.parts(words.name, found))
        for signs, points in self._signs:
            parts.extend(_sign_parts(signs.name, signs.read(view), points))
        parts.sort(key=lambda part: -abs(part[0]))
        reasons = self._reasons(parts)
        log_odds = sum(reason.points for reason in reasons)
        return Score(probability_of(log_odds), log_odds, reasons)

    def log_odds(self, sample: Sample) -> float:
        """The log-odds alone."""
        return self.score(sample).log_odds

    def _reasons(self, parts: list[Part]) -> tuple[Reason, ...]:
        shown = parts[:SHOWN]
        rest = sum(part[0] for part in parts[SHOWN:])
        reasons = [_reason(points, feature, told(feature, name), value) for points, feature, name, value in shown]
        if len(parts) > SHOWN:
            reasons.append(_reason(rest, REST, _SENTENCES[REST, ""], str(len(parts) - SHOWN)))
        return tuple(reasons)


class _FieldWeights:
    """The weights of one field's words, its pairs and the letters inside the words."""

    def __init__(self, feature: Words, said: dict[str, float], inside: dict[str, float]) -> None:
        self._said = {token: weight * feature.scale for token, weight in said.items()}
        self._inside = {run: weight * feature.letters for run, weight in inside.items()}
        self._alone: dict[str, float] = {}

    def parts(self, name: str, words: tuple[str, ...]) -> Iterable[Part]:
        """Points of every word and known pair."""
        distinct = dict.fromkeys(words)  # in order, so that sums come out the same to the last bit
        each = norm(len(distinct))
        said, alone = self._said, self._alone
        parts = []
        for word in distinct:
            weight = alone.get(word)
            if weight is None:
                weight = self._weigh(word)
            if weight:
                parts.append((weight * each, name, "", word))
        together = pairs_of(words) | mended(words, said)
        parts.extend((said[token] * each, name, "", token) for token in together if token in said)
        return parts

    def _weigh(self, word: str) -> float:
        weight = self._said.get(word, 0.0)
        runs = letters_of(word)
        if runs:
            inside = self._inside
            weight += sum(inside[run] for run in runs if run in inside) / sqrt(len(runs))
        if len(self._alone) < _REMEMBERED:
            self._alone[word] = weight
        return weight


@dataclass(frozen=True, slots=True)
class _Fact:
    """A sign's points, taken apart beforehand: the name of its fact, its value, and whether it is a step."""

    points: float
    name: str
    value: str
    is_step: bool


def _fact(token: str, points: float) -> _Fact:
    name, mark, value = token.partition(STEP)
    if mark:
        return _Fact(points, name, value, is_step=True)
    name, _, value = token.partition("=")
    return _Fact(points, name, value, is_step=False)


def _sign_parts(feature: str, tokens: Iterable[str], facts: dict[str, _Fact]) -> Iterable[Part]:
    """Points of each fact; the steps that one number reaches are told as one, by the highest."""
    parts: list[Part] = []
    together: dict[str, tuple[float, str]] = {}
    for token in tokens:
        fact = facts.get(token)
        if fact is None:
            continue
        if fact.is_step:
            before = together.get(fact.name)
            together[fact.name] = (fact.points + before[0] if before else fact.points, fact.value)
        else:
            parts.append((fact.points, feature, fact.name, fact.value))
    parts.extend((points, feature, name, value) for name, (points, value) in together.items())
    return parts


def _reason(points: float, feature: str, says: str, value: str) -> Reason:
    return Reason(feature, points, says.format(value), says, value)


def told(feature: str, name: str) -> str:
    """What a word (`name` empty) or a fact of a feature says, with {} where its value stands."""
    return _SENTENCES[feature, name]


def sentences() -> tuple[str, ...]:
    """Everything that reasons can say, each once and in order: what there is to translate."""
    return tuple(dict.fromkeys(_SENTENCES.values()))


_SENTENCES: Final[dict[tuple[str, str], str]] = {
    (feature.name, name): sentence
    for feature in all_features()
    for name, sentence in ({"": feature.says} if isinstance(feature, Words) else feature.says).items()
} | {(INTERCEPT, ""): "where every score starts", (REST, ""): "{} smaller signs together"}
