"""Without a model, or without labels, evaluating says so in a sentence."""

import pytest

from model.sample import Label, Sample
from model.train import silent
from proxy.errors import PingwardenError, ScorerUnavailable
from proxy.score.evaluation import measure
from proxy.score.judge import UNSURE, Judge, open_judge
from proxy.score.shelf import shelf_in


def test_without_a_model_there_is_nothing_to_measure() -> None:
    with pytest.raises(ScorerUnavailable, match="none is installed"):
        measure(Judge(None, UNSURE, "none is installed"), [], silent)


def test_one_class_alone_is_too_little(tmp_path_factory: pytest.TempPathFactory) -> None:
    judge = open_judge(shelf_in(tmp_path_factory.mktemp("state")))
    with pytest.raises(PingwardenError, match="too few to evaluate by"):
        measure(judge, [Sample("http://a.example/", label=Label.SPAM)], silent)
