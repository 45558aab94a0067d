"""The most probable change of a model, given labels and a normal prior around what it was: convex, so there is one."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from model.figures import Floats
from model.lessons import Lessons

_LEVEL_MAY_SHIFT: Final = 1.5  # standard deviation of the site's intercept, in log-odds
_FEW_ROWS: Final = 800


@dataclass(frozen=True, slots=True)
class Moves:
    """Differences by column, the factor on each field's shipped log-odds, and the shift of the level."""

    differences: Floats
    factors: Floats
    shift: float


def odds_of(lessons: Lessons, rows: Any, learnt: Moves) -> Floats:
    said = lessons.matrix[rows] @ learnt.differences + lessons.start[rows] @ learnt.factors
    return np.asarray(said + lessons.level + learnt.shift, dtype=np.float64)


def most_probable(lessons: Lessons, rows: Any, strength: float) -> Moves:
    """The most probable differences, given the rows (None: all, which saves copying them) and a normal prior around the
    shipped weights."""
    from scipy.optimize import minimize

    if not strength:
        return Moves(np.zeros(lessons.matrix.shape[1]), np.ones(len(lessons.fields)), 0.0)
    whole = lessons.start, lessons.spam, lessons.weight, lessons.matrix
    start, spam, weight, matrix = whole if rows is None else (part[rows] for part in whole)
    matrix, back = _in_span(matrix)
    level = start.sum(axis=1) + lessons.level
    width = matrix.shape[1]
    spread = np.sqrt(strength)
    turned = matrix.T

    def loss(free: Floats) -> tuple[float, Floats]:
        odds = (
            spread * (matrix @ free[:width])
            + lessons.stretch * (start @ free[width:-1])
            + level
            + _LEVEL_MAY_SHIFT * free[-1]
        )
        error = weight * (1 / (1 + np.exp(-np.clip(odds, -500, 500))) - spam)
        value = float((weight * (np.logaddexp(0, odds) - spam * odds)).sum() + 0.5 * free @ free)
        ends = [lessons.stretch * (error @ start), [_LEVEL_MAY_SHIFT * float(error.sum())]]
        return value, np.concatenate([spread * (turned @ error), *ends]) + free

    size = width + len(lessons.fields) + 1
    found = minimize(loss, np.zeros(size), jac=True, method="L-BFGS-B", options={"maxiter": 100, "ftol": 1e-6}).x
    return Moves(
        spread * back(found[:width]),
        1 + lessons.stretch * found[width:-1],
        _LEVEL_MAY_SHIFT * float(found[-1]),
    )


def _in_span(matrix: Any) -> tuple[Any, Callable[[Floats], Floats]]:
    """A few rows, seen in an orthonormal basis of their own span, and the way back from there to all columns.

    The most probable differences lie in that span (representer theorem), so that a hundred numbers are looked for and
    not thirty thousand. Many rows stay as they are: finding the basis would take longer than it saves.
    """
    if matrix.shape[0] > _FEW_ROWS:
        return matrix.tocsr(), lambda inner: inner
    values, vectors = np.linalg.eigh((matrix @ matrix.T).toarray().astype(np.float64))
    kept = values > values[-1] * 1e-12
    root = np.sqrt(values[kept])
    return vectors[:, kept] * root, lambda inner: np.asarray(matrix.T @ (vectors[:, kept] @ (inner / root)))
