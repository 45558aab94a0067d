"""Measured points in a square, as SVG. Pure; each plot stands beside its table."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from proxy.admin.plots import drawing, element

_WIDTH, _HEIGHT = 480.0, 300.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 52.0, 16.0, 28.0, 44.0


@dataclass(frozen=True, slots=True)
class Spot:
    """One measured point; `weight` is how many it was measured on."""

    x: float
    y: float
    weight: float = 1.0


def calibration(spots: Sequence[Spot], title: str, x_name: str, y_name: str) -> Markup:
    """Return what was said against what was so, both from 0 to 1: the nearer to the diagonal, the better."""
    parts = [
        *_frame(x_name, y_name),
        *_shares(_x),
        element("line", x1=_x(0), y1=_y(0), x2=_x(1), y2=_y(1), class_="limit"),
    ]
    heaviest = max((spot.weight for spot in spots), default=1.0)
    for spot in spots:
        size = 3 + 5 * math.sqrt(max(spot.weight, 0.0) / max(heaviest, 1.0))
        parts.append(element("circle", cx=_x(_share(spot.x)), cy=_y(_share(spot.y)), r=size, class_="dot"))
    return drawing(_WIDTH, _HEIGHT, title, parts)


def curve(spots: Sequence[Spot], title: str, x_name: str, y_name: str) -> Markup:
    """Return a share from 0 to 1 over amounts, which stand at their logarithms."""
    logs = [math.log(max(spot.x, 1.0)) for spot in spots]
    low, high = min(logs, default=0.0), max(logs, default=1.0)
    places = [_x((log - low) / (high - low) if high > low else 0.5) for log in logs]
    parts = _frame(x_name, y_name)
    line = " ".join(f"{place:.1f},{_y(_share(spot.y)):.1f}" for place, spot in zip(places, spots, strict=True))
    parts.append(element("polyline", points=line, class_="line"))
    shown = -math.inf
    for place, spot in zip(places, spots, strict=True):
        parts.append(element("circle", cx=place, cy=_y(_share(spot.y)), r=4.0, class_="dot"))
        if place - shown > 44:
            parts.append(element("text", f"{spot.x:,.0f}", x=place, y=_y(0) + 16, text_anchor="middle"))
            shown = place
    return drawing(_WIDTH, _HEIGHT, title, parts)


def _share(value: float) -> float:
    return min(max(value, 0.0), 1.0) if math.isfinite(value) else 0.0


def _x(share: float) -> float:
    return _LEFT + share * (_WIDTH - _LEFT - _RIGHT - 10)


def _y(share: float) -> float:
    return _HEIGHT - _BOTTOM - share * (_HEIGHT - _TOP - _BOTTOM)


def _frame(x_name: str, y_name: str) -> list[Markup]:
    parts = []
    for part in range(5):
        y = _y(part / 4)
        style = "axis" if part == 0 else "grid"
        parts.append(element("line", x1=_x(0), x2=_WIDTH - _RIGHT, y1=y, y2=y, class_=style))
        parts.append(element("text", f"{25 * part} %", x=_LEFT - 6, y=y + 4, text_anchor="end"))
    parts.append(element("text", y_name, x=_LEFT, y=_TOP - 14, class_="strong"))
    return [*parts, element("text", x_name, x=_WIDTH - _RIGHT, y=_HEIGHT - 6, text_anchor="end", class_="strong")]


def _shares(x: Callable[[float], float]) -> list[Markup]:
    return [element("text", f"{25 * part} %", x=x(part / 4), y=_y(0) + 16, text_anchor="middle") for part in range(5)]
