"""How well the model in force does on labelled linkbacks, as figures and as one page for people."""

from collections.abc import Sequence

from model.errors import ModelError, TooFewLabels
from model.evaluate import Evaluation, Figures, evaluate
from model.report import to_html
from model.sample import Sample
from model.train import Progress
from proxy.errors import PingwardenError, ScorerUnavailable
from proxy.score.judge import Judge

__all__ = ["Evaluation", "Figures", "measure", "page"]


def measure(judge: Judge, samples: Sequence[Sample], progress: Progress) -> Evaluation:
    """Return the figures. Raises `ScorerUnavailable`, or `PingwardenError` when there is too little to measure by."""
    if judge.scorer is None:
        raise ScorerUnavailable(judge.trouble)
    try:
        return evaluate(judge.scorer, samples, progress)
    except TooFewLabels as few:
        raise PingwardenError(
            f"{few.spam} spam and {few.ham} ham are too few to evaluate by: it takes one of each"
        ) from None
    except ModelError as problem:
        raise PingwardenError(str(problem)) from None


def page(judge: Judge, found: Evaluation) -> str:
    """Return the figures as one self-contained HTML page. Raises `ScorerUnavailable`."""
    if judge.scorer is None:
        raise ScorerUnavailable(judge.trouble)
    return to_html(found, judge.scorer.card)
