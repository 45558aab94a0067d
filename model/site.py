"""A site's own model: the shipped one, moved by the site's labels as far as they prove that it should be.

The shipped model's log-odds are the starting point of every sample; what is learnt are differences from its weights,
each pulled towards none, and for each field how far the shipped model is to be believed in it. How hard they are
pulled (how much a label counts) is fitted: every strength on a scale, from not moving at all upwards, is tried on
folds of whole groups, and the one that predicts unseen labels best wins. Not moving is on the scale, so that labels
which teach nothing change nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from model.card import Thresholds
from model.figures import Floats
from model.groups import numbers_of
from model.lessons import MANY, Lessons, field_of, lessons_of
from model.moves import Moves, most_probable, odds_of
from model.parts import parts_of
from model.sample import Sample
from model.scorer import Scorer
from model.stored import Chosen
from model.thresholds import Rates, choose
from model.train import Progress, Settings, Trained, check_enough, platt, silent, spam_of
from model.weights import Block, Weights, strongest

MIN_EACH: Final = 5  # of either class; with fewer the shipped model stays as it is
STRENGTHS: Final = (0.0, 10.0, 30.0, 100.0)  # weak ones seem safer on a few labels and find less
STRENGTHS_OF_MANY: Final = (0.0, 30.0, 120.0)
SETTINGS: Final = Settings(variants=0, folds=5)
MOST_TOKENS: Final = 800_000  # of a model that was learnt in parts: a file of some 5 MB
_GAIN: Final = 0.1  # nats over all labels that moving must gain, lest it be no more than chance
_TOLERATED: Final = 1.0  # nats over all labels: less is no proof that they are taken too literally
_OWN_THRESHOLDS: Final = 300  # honest labels from which a site's thresholds are its own
# Of what the site called honest at most 0.15 % (0.35 % at the interval's end, for thousands of honest labels take
# years to come together), so that what is measured afterwards stays within 0.2 %.
RATES: Final = Rates(rejected=0.0015, rejected_at_worst=0.0035)
# Log-odds below which nothing is rejected, however many honest labels lie under it: the more there are, the lower.
_MANY_HONEST: Final = 2000
_LOWEST_REJECT: Final = 1.5  # some 82 %; below the shipped model's: it was measured on the site itself
_LOWEST_REJECT_OF_MANY: Final = 0.5  # some 62 %


@dataclass(frozen=True, slots=True)
class SiteModel:
    """A trained model, its thresholds, and the strength (0: as shipped) that its labels earned."""

    trained: Trained
    thresholds: Thresholds
    strength: float
    losses: Mapping[float, float]


def train_site(
    shipped: Scorer, labels: Sequence[Sample], settings: Settings = SETTINGS, progress: Progress = silent
) -> SiteModel:
    """The shipped model and what `labels` add; very many are learnt in parts (`model.parts`), each of which starts from
    what those before it taught. Raises TooFewLabels with fewer than five of either class."""
    labelled = Chosen(labels, (place for place, sample in enumerate(labels) if sample.label is not None))
    check_enough(labelled, MIN_EACH)
    parts = parts_of(labelled)
    if len(parts) == 1:
        return _train_at_once(shipped, tuple(labelled), settings, progress)
    before, odds = shipped, np.zeros(len(labelled))
    for number, places in enumerate(parts):
        site = _train_at_once(before, tuple(Chosen(labelled, places)), settings, silent)
        odds[places], strength, losses = site.trained.out_of_fold, site.strength, site.losses
        before = Scorer(strongest(site.trained.weights, MOST_TOKENS), shipped.card)
        del site  # its labels and weights would stay beside those of the next part
        progress("learning part by part", (number + 1) / len(parts))
    trained = Trained(before.weights, labelled, odds, settings, _counts(before.weights))
    return SiteModel(trained, _thresholds(shipped, trained), strength, losses)


def _train_at_once(shipped: Scorer, labelled: tuple[Sample, ...], settings: Settings, progress: Progress) -> SiteModel:
    lessons = lessons_of(shipped, labelled, settings)
    losses: dict[float, float] = {}
    calibrated: dict[float, float] = {}
    margins: dict[float, Floats] = {}
    scale = STRENGTHS if lessons.count < MANY else STRENGTHS_OF_MANY
    for number, strength in enumerate(scale):
        margins[strength] = _out_of_fold(lessons, strength)
        losses[strength] = _loss(lessons, margins[strength])
        calibrated[strength] = _loss(lessons, _on_the_best_line(lessons, margins[strength]))
        progress("finding out how much the labels count", (number + 1) / len(scale))
        if calibrated[strength] > 1.1 * min(calibrated.values()) and strength:
            break  # the labels are taken too literally already
    best = _chosen(losses, calibrated, lessons.count)
    learnt = most_probable(lessons, None, best)
    slope, offset = _gentle_platt(margins[best], labelled)
    weights = _merged(shipped.weights, lessons, learnt, slope, offset)
    trained = Trained(weights, labelled, slope * margins[best] + offset, settings, _counts(weights))
    return SiteModel(trained, _thresholds(shipped, trained), best, losses)


def _counts(weights: Weights) -> dict[str, int]:
    return {name: len(block.tokens) for name, block in weights.blocks.items()}


def _out_of_fold(lessons: Lessons, strength: float) -> Floats:
    margins: Floats = lessons.start[: lessons.count].sum(axis=1) + lessons.level
    for number in np.unique(lessons.folds):
        seen = lessons.folds != number
        if not seen.any():
            continue  # one group alone shows nothing of others
        tested = np.flatnonzero(~seen[: lessons.count])
        learnt = most_probable(lessons, seen, strength)
        margins[tested] = odds_of(lessons, tested, learnt)
    return margins


def _loss(lessons: Lessons, odds: Floats) -> float:
    """Mean log-loss of the labels in nats, each with its weight."""
    spam, weight = lessons.spam[: lessons.count], lessons.weight[: lessons.count]
    return float(weight @ (np.logaddexp(0, odds) - spam * odds) / weight.sum())


def _on_the_best_line(lessons: Lessons, odds: Floats) -> Floats:
    slope, offset = platt(odds, lessons.spam[: lessons.count], lessons.weight[: lessons.count])
    return slope * odds + offset


def _chosen(losses: Mapping[float, float], calibrated: Mapping[float, float], count: int) -> float:
    """None where moving predicts nothing better; else the largest strength that the labels do not speak against once
    the scale is mended: how sure a model is of itself is put right afterwards, and must not decide."""
    least = min(calibrated.values())
    if losses[0.0] == min(losses.values()) and count * (calibrated[0.0] - least) < _GAIN:
        return 0.0
    return max(strength for strength, loss in calibrated.items() if count * (loss - least) < _TOLERATED)


def _gentle_platt(margins: Floats, labels: Sequence[Sample]) -> tuple[float, float]:
    """Platt's line, pulled towards no change by as much as fifty labels would; a campaign of a hundred labels says no
    more about other campaigns than ten labels of their own."""
    groups = numbers_of(labels)
    weight = 1 / np.sqrt(np.bincount(groups)[groups])
    slope, offset = platt(margins, spam_of(labels), weight)
    trust = weight.sum() / (weight.sum() + 50)
    return 1 + trust * (slope - 1), trust * offset


def _merged(shipped: Weights, lessons: Lessons, learnt: Moves, slope: float, offset: float) -> Weights:
    """Shipped weights and differences in one, calibrated."""
    factors = dict(zip(lessons.fields, (slope * learnt.factors).tolist(), strict=True))
    merged: dict[str, dict[str, tuple[float, float]]] = {
        name: {
            token: (factors[field_of(name)] * weight, rarity)
            for token, weight, rarity in zip(block.tokens, block.weights, block.rarity, strict=True)
        }
        for name, block in shipped.blocks.items()
    }
    for (name, token), difference, rarity in zip(
        lessons.names, learnt.differences * lessons.rarity, lessons.rarity, strict=True
    ):
        tokens = merged.setdefault(name, {})
        before = tokens.get(token, (0.0, float(np.float32(min(1.0, rarity)))))
        if difference or before[0]:
            tokens[token] = (before[0] + slope * float(difference), before[1])
    blocks = {name: _block(tokens) for name, tokens in sorted(merged.items())}
    intercept = slope * (lessons.level + learnt.shift) + offset
    return Weights(blocks, float(intercept), shipped.confusables)


def _block(tokens: Mapping[str, tuple[float, float]]) -> Block:
    names = sorted(tokens)
    weights = np.array([tokens[name][0] for name in names], dtype=np.float32)
    return Block(tuple(names), tuple(weights.tolist()), tuple(tokens[name][1] for name in names))


def _thresholds(shipped: Scorer, trained: Trained) -> Thresholds:
    """The site's own where its honest labels are many enough to tell rare errors, else the shipped ones."""
    spam = trained.spam
    honest = int((1 - spam).sum())
    lowest = _LOWEST_REJECT if honest < _MANY_HONEST else _LOWEST_REJECT_OF_MANY
    own = choose(spam, trained.out_of_fold, RATES, lowest)
    return own if honest >= _OWN_THRESHOLDS else shipped.card.thresholds
