"""The report holds what was asked for, and nothing from elsewhere."""

import json
from pathlib import Path

import pytest

from model.artifact import load_scorer
from model.errors import TooFewLabels
from model.evaluate import Evaluation, evaluate, learning_curve
from model.evasions import EVASIONS
from model.sample import Sample
from model.scorer import Scorer


@pytest.fixture(scope="module")
def scorer(model_dir: Path) -> Scorer:
    return load_scorer(model_dir)


@pytest.fixture(scope="module")
def evaluation(scorer: Scorer, corpus: tuple[Sample, ...]) -> Evaluation:
    return evaluate(scorer, corpus)


def test_figures_of_samples_it_has_learnt(evaluation: Evaluation) -> None:
    """Everything right, with intervals around it."""
    assert evaluation.overall.roc_auc.value == 1.0
    assert evaluation.overall.recall_at_half_percent.low <= 1.0
    assert evaluation.overall.brier.value < 0.05
    assert set(evaluation.evasions) == set(EVASIONS)
    assert evaluation.roc[0] == (0.0, 0.0)
    assert evaluation.roc[-1] == (1.0, 1.0)
    assert sum(count for _, _, count in evaluation.calibration) == 140


def test_costs_add_up(evaluation: Evaluation) -> None:
    """Of 1,000 spam each is approved, held or rejected; the model's own thresholds come first."""
    for cost in evaluation.costs:
        assert cost.spam_approved + cost.spam_held + cost.spam_rejected == pytest.approx(1000)


def test_json(evaluation: Evaluation) -> None:
    """Builtins only."""
    assert json.loads(json.dumps(evaluation.to_json()))["overall"]["spam"] == 70


def test_one_class_cannot_be_evaluated(scorer: Scorer, corpus: tuple[Sample, ...]) -> None:
    """Said plainly."""
    with pytest.raises(TooFewLabels, match="0 ham"):
        evaluate(scorer, [sample for sample in corpus if sample.label == "spam"])


def test_learning_curve(scorer: Scorer, corpus: tuple[Sample, ...]) -> None:
    """A point for each size that there are labels for."""
    assert learning_curve(lambda _: scorer, corpus, sizes=(20, 50, 5000)) == ((20, 1.0), (50, 1.0))
