"""A newcomer takes over only when it is not worse."""

from dataclasses import replace
from pathlib import Path

import pytest

from model.artifact import load_scorer
from model.compare import compare, split_by_time
from model.sample import Label, Sample
from model.scorer import Scorer
from model.weights import Block, Weights


@pytest.fixture(scope="session")
def good(model_dir: Path) -> Scorer:
    return load_scorer(model_dir)


def _multiplied(scorer: Scorer, factor: float) -> Scorer:
    weights = scorer.weights
    blocks = {
        name: Block(block.tokens, tuple(factor * weight for weight in block.weights), block.rarity)
        for name, block in weights.blocks.items()
    }
    return Scorer(Weights(blocks, factor * weights.intercept, weights.confusables), scorer.card)


@pytest.mark.parametrize(
    ("current", "candidate", "promote", "words"),
    [
        (1.0, 1.0, True, "not worse"),
        (0.0, 1.0, True, "not worse"),
        (1.0, 0.0, False, "worse"),
        (1.0, -1.0, False, "worse"),
    ],
)
def test_the_better_stays(
    good: Scorer, corpus: tuple[Sample, ...], current: float, candidate: float, promote: bool, words: str
) -> None:
    """An equal or better one takes over; one that knows nothing or errs is refused, with the reason."""
    found = compare(_multiplied(good, current), _multiplied(good, candidate), corpus)
    assert found.promote is promote
    assert words in found.why
    assert found.to_json()["samples"] == len(corpus)


def test_more_honest_ones_rejected_is_an_objection(good: Scorer, corpus: tuple[Sample, ...]) -> None:
    """Even when the loss is no worse."""
    strict = Scorer(good.weights, replace(good.card, thresholds=replace(good.card.thresholds, reject_above=-99.0)))
    found = compare(good, strict, corpus)
    assert not found.promote
    assert "honest" in found.why


def test_too_few_are_not_judged(good: Scorer, corpus: tuple[Sample, ...]) -> None:
    """Two of a class say nothing, so the current model stays."""
    found = compare(good, good, corpus[:4])
    assert not found.promote
    assert "too few" in found.why


def test_the_split_keeps_time_and_groups_apart(corpus: tuple[Sample, ...]) -> None:
    """Of either class the second part is newer than the first, and it shares no group with it."""
    dated = [
        replace(sample, date=f"2020-{1 + number // 28:02}-{1 + number % 28:02}", group=f"g{number // 7}")
        for number, sample in enumerate(corpus)
    ]
    older, newer = split_by_time(dated)
    for label in Label:
        last, first = ([str(one.date) for one in part if one.label is label] for part in (older, newer))
        assert max(last) < min(first)
    assert not {sample.group for sample in older} & {sample.group for sample in newer}
    assert len(newer) >= 28


def test_spam_of_the_last_days_and_ham_of_many_years_are_both_split(corpus: tuple[Sample, ...]) -> None:
    """WordPress empties its spam: the newest quarter of all would be all the spam, and nothing be learnt of it."""
    dated = [
        replace(one, date="2026-11" if one.label is Label.SPAM else "2015", group=str(number))
        for number, one in enumerate(corpus)
    ]
    older, newer = split_by_time(dated)
    for label in Label:
        learnt, judged = (sum(one.label is label for one in part) for part in (older, newer))
        assert 0 < judged < learnt
