"""The report stands alone, tells everything and escapes what senders wrote."""

import re

import pytest

from model.card import ModelCard, Thresholds
from model.evaluate import Evaluation, Figures, Mistake, ThresholdCost
from model.figures import Interval
from model.report import to_html
from model.sample import Label, Sample
from model.scorer import Reason

EVIL = "<script src=//a.example></script>\"'&"
HALF = Interval(0.5, 0.25, 0.75)
FIGURES = Figures(7, 9, HALF, HALF, HALF, HALF, HALF)
MISTAKE = Mistake(
    Sample(url=EVIL, title=EVIL, excerpt=EVIL, blog_name=EVIL, label=Label.HAM),
    2.5,
    (Reason("title", 1.25, f"the title says {EVIL}"), Reason("host", 0.0, "nothing at all")),
)
CARD = ModelCard("m0del", "", 1, "", Thresholds(-1.0, 4.0))


def _page(learning: tuple[tuple[int, float], ...] = ()) -> str:
    cost = ThresholdCost(Thresholds(-1.0, 4.0), 1.5, 2.5, 996.0, 3.5, 0.5)
    evaluation = Evaluation(
        FIGURES, {f"kind {EVIL}": FIGURES}, {"homoglyphs": FIGURES}, ((0.0, 0.0), (1.0, 1.0)), ((0.5, 1.0),),
        ((0.1, 0.2, 16),), (cost, cost), (MISTAKE,), learning,
    )  # fmt: skip
    return to_html(evaluation, CARD, title=EVIL)


def test_the_page_stands_alone() -> None:
    """No address is loaded, and what senders wrote is escaped."""
    page = _page()
    assert page.startswith("<!doctype html>")
    assert not re.search("<script|<link|<img|<iframe|@import|url\\(", page)
    assert not re.search(r"<[^>]*\s(?:src|href)=", page)


@pytest.mark.parametrize(
    "told",
    [
        "Model m0del, judged by 7 spam and 9 honest samples",
        "0.500 <small>0.250–0.750</small>",
        "homoglyphs",
        "-1.00 / 4.00 (the model&#x27;s own)",
        "996.0",
        "A person says ham, the model spam (+2.50)",
        "+1.25 the title says &lt;script",
    ],
)
def test_everything_is_told(told: str) -> None:
    """Figures with intervals, costs, evasions and mistakes with their reasons."""
    assert told.replace("&#x27;", "'") in _page().replace("&#x27;", "'")


def test_what_added_nothing_is_not_told() -> None:
    """And of the thresholds only the first are the model's own."""
    assert "nothing at all" not in _page()
    assert _page().count("(the model's own)") == 1


def test_three_curves_have_their_names() -> None:
    """Also for those who cannot see them; points lie inside their picture."""
    page = _page()
    assert page.count("<svg") == 3
    assert re.findall('aria-label="([^"]*)"', page) == ["ROC", "Precision and recall", "Calibration"]
    assert 'points="36.0,204.0 284.0,36.0"' in page
    assert page.count('class="even"') == 1


def test_a_learning_curve_is_told_when_there_is_one() -> None:
    """A row for each size."""
    assert "Learning curve" not in _page()
    assert re.search(r"Learning curve.*>50<.*0\.875", _page(((50, 0.875),)))
