"""Numbers to SVG. Pure; no style attributes, for the pages' CSP allows none. Each plot stands beside its table."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

_WIDTH = 720.0


@dataclass(frozen=True, slots=True)
class Step:
    """One finding in the bar of points: its name and points."""

    name: str
    points: float


@dataclass(frozen=True, slots=True)
class Series:
    """One colour of a stacked plot: the class of its bars, its name, and a value for each place."""

    style: str
    name: str
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Interval:
    """A measured figure with its interval, all from 0 to 1; `style` sets it apart from the others."""

    name: str
    low: float
    value: float
    high: float
    style: str = ""


def element(tag: str, text: str = "", **attributes: object) -> Markup:
    """Return an SVG element; everything is escaped."""
    named = ((name.strip("_").replace("_", "-"), _value(value)) for name, value in attributes.items())
    told = Markup("").join(Markup(' {}="{}"').format(name, value) for name, value in named)
    return Markup("<{0}{1}>{2}</{0}>").format(tag, told, text)


def _value(value: object) -> str:
    return f"{value:.1f}".removesuffix(".0") if isinstance(value, float) else str(value)


def drawing(width: float, height: float, title: str, parts: Iterable[Markup]) -> Markup:
    """Return the picture with its name for those who cannot see it."""
    inside = Markup("").join([element("title", title), *parts])
    head = Markup('<svg class="plot" role="img" viewBox="0 0 {} {}" aria-label="{}">')
    return head.format(_value(width), _value(height), title) + inside + Markup("</svg>")


def points_bar(
    steps: Sequence[Step], approve_below: float, reject_from: float, title: str, total: str, zones: tuple[str, str, str]
) -> Markup:
    """Return the findings as bars, each beginning where the one before ended, against the two thresholds."""
    sums = [0.0]
    for step in steps:
        sums.append(sums[-1] + step.points)
    limits = [limit for limit in (approve_below, reject_from) if math.isfinite(limit)]
    low, high = min([*sums, *limits, -1.0]) - 1, max([*sums, *limits, 1.0]) + 1
    scale = _WIDTH / (high - low)
    height = 18.0 * len(steps) + 44

    def x(points: float) -> float:
        return (min(max(points, low), high) - low) * scale

    parts = _zones(x, approve_below, reject_from, (low, high), height, zones)
    for number, step in enumerate(steps):
        before, after = sums[number], sums[number + 1]
        top = 22 + 18.0 * number
        style = "spam" if step.points > 0 else "ham"
        parts.append(
            element(
                "rect",
                x=x(min(before, after)),
                y=top,
                width=max(1.0, abs(after - before) * scale),
                height=13.0,
                class_=style,
            )
        )
        parts.append(_beside(step.name, x(max(before, after)), x(min(before, after)), top + 10.5))
    end = x(sums[-1])
    parts.append(element("line", x1=end, x2=end, y1=16.0, y2=height - 16, class_="sum"))
    anchor = "middle" if 40 < end < _WIDTH - 40 else ("start" if end <= 40 else "end")
    parts.append(element("text", total, x=end, y=height - 4, class_="strong", text_anchor=anchor))
    return drawing(_WIDTH, height, title, parts)


def _beside(name: str, right: float, left: float, y: float) -> Markup:
    """Write a bar's name where there is room for it."""
    if right < _WIDTH * 0.7:
        return element("text", name, x=right + 5, y=y)
    return element("text", name, x=left - 5, y=y, text_anchor="end")


def _zones(
    x: Callable[[float], float],
    approve_below: float,
    reject_from: float,
    ends: tuple[float, float],
    height: float,
    names: tuple[str, str, str],
) -> list[Markup]:
    edges = (ends[0], max(approve_below, ends[0]), min(reject_from, ends[1]), ends[1])
    parts = []
    for number, style in enumerate(("zone-ham", "zone-hold", "zone-spam")):
        left, right = x(edges[number]), x(edges[number + 1])
        if right - left > 0.5:
            parts.append(element("rect", x=left, y=0.0, width=right - left, height=height, class_=style))
        if right - left > 50:
            parts.append(element("text", names[number], x=(left + right) / 2, y=12.0, text_anchor="middle"))
    known = [limit for limit in (approve_below, reject_from) if math.isfinite(limit)]
    return parts + [element("line", x1=x(at), x2=x(at), y1=0.0, y2=height, class_="limit") for at in known]


def stacked(places: Sequence[str], series: Sequence[Series], title: str) -> Markup:
    """Return one bar a place, with the series on top of each other; every seventh place is named."""
    height, left, bottom = 220.0, 44.0, 24.0
    totals = [sum(one.values[place] for one in series) for place in range(len(places))]
    top = nice(max([*totals, 1.0]))
    step = (_WIDTH - left) / max(1, len(places))
    parts = _grid(top, height, left, bottom)
    for place in range(len(places)):
        base = height - bottom
        for one in series:
            tall = one.values[place] / top * (height - bottom - 10)
            base -= tall
            if tall > 0:
                parts.append(
                    element(
                        "rect",
                        x=left + place * step + 1,
                        y=base,
                        width=max(1.0, step - 2),
                        height=tall,
                        class_=one.style,
                    )
                )
        if place % 7 == len(places) % 7 or len(places) < 10:
            middle = left + (place + 0.5) * step
            parts.append(element("text", places[place], x=middle, y=height - 8, text_anchor="middle"))
    return drawing(_WIDTH, height, title, parts)


def _grid(top: float, height: float, left: float, bottom: float) -> list[Markup]:
    parts = []
    for part in range(5):
        y = height - bottom - part / 4 * (height - bottom - 10)
        parts.append(element("line", x1=left, x2=_WIDTH, y1=y, y2=y, class_="axis" if part == 0 else "grid"))
        parts.append(element("text", f"{top * part / 4:g}", x=left - 6, y=y + 4, text_anchor="end"))
    return parts


def nice(value: float) -> float:
    """Return the next round number from *value* on that four lines divide well."""
    size = 10.0 ** math.floor(math.log10(max(value, 1.0)))
    return next(size * step for step in (1, 2, 4, 8, 10, 20) if size * step >= max(value, 4.0))


def intervals(figures: Sequence[Interval], title: str) -> Markup:
    """Return figures from 0 to 1 as dots with whiskers."""
    left, line = 250.0, 26.0
    height = line * len(figures) + 24
    room = _WIDTH - left - 30

    parts = []
    for part in range(5):
        at = left + room * part / 4
        parts.append(element("line", x1=at, x2=at, y1=4.0, y2=height - 20, class_="grid"))
        parts.append(element("text", f"{25 * part} %", x=at, y=height - 5, text_anchor="middle"))
    for number, one in enumerate(figures):
        y = 16 + line * number
        parts.append(element("text", one.name, x=left - 12, y=y + 4.0, text_anchor="end"))
        low, high = left + room * one.low, left + room * one.high
        parts.append(element("line", x1=low, x2=high, y1=y, y2=y, class_=f"whisker {one.style}".strip()))
        parts.append(element("circle", cx=left + room * one.value, cy=y, r=4.0, class_=f"dot {one.style}".strip()))
    return drawing(_WIDTH, height, title, parts)


def swatch(style: str) -> Markup:
    """Return the small square of a legend."""
    return (
        Markup('<svg class="plot" aria-hidden="true" viewBox="0 0 10 10">')
        + element("rect", width=10.0, height=10.0, class_=style)
        + Markup("</svg>")
    )
