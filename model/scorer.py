"""Serving: looks up what each word and sign of a sample weighs, adds it up and tells what spoke most.

No numerical library is imported, nothing is changed after construction but a cache whose entries never change, and so
a scorer may be used by many threads at once.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from math import exp, sqrt
from typing import Final, NamedTuple

from model.address import prepare
from model.card import ModelCard
from model.encode import LETTERS, SIGNS, WORDS, letters_of, mended, norm, pairs_of
from model.features import STEP, Feature, Signs, Words, all_features
from model.sample import Sample
from model.view import read
from model.weights import Weights

SHOWN: Final = 12  # reasons told one by one; the others are added up
INTERCEPT: Final = "intercept"
REST: Final = "rest"
_REMEMBERED: Final = 6144  # words per field whose letters are not added up again: some 2 MB


class Reason(NamedTuple):  # made a dozen times for each score, at a third of what a frozen dataclass takes
    """What one word or sign adds to the score: `points` of log-odds (above 0 speaks for spam), told by `says` with
    `value` in the place of {}: so it can be told in other languages too."""

    feature: str
    points: float
    says: str
    value: str = ""

    @property
    def text(self) -> str:
        """The sentence in English."""
        return self.says.format(self.value)


@dataclass(frozen=True, slots=True)
class Score:
    """The calibrated probability (0 to 1) that a sample is spam, its log-odds, and the reasons, which sum to them."""

    probability: float
    log_odds: float
    reasons: tuple[Reason, ...]


About = tuple[str, str, str]
"""What a part of a score is about: the feature, the sentence that tells it, the value to put into the sentence."""


def about(feature: Feature, token: str) -> About:
    """What a word or sign of a feature is about."""
    if isinstance(feature, Words):
        return feature.name, feature.says, token
    name, mark, value = token.partition(STEP)
    if not mark:
        name, _, value = token.partition("=")
    says = feature.says[name]
    if "{} % of" in says:
        value = f"{float(value) * 100:g}"
    return feature.name, says, value


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
        self._signs: list[tuple[Signs, _Facts]] = []
        for feature in all_features():
            if isinstance(feature, Signs):
                self._signs.append((feature, _facts(feature, _points(weights, feature.name + SIGNS, feature.scale))))
            else:
                self._words.append((feature, _FieldWeights(feature, weights)))
        prepare()

    def score(self, sample: Sample) -> Score:
        """How likely `sample` is spam, and why: the intercept, the strongest reasons, and the sum of all others."""
        view = read(sample, self._confusables)
        points, abouts = [self._intercept], [_ABOUT_INTERCEPT]
        for words, table in self._words:
            found = words.read(view)
            if found:
                table.add(found, points, abouts)
        for signs, facts in self._signs:
            _add_signs(signs.read(view), facts, points, abouts)
        reasons = _reasons(points, abouts)
        log_odds = sum(reason.points for reason in reasons)
        return Score(probability_of(log_odds), log_odds, reasons)

    def log_odds(self, sample: Sample) -> float:
        """The log-odds alone."""
        return self.score(sample).log_odds


def _reasons(points: list[float], abouts: list[About]) -> tuple[Reason, ...]:
    """The strongest parts one by one, and the others added up."""
    ranked = sorted(range(len(points)), key=list(map(abs, points)).__getitem__, reverse=True)
    reasons = []
    for place in ranked[:SHOWN]:
        feature, says, value = abouts[place]
        reasons.append(Reason(feature, points[place], says, value))
    if len(ranked) > SHOWN:
        others = ranked[SHOWN:]
        reasons.append(Reason(REST, sum(map(points.__getitem__, others)), _SENTENCES[REST, ""], str(len(others))))
    return tuple(reasons)


class _FieldWeights:
    """The weights of one field's words, its pairs and the letters inside the words."""

    def __init__(self, feature: Words, weights: Weights) -> None:
        self._name, self._says = feature.name, feature.says
        self._said = _points(weights, feature.name + WORDS, feature.scale)
        self._known = self._said.keys()
        self._inside = _points(weights, feature.name + LETTERS, feature.letters)
        self._weighed = lru_cache(maxsize=_REMEMBERED)(self._weigh)

    def add(self, words: tuple[str, ...], points: list[float], abouts: list[About]) -> None:
        """Add the points of every word and known pair, and what each is about."""
        said, weighed = self._said, self._weighed
        words = mended(words, self._known)
        distinct = dict.fromkeys(words)  # in order, so that sums come out the same to the last bit
        each = norm(len(distinct))
        for word in distinct:
            weight, told = weighed(word)
            if weight:
                points.append(weight * each)
                abouts.append(told)
        for token in dict.fromkeys(filter(said.__contains__, pairs_of(words))):
            points.append(said[token] * each)
            abouts.append((self._name, self._says, token))

    def _weigh(self, word: str) -> tuple[float, About]:
        weight = self._said.get(word, 0.0)
        runs = letters_of(word)
        if runs:
            inside = self._inside
            weight += sum(map(inside.__getitem__, filter(inside.__contains__, runs))) / sqrt(len(runs))
        return weight, (self._name, self._says, word)


_Facts = dict[str, tuple[float, str, About]]
"""A sign → its points, the sentence by which steps are put together (empty for what is no step), what it is about."""


def _facts(feature: Signs, points: dict[str, float]) -> _Facts:
    told = {token: about(feature, token) for token in points}
    return {token: (points[token], told[token][1] if STEP in token else "", told[token]) for token in points}


def _points(weights: Weights, name: str, scale: float) -> dict[str, float]:
    block = weights.blocks.get(name)
    return {} if block is None else {t: w * scale for t, w in zip(block.tokens, block.weights, strict=True)}


def _add_signs(tokens: Iterable[str], facts: _Facts, points: list[float], abouts: list[About]) -> None:
    """Add the points of each fact; the steps that one number reaches are told as one, by the highest."""
    together: dict[str, tuple[float, About]] = {}
    for weight, steps, told in filter(None, map(facts.get, tokens)):
        if steps:
            together[steps] = (weight + together[steps][0], told) if steps in together else (weight, told)
        else:
            points.append(weight)
            abouts.append(told)
    for weight, told in together.values():
        points.append(weight)
        abouts.append(told)


def sentences() -> tuple[str, ...]:
    """Everything that reasons can say, each once and in order: what there is to translate."""
    return tuple(dict.fromkeys(_SENTENCES.values()))


_SENTENCES: Final[dict[tuple[str, str], str]] = {
    (feature.name, name): sentence
    for feature in all_features()
    for name, sentence in ({"": feature.says} if isinstance(feature, Words) else feature.says).items()
} | {(INTERCEPT, ""): "where every score starts", (REST, ""): "{} smaller signs together"}
_ABOUT_INTERCEPT: Final[About] = (INTERCEPT, _SENTENCES[INTERCEPT, ""], "")
