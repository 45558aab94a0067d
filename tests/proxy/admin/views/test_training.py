"""The state of training and the labels so far, as values."""

from datetime import UTC, datetime

import pytest

from proxy.admin.texts import Texts, texts_in
from proxy.admin.views.training import label_rows, missing, new_labels, run_view
from proxy.ping import Label
from proxy.score.run import Phase, Run
from proxy.store.labels import Tally

TEXTS, GERMAN = Texts(), texts_in("de")


def test_training_is_told_while_it_goes_on_and_when_it_is_over() -> None:
    run = Run(Phase.RUNNING, "anna", "2026-03-03T10:00:00+00:00", what="gathering labels", done=0.256)
    view = run_view(TEXTS, run)
    assert (view.runs, view.heading, view.percent) == (True, "A model is being trained", 26)
    assert view.sentence == "gathering labels, begun by anna"
    assert view.started_at == datetime(2026, 3, 3, 10, tzinfo=UTC)
    told = "kept, not in force: it is not worse on labels that neither model has seen"
    view = run_view(GERMAN, Run(Phase.DONE, "schedule", sentence=told, model="2"))
    assert (view.runs, view.heading, view.model) == (False, "Das letzte Training", "2")
    assert view.sentence.startswith("aufbewahrt, nicht in Kraft: es ist nicht schlechter")


@pytest.mark.parametrize("phase", Phase)
def test_each_way_that_training_stands_has_its_heading(phase: Phase) -> None:
    view = run_view(TEXTS, Run(phase, sentence="\u202e<b>", what="\u202e<b>"))
    assert bool(view.heading) is (phase is not Phase.IDLE)
    assert "\u202e" not in view.sentence


@pytest.mark.parametrize(
    ("spam", "ham", "told"),
    [
        (0, 0, "0 of 5 spam labels and 0 of 5 honest"),
        (4, 9, "4 of 5 spam labels and 9 of 5 honest"),
        (5, 4, "5 of 5 spam labels and 4 of 5 honest"),
        (5, 5, ""),
    ],
)
def test_missing_labels_are_counted(spam: int, ham: int, told: str) -> None:
    found = missing(TEXTS, spam, ham, 5)
    assert found.startswith(told)
    assert bool(found) is bool(told)


def test_labels_are_told_with_whose_they_are_and_where_they_came_from() -> None:
    found = [Tally(Label.SPAM, "admin", "\u202eanna", 1200), Tally(Label.HAM, "wordpress", "wordpress", 3)]
    assert label_rows(TEXTS, found) == [
        ("spam", "⟨U+202E⟩anna", "these pages", "1,200"),
        ("ham", "WordPress's moderation", "WordPress's moderation", "3"),
    ]


def test_it_is_said_when_it_trains_by_itself() -> None:
    assert new_labels(TEXTS, 1, 20) == "1 new label since the last training. After 20 it trains by itself."
    assert new_labels(TEXTS, 3, 0) == "3 new labels since the last training."
