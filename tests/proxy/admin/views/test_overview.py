"""The overview's plots, tables and spans, as values."""

from datetime import UTC, datetime

import pytest
from lxml import etree

from proxy.admin.texts import Texts
from proxy.admin.views.overview import DAYS, PILES, budgets, over_time, span, totals
from proxy.ping import State
from proxy.store.figures import Figures

TEXTS = Texts()
TODAY = datetime(2026, 3, 3, 23, 59, tzinfo=UTC)
LAST = (TODAY - datetime(1970, 1, 1, tzinfo=UTC)).days


def figures(by_day: dict[int, dict[State, int]]) -> Figures:
    return Figures(by_day, (), (), ())


def test_every_state_stands_in_one_pile() -> None:
    assert sorted(state for _, states in PILES for state in states) == sorted(State)


def test_days_are_told_newest_first_and_only_those_with_something() -> None:
    found = figures({LAST: {State.HELD: 2, State.RECEIVED: 1}, LAST - 3: {State.DELIVERED: 1200}})
    plot, rows, legend = over_time(TEXTS, found, TODAY)
    assert [(row.day.isoformat()[:10], row.counts) for row in rows] == [
        ("2026-03-03", ("0", "3", "0", "0")),
        ("2026-02-28", ("1,200", "0", "0", "0")),
    ]
    assert [style for style, _ in legend] == [style for style, _ in PILES]
    bars = [bar.get("class") for bar in etree.fromstring(str(plot)).iter("rect")]
    assert sorted(bars) == ["delivered", "hold"]


@pytest.mark.parametrize("day", [LAST + 1, LAST - DAYS])
def test_days_outside_of_the_span_are_left_out(day: int) -> None:
    _, rows, _ = over_time(TEXTS, figures({day: {State.HELD: 1}}), TODAY)
    assert rows == []


def test_the_oldest_day_of_the_span_is_there() -> None:
    _, rows, _ = over_time(TEXTS, figures({LAST - DAYS + 1: {State.FAILED: 1, State.REFUSED: 1}}), TODAY)
    assert [row.counts for row in rows] == [("0", "0", "0", "2")]


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (None, "–"),
        (0, "0 s"),
        (59, "59 s"),
        (60, "1 min"),
        (3599, "59 min"),
        (3600, "1 h"),
        (86399, "23 h"),
        (86400, "1 d"),
        (1e9, "11,574 d"),
    ],
)
def test_a_span_is_told_in_one_unit(seconds: float | None, told: str) -> None:
    assert span(TEXTS, seconds) == told


def test_totals_add_the_days_and_leave_out_what_there_was_none_of() -> None:
    found = figures({LAST: {State.HELD: 1, State.DELIVERED: 2}, LAST - 1: {State.HELD: 1}})
    assert sorted(totals(TEXTS, found)) == [("Delivered", "2"), ("Held", "2")]
    assert totals(TEXTS, figures({})) == []


def test_budgets_are_told_with_what_was_spent_of_them() -> None:
    found = budgets(TEXTS, {"address": (3, 10), "all": (1200, 1200), "host": (1, 10)})
    assert [(row.name, row.spent, row.limit, row.told) for row in found] == [
        ("from one address", 3, 10, "3 of 10"),
        ("in all", 1200, 1200, "1,200 of 1,200"),
    ]
