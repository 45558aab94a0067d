"""The model's page, as values."""

from dataclasses import dataclass

import pytest

from proxy.admin.texts import Texts
from proxy.admin.views.model import figure_sets, missing, strongest_words

TEXTS = Texts()
ONE = {"low": 0.9, "value": 0.955, "high": 1.0}


@dataclass(frozen=True)
class Words:
    tokens: tuple[str, ...]
    weights: tuple[float, ...]


def test_figures_are_told_with_their_intervals() -> None:
    (found,) = figure_sets(TEXTS, {"held_out": {"roc_auc": ONE, "new_one": ONE}})
    assert found.name == "On held-out rows"
    assert [(row.name, row.value, row.interval) for row in found.rows] == [
        ("area under the ROC curve", "95.5 %", "90.0 – 100.0 %"),
        ("new_one", "95.5 %", "90.0 – 100.0 %"),
    ]
    assert found.plot.startswith("<svg")


@pytest.mark.parametrize(
    "figures", [{}, {"rows": 12}, {"held_out": {}}, {"held_out": {"roc_auc": 0.9}}, {"x": {"y": {"value": 1}}}], ids=str
)
def test_what_is_no_figure_with_an_interval_is_left_out(figures: dict[str, object]) -> None:
    assert figure_sets(TEXTS, figures) == []


def test_a_hostile_name_of_a_figure_is_escaped_in_its_plot() -> None:
    (found,) = figure_sets(TEXTS, {"<b>": {"<script>": ONE}})
    assert "<b>" not in found.plot
    assert "<script>" not in found.plot


def test_the_words_that_weigh_most_come_first_and_only_those_of_texts() -> None:
    blocks = {
        "title:words": Words(("casino", "bread"), (3.0, -2.0)),
        "excerpt:words": Words(("pills", "\u202eevil"), (5.0, -1.0)),
        "url:chars": Words(("zzz",), (99.0,)),
    }
    speaks_for, speaks_against = strongest_words(TEXTS, blocks)
    assert speaks_for[:2] == [("pills", "+5.0"), ("casino", "+3.0")]
    assert speaks_against[:2] == [("bread", "−2.0"), ("⟨U+202E⟩evil", "−1.0")]
    assert "zzz" not in str(speaks_for + speaks_against)
    assert strongest_words(TEXTS, {}) == ([], [])


def test_no_more_than_twenty_words_on_each_side() -> None:
    block = Words(tuple(f"w{n}" for n in range(100)), tuple(float(n - 50) for n in range(100)))
    told = strongest_words(TEXTS, {"title:words": block})
    assert [len(side) for side in told] == [20, 20]
    assert (told[0][0][0], told[1][0][0]) == ("w99", "w0")


def test_no_word_speaks_for_both() -> None:
    speaks_for, speaks_against = strongest_words(TEXTS, {"title:words": Words(("casino", "bread"), (3.0, -2.0))})
    assert (speaks_for, speaks_against) == ([("casino", "+3.0")], [("bread", "−2.0")])


@pytest.mark.parametrize(
    ("labels", "told"),
    [
        ((), "0 of 5 spam labels and 0 of 5 honest"),
        ((("spam", "anna", 4), ("ham", "anna", 9)), "4 of 5 spam labels and 9 of 5 honest"),
        ((("spam", "anna", 3), ("spam", "ben", 2), ("ham", "anna", 4)), "5 of 5 spam labels and 4 of 5 honest"),
        ((("spam", "anna", 3), ("spam", "ben", 2), ("ham", "anna", 5)), ""),
    ],
)
def test_missing_labels_are_counted_whoever_gave_them(labels: tuple[tuple[str, str, int], ...], told: str) -> None:
    found = missing(TEXTS, labels)
    assert found.startswith(told)
    assert bool(found) is bool(told)
