"""Thresholds keep to the rates of error that were stated beforehand."""

import numpy as np
import pytest

from model.card import Thresholds
from model.figures import Floats
from model.site import RATES
from model.thresholds import HIGHEST_APPROVE, LOWEST_REJECT, Rates, choose, cost_of

SPAM = np.array([1.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0])
SCORES = np.array([3.0, 2.0, 0.0, 1.0, -1.0, -2.0, -3.0])


def _drawn(count: int) -> tuple[Floats, Floats]:
    dice = np.random.default_rng(3)
    scores = np.concatenate([dice.normal(6, 2, count), dice.normal(-2, 2, count)])
    return np.repeat([1.0, 0.0], count), scores


def test_thresholds_keep_to_their_rates() -> None:
    """Of 4,000 honest scores at most the stated share is refused; the bands are in order."""
    spam, scores = _drawn(4000)
    bands = choose(spam, scores, Rates(rejected=0.001, rejected_at_worst=0.003, not_approved=0.1))
    cost = cost_of(spam, scores, bands)
    assert bands.approve_below <= bands.reject_above
    assert bands.reject_above >= LOWEST_REJECT
    assert cost.honest_rejected.value <= 0.001
    assert cost.honest_rejected.high <= 0.003
    assert cost.honest_held.value + cost.honest_rejected.value <= 0.1 + 1e-3


@pytest.mark.parametrize(("honest", "errors"), [(300, 0), (1000, 0), (2000, 1), (3000, 4), (3600, 5)])
def test_a_sites_own_thresholds_use_up_what_their_rate_allows(honest: int, errors: int) -> None:
    """Neither more than is stated, nor so much less that spam gets by for nothing."""
    scores = np.arange(honest) + 10.0
    bands = choose(np.zeros(honest), scores, RATES)
    assert (scores > bands.reject_above).sum() == errors


def test_few_honest_scores_allow_no_error() -> None:
    """A hundred prove nothing of one in a thousand, so none of them is rejected."""
    spam, scores = _drawn(100)
    scores[-1] = 9.0
    bands = choose(spam, scores)
    assert bands.reject_above >= 9.0
    assert cost_of(spam, scores, bands).honest_rejected.value == 0


@pytest.mark.parametrize("shift", [-40.0, 0.0, 40.0])
def test_there_are_limits_whatever_the_scores(shift: float) -> None:
    """Nothing is rejected of which the model is unsure, nothing approved that is clearly rather spam."""
    bands = choose(SPAM, SCORES + shift)
    assert bands.reject_above >= LOWEST_REJECT
    assert bands.approve_below <= HIGHEST_APPROVE


def test_a_site_that_measured_itself_may_reject_sooner() -> None:
    """The floor is what the caller trusts the model with."""
    spam, scores = _drawn(1000)
    assert choose(spam, scores - 9, lowest_reject=1.5).reject_above == 1.5


def test_honest_scores_alone_are_enough() -> None:
    """Spam has no say in where the bands lie."""
    spam, scores = _drawn(1000)
    assert choose(spam, scores) == choose(spam[1000:], scores[1000:])


def test_bands_are_short_enough_for_a_card() -> None:
    """Four digits, and rounded so that nobody more is refused."""
    spam, scores = _drawn(4000)
    bands = choose(spam, scores)
    assert round(bands.reject_above, 4) == bands.reject_above
    assert round(bands.approve_below, 4) == bands.approve_below


def test_costs_by_hand() -> None:
    """Between the bands is held."""
    cost = cost_of(SPAM, SCORES, Thresholds(approve_below=-1.5, reject_above=1.5))
    assert cost.spam_rejected.value == pytest.approx(2 / 3)
    assert cost.spam_approved.value == 0.0
    assert cost.honest_held.value == 0.5
    assert cost.honest_rejected.value == 0.0


def test_what_lies_on_a_threshold_is_held() -> None:
    """Below and above mean just that."""
    cost = cost_of(SPAM, SCORES, Thresholds(approve_below=-3.0, reject_above=3.0))
    assert cost.spam_rejected.value == 0.0
    assert cost.honest_held.value == 1.0
