"""Plots: well-formed, inside of their frame, and harmless."""

import math

import pytest
from lxml import etree

from proxy.admin.plots import Interval, Series, Step, intervals, nice, points_bar, stacked

SVG = "{*}"


def drawn(markup: str) -> etree._Element:
    root = etree.fromstring(str(markup))
    width, height = (float(part) for part in root.get("viewBox").split()[2:])
    for bar in root.iter("rect"):
        assert float(bar.get("width")) >= 0
        assert float(bar.get("x", 0)) >= -0.5
        assert float(bar.get("x", 0)) + float(bar.get("width")) <= width + 1
        assert float(bar.get("y", 0)) + float(bar.get("height")) <= height + 1
    assert not root.xpath("//@style")
    return root


@pytest.mark.parametrize("points", [[], [0.1], [5, -2, 30], [-900.0, 1], [1e-9]])
@pytest.mark.parametrize("limits", [(-1.0, 4.0), (-math.inf, math.inf), (50.0, 100.0), (2.0, 2.0)])
def test_the_bar_of_points_stays_in_its_frame(points: list[float], limits: tuple[float, float]) -> None:
    steps = [Step(f"rule {number}", value) for number, value in enumerate(points)]
    root = drawn(points_bar(steps, *limits, "Points", "+1.0", ("approve", "hold", "reject")))
    assert len([bar for bar in root.iter("rect") if bar.get("class") in {"spam", "ham"}]) == len(points)


def test_names_in_plots_are_escaped() -> None:
    told = points_bar([Step("<script>\"'&", 1.0)], -1, 4, "<b>", "x", ("a", "b", "c"))
    assert "<script>" not in told
    assert drawn(told).find("title").text == "<b>"  # type: ignore[union-attr]


@pytest.mark.parametrize("values", [(0.0, 0.0), (1.0, 999_999.0), (3.0, 0.0)])
def test_piles_stay_in_their_frame(values: tuple[float, ...]) -> None:
    drawn(stacked(["a", "b"], [Series("spam", "spam", values), Series("ham", "ham", values)], "Piles"))


def test_figures_are_dots_with_whiskers() -> None:
    root = drawn(intervals([Interval("recall", 0.2, 0.5, 0.9)], "Figures"))
    (dot,) = root.iter("circle")
    (whisker,) = [line for line in root.iter("line") if line.get("class") == "whisker"]
    assert float(whisker.get("x1")) < float(dot.get("cx")) < float(whisker.get("x2"))


@pytest.mark.parametrize(("value", "top"), [(0, 4), (1, 4), (9, 10), (11, 20), (81, 100), (1_000_000, 1_000_000)])
def test_axes_end_at_round_numbers(value: float, top: float) -> None:
    assert nice(value) == top
