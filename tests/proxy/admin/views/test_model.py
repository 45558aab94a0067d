"""A model as its page shows it, as values."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from proxy.admin.texts import Texts, texts_in
from proxy.admin.views.model import compared, figure_rows, model_row, model_view, moved, strongest_words, time_of
from proxy.score import shelf_in
from proxy.score.changes import Moved
from proxy.score.portrait import Comparison, Entry, Figure, Portrait, portrait
from tests.proxy.score.shelves import make
from tests.proxy.score.test_portrait import MEASURED, WORDS

TEXTS, GERMAN = Texts(), texts_in("de")
AUC = Figure("roc_auc", 0.955, 0.9, 1.0)
ENTRY = Entry(
    "2", "abcdef", False, False, "2026-03-03T10:00:00+00:00", "123456", {"spam": 2, "ham": 1000}, (AUC,), True, "it is worse"
)  # fmt: skip
COMPARISON = Comparison(False, "it is worse", Figure("log_loss", 0.1, 0.05, 0.2), 0.3, 0.2, 4, 1, 1030)


@dataclass(frozen=True)
class Words:
    tokens: tuple[str, ...]
    weights: tuple[float, ...]


def painted(tmp_path: Path, **changes: Any) -> Portrait:
    shelf = shelf_in(tmp_path)
    parent = make(shelf, "1", WORDS)
    make(shelf, "2", {"title:words": {"casino": 2.0, "bread": -1.0}}, parent=parent.model_id, **(MEASURED | changes))
    return portrait(shelf, "2")


def test_the_list_shows_when_a_model_was_made_from_how_many_labels_and_how_well_it_does() -> None:
    row = model_row(TEXTS, ENTRY)
    assert row.made_at == datetime(2026, 3, 3, 10, tzinfo=UTC)
    assert row.labels == "ham 1,000, spam 2"
    assert row.figures == ("95.5 %", "–")
    assert (row.refused, row.reason) == (True, "it is worse")
    assert model_row(TEXTS, replace(ENTRY, broken="its card is not JSON")).reason == "its card is not JSON"
    assert model_row(TEXTS, replace(ENTRY, created_at=None, labels={}, figures=())).figures == ("–", "–")


@pytest.mark.parametrize("told", [None, "", "yesterday", "2026-13-01", "\u202e"])
def test_what_is_no_time_is_none(told: str | None) -> None:
    assert time_of(told) is None


def test_figures_stand_beside_those_of_the_model_in_force() -> None:
    other = (Figure("roc_auc", 0.5, 0.4, 0.6), Figure("brier", 0.1, 0.1, 0.1))
    (row, new) = figure_rows(TEXTS, (AUC, Figure("<new>", 0, 0, 0)), other)
    assert (row.name, row.value, row.interval) == ("area under the ROC curve", "95.5 %", "90.0 – 100.0 %")
    assert (row.beside, row.beside_interval) == ("50.0 %", "40.0 – 60.0 %")
    assert (new.name, new.beside) == ("<new>", "")


def test_a_comparison_is_told_with_its_interval() -> None:
    losses, rejected = compared(TEXTS, COMPARISON)
    for part in ("1,030 labels", "0.300", "0.200", "+0.100", "+0.050 to +0.200"):
        assert part in losses
    assert "rejects 4 honest" in rejected
    assert "no longer rejects 1 " in rejected
    assert compared(GERMAN, COMPARISON)[0] != losses
    assert compared(TEXTS, None) == ()


def test_words_that_moved_are_told_in_the_reader_s_language() -> None:
    one = Moved("title", "the title says “{}”", "\u202ecasino", 0.0, 1.25)
    assert moved(TEXTS, one) == ("the title says “⟨U+202E⟩casino”", "+1.2", "+0.0 before, +1.2 now")
    assert moved(GERMAN, one)[0] == "der Titel sagt „⟨U+202E⟩casino“"


def test_all_of_a_model_is_shown_and_each_plot_has_its_table(tmp_path: Path) -> None:
    view = model_view(TEXTS, painted(tmp_path))
    assert view.calibration is not None
    assert view.calibration.rows == (("5.0 %", "10.0 %", "10"), ("95.0 %", "90.0 %", "20"))
    assert view.curve is not None
    assert view.curve.rows == (("20", "60.0 %"), ("50", "75.0 %"))
    assert [word for word, *_ in view.moved_up] == ["the title says “casino”"]
    assert [word for word, *_ in view.moved_down] == ["the title says “bread”"]
    assert dict(view.learnt_from)["From"] == (("WordPress's moderation", "2"), ("these pages", "1"))
    assert dict(view.learnt_from)["By"] == (("WordPress's moderation", "2"), ("anna", "1"))
    assert view.plot.startswith("<svg")
    assert view.bands == ("−1.0", "+4.0")


def test_what_was_not_measured_is_not_shown(tmp_path: Path) -> None:
    make(shelf_in(tmp_path), "1", WORDS)
    view = model_view(TEXTS, portrait(shelf_in(tmp_path), "1"))
    assert (view.calibration, view.curve, view.compared, view.moved_up, view.figures, view.plot) == (
        None, None, (), (), (), "",
    )  # fmt: skip


def test_a_hostile_card_is_harmless(tmp_path: Path) -> None:
    evil = "\u202e<script>"
    figures = {"out_of_fold": {evil: {"value": 9.0, "low": -1, "high": 1e300}}, "labels": {"by_person": {evil: 1}}}
    view = model_view(TEXTS, painted(tmp_path, **figures))
    assert "<script>" not in view.plot
    assert "\u202e" not in str((view.figures, view.learnt_from, view.row))


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
