"""The overview: numbers to plots and tables."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from markupsafe import Markup

from proxy.admin.plots import Series, stacked
from proxy.admin.texts import Texts
from proxy.admin.views.words import state_name
from proxy.ping import State
from proxy.store.figures import Figures

DAYS = 30
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Each kind of end has one colour and its place in the pile, the same everywhere.
PILES = (
    ("delivered", (State.DELIVERED, State.APPROVED)),
    ("hold", (State.HELD, State.RECEIVED)),
    ("rejected", (State.REJECTED,)),
    ("other", (State.REFUSED, State.FAILED, State.OBSERVED)),
)
_SPANS = {"{n} d": 86400, "{n} h": 3600, "{n} min": 60}
_NAMES = {
    "delivered": "delivered or on its way",
    "hold": "held",
    "rejected": "rejected",
    "other": "refused, not delivered or observed",
}


@dataclass(frozen=True, slots=True)
class DayRow:
    """One day of the table."""

    day: datetime
    counts: tuple[str, ...]


def over_time(texts: Texts, figures: Figures, today: datetime) -> tuple[Markup, list[DayRow], list[tuple[str, str]]]:
    """Return the plot of linkbacks by verdict over time, its table, and its legend as (style, name)."""
    last = (today - _EPOCH).days
    days = list(range(last - DAYS + 1, last + 1))
    series = [
        Series(style, texts.say(_NAMES[style]), tuple(float(_sum(figures.by_day.get(day, {}), states)) for day in days))
        for style, states in PILES
    ]
    dates = [_EPOCH + timedelta(days=day) for day in days]
    plot = stacked([f"{date:%m-%d}" for date in dates], series, texts.say("Linkbacks by verdict, day by day"))
    rows = [
        DayRow(date, tuple(texts.number(one.values[place]) for one in series))
        for place, date in enumerate(dates)
        if any(one.values[place] for one in series)
    ]
    return plot, rows[::-1], [(one.style, one.name) for one in series]


def _sum(counts: Mapping[State, int], states: tuple[State, ...]) -> int:
    return sum(counts.get(state, 0) for state in states)


def span(texts: Texts, seconds: float | None) -> str:
    """Return a span of time in one unit."""
    if seconds is None:
        return "–"
    for message, size in _SPANS.items():
        if seconds >= size:
            return texts.say(message, n=texts.number(seconds // size))
    return texts.say("{n} s", n=texts.number(seconds))


@dataclass(frozen=True, slots=True)
class BudgetRow:
    """A budget of fetches: what it is for, what was spent of it in the last minute, and its limit."""

    name: str
    spent: int
    limit: int
    told: str


_BUDGETS = {
    "address": "from one address",
    "domain": "from one domain",
    "all": "in all",
    "look-ups": "look-ups of names",
}


def budgets(texts: Texts, spent: Mapping[str, tuple[int, int]]) -> list[BudgetRow]:
    """Return how far the budgets of fetches are used: of several hosts the busiest."""
    return [
        BudgetRow(
            texts.say(name),
            spent[kind][0],
            spent[kind][1],
            texts.say("{n} of {most}", n=texts.number(spent[kind][0]), most=texts.number(spent[kind][1])),
        )
        for kind, name in _BUDGETS.items()
        if kind in spent
    ]


def totals(texts: Texts, figures: Figures) -> list[tuple[str, str]]:
    """Return how many linkbacks ended how, in the whole span."""
    counts = {state: sum(day.get(state, 0) for day in figures.by_day.values()) for state in State}
    return [(state_name(texts, state), texts.number(count)) for state, count in counts.items() if count]
