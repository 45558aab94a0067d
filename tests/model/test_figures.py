"""Figures, on scores that can be counted by hand."""

import numpy as np
import pytest

from model.figures import average_precision, bootstrap, brier, recall_at, roc_auc, share_interval, threshold_at

SPAM = np.array([1.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0])
SCORES = np.array([3.0, 2.0, 0.0, 1.0, -1.0, -2.0, -3.0])


def test_by_hand() -> None:
    """Eleven of twelve pairs are in order; two of three spam are above every honest one."""
    assert roc_auc(SPAM, SCORES) == pytest.approx(11 / 12)
    assert recall_at(SPAM, SCORES, 0.0) == pytest.approx(2 / 3)
    assert recall_at(SPAM, SCORES, 0.25) == 1.0
    assert threshold_at(SPAM, SCORES, 0.25) == -1.0
    assert average_precision(SPAM, SCORES) == pytest.approx((1 + 1 + 3 / 4) / 3)
    assert brier(np.array([1.0, 0.0]), np.array([0.5, 0.5])) == 0.25


def test_intervals_hold_their_figure() -> None:
    """Drawn again by groups, the same for the same seed."""
    groups = list("aabbccd")
    found = bootstrap(roc_auc, SPAM, SCORES, groups)
    assert found.low <= found.value <= found.high
    assert found == bootstrap(roc_auc, SPAM, SCORES, groups)
    assert share_interval(0, 1000).high == pytest.approx(0.0038, abs=1e-4)
    assert (share_interval(0, 0).low, share_interval(0, 0).high) == (0.0, 1.0)
