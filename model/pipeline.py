"""The learnt model as a scikit-learn pipeline, for whoever wants to look at it with scikit-learn's own instruments.

The server never builds one. Its scorer gives the same probabilities (tests hold the two to 1e-6).
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline

from model.encode import WORDS, encode
from model.sample import Sample
from model.view import read
from model.weights import Weights


class Amounts(TransformerMixin, BaseEstimator):  # type: ignore[misc] # scikit-learn ships no types
    """Turns samples into rows of amounts, one column per token of `weights`."""

    def __init__(self, weights: Weights) -> None:
        self.weights = weights

    def fit(self, _samples: Sequence[Sample], _labels: Any = None) -> "Amounts":
        """Numbers the tokens; nothing is learnt from the samples."""
        tokens = [(name, token) for name, block in self.weights.blocks.items() for token in block.tokens]
        self.columns_ = {token: column for column, token in enumerate(tokens)}
        self.known_ = {name: set(block.tokens) for name, block in self.weights.blocks.items() if name.endswith(WORDS)}
        return self

    def transform(self, samples: Sequence[Sample]) -> Any:
        """A CSR matrix, one row per sample."""
        rows = [encode(read(sample, self.weights.confusables), self.known_) for sample in samples]
        matrix = sparse.lil_matrix((len(rows), len(self.columns_)))
        for number, blocks in enumerate(rows):
            for name, amounts in blocks.items():
                for token, amount in amounts.items():
                    column = self.columns_.get((name, token))
                    if column is not None:
                        matrix[number, column] = amount
        return matrix.tocsr()


def pipeline_of(weights: Weights) -> Any:
    """A fitted pipeline: `predict_proba` takes samples and gives the probabilities of honest and spam."""
    judge = LogisticRegression()
    judge.classes_ = np.array([0, 1])
    judge.coef_ = np.array([[weight for block in weights.blocks.values() for weight in block.weights]])
    judge.intercept_ = np.array([weights.intercept])
    judge.n_features_in_ = judge.coef_.shape[1]
    return Pipeline([("amounts", Amounts(weights).fit([])), ("judge", judge)])
