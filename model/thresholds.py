"""The two bands, from scores of samples that the model had not seen, for rates of error that are stated beforehand."""

from dataclasses import dataclass
from math import ceil
from typing import Final

import numpy as np

from model.card import Thresholds
from model.figures import Floats, Interval, share_interval, threshold_at

LOWEST_REJECT: Final = 4.6  # log-odds, some 99 %: nothing is rejected of which the model is less sure
HIGHEST_APPROVE: Final = 0.8  # and nothing approved that is clearly rather spam


@dataclass(frozen=True, slots=True)
class Rates:
    """Of honest samples: the share that may be rejected and the upper end that its 95 % interval may have, and the
    share that may be held or rejected. The last is wide because corpora are rich in hard cases; of ordinary ones far
    fewer are held."""

    rejected: float = 0.001
    rejected_at_worst: float = 0.0015
    not_approved: float = 0.09


@dataclass(frozen=True, slots=True)
class Cost:
    """What thresholds do to samples: shares of honest ones rejected and held, and of spam approved, with intervals."""

    honest_rejected: Interval
    honest_held: Interval
    spam_approved: Interval
    spam_rejected: Interval


def choose(spam: Floats, log_odds: Floats, rates: Rates = Rates(), lowest_reject: float = LOWEST_REJECT) -> Thresholds:
    """The lowest thresholds that keep to `rates` on these scores, the upper one never under `lowest_reject`."""
    honest = int((1 - spam).sum())
    allowed = _errors_allowed(honest, rates)
    reject = max(lowest_reject, threshold_at(spam, log_odds, allowed / max(1, honest)))
    approve = min(HIGHEST_APPROVE, reject, threshold_at(spam, log_odds, rates.not_approved))
    return Thresholds(approve_below=_rounded_up(approve), reject_above=_rounded_up(reject))


def _rounded_up(log_odds: float) -> float:
    """Four digits are enough for a card; rounding down could refuse one more."""
    return ceil(log_odds * 10_000) / 10_000


def _errors_allowed(honest: int, rates: Rates) -> int:
    """The most errors among `honest` samples that keep to both rates; 0 when even that proves nothing."""
    errors = int(rates.rejected * honest)
    while errors and share_interval(errors, honest).high > rates.rejected_at_worst:
        errors -= 1
    return errors


def cost_of(spam: Floats, log_odds: Floats, thresholds: Thresholds) -> Cost:
    """What `thresholds` do to samples with these log-odds."""
    rejected = log_odds > thresholds.reject_above
    approved = log_odds < thresholds.approve_below
    ham, bad = spam == 0, spam == 1

    def share(which: np.ndarray, among: np.ndarray) -> Interval:
        return share_interval(int((which & among).sum()), int(among.sum()))

    return Cost(
        honest_rejected=share(rejected, ham),
        honest_held=share(~rejected & ~approved, ham),
        spam_approved=share(approved, bad),
        spam_rejected=share(rejected, bad),
    )
