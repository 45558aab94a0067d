"""The model as scikit-learn sees it."""

import numpy as np
import pytest
from sklearn.base import clone

from model.pipeline import Amounts, pipeline_of
from model.sample import Sample
from model.weights import Block, Weights

WEIGHTS = Weights({"title:words": Block(("casino", "on casino"), (4.0, 1.0), (1.0, 1.0))}, -1.0, {})


def test_columns_are_the_tokens_in_their_order() -> None:
    """What no weight is for is left out."""
    rows = Amounts(WEIGHTS).fit([]).transform([Sample(url="", title="on casino"), Sample(url="", title="bread")])
    assert rows.toarray() == pytest.approx(np.array([[1.0, 1.0], [0.0, 0.0]]))


def test_probabilities_by_hand() -> None:
    """Honest first, then spam: amounts times weights plus the intercept, as log-odds."""
    found = pipeline_of(WEIGHTS).predict_proba([Sample(url="", title="on casino"), Sample(url="", title="bread")])
    assert found[:, 1] == pytest.approx([1 / (1 + np.exp(-4.0)), 1 / (1 + np.exp(1.0))])
    assert found.sum(axis=1) == pytest.approx([1, 1])


def test_a_verdict_is_spam_from_even_odds() -> None:
    """As scikit-learn's instruments expect it."""
    assert pipeline_of(WEIGHTS).predict([Sample(url="", title="on casino"), Sample(url="")]).tolist() == [1, 0]


def test_it_can_be_cloned() -> None:
    """As scikit-learn's instruments do."""
    assert clone(Amounts(WEIGHTS)).weights == WEIGHTS
