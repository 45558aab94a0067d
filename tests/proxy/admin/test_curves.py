"""Points in a square: inside of their frame, and harmless."""

import math

import pytest
from lxml import etree

from proxy.admin.curves import Spot, calibration, curve

STRANGE = [Spot(-1, 2, 0), Spot(math.inf, math.nan, 5), Spot(0, 0, -3), Spot(1e9, 1e9, 1e9)]


def dots(markup: str) -> list[tuple[float, float]]:
    """The places of the dots, all of which are inside of the frame."""
    root = etree.fromstring(str(markup))
    width, height = (float(part) for part in root.get("viewBox").split()[2:])
    found = [(float(dot.get("cx")), float(dot.get("cy"))) for dot in root.iter("circle")]
    assert all(0 <= x <= width and 0 <= y <= height for x, y in found)
    assert not root.xpath("//@style")
    return found


def test_on_the_diagonal_says_what_is_so() -> None:
    plot = calibration([Spot(0, 0), Spot(0.5, 0.5), Spot(1, 1)], "Calibration", "said", "so")
    root = etree.fromstring(str(plot))
    (diagonal,) = (line for line in root.iter("line") if line.get("class") == "limit")
    (x0, y0), (x, y), (x1, y1) = dots(plot)
    assert (x0, y0, x1, y1) == tuple(float(diagonal.get(name)) for name in ("x1", "y1", "x2", "y2"))
    assert (x, y) == pytest.approx(((x0 + x1) / 2, (y0 + y1) / 2))


def test_more_labels_make_a_larger_dot() -> None:
    root = etree.fromstring(str(calibration([Spot(0.1, 0.1, 4), Spot(0.9, 0.9, 400)], "C", "said", "so")))
    small, large = (float(dot.get("r")) for dot in root.iter("circle"))
    assert small < large <= 8


def test_a_curve_stands_at_logarithms_and_goes_up_with_its_share() -> None:
    places = dots(curve([Spot(10, 0.2), Spot(100, 0.5), Spot(1000, 0.9)], "Curve", "labels", "found"))
    assert places[1][0] - places[0][0] == pytest.approx(places[2][0] - places[1][0], abs=0.2)
    assert places[0][1] > places[1][1] > places[2][1]


@pytest.mark.parametrize("spots", [[], [Spot(5, 0.5)], STRANGE], ids=len)
def test_whatever_was_measured_stays_in_its_frame_and_is_no_markup(spots: list[Spot]) -> None:
    finite = [spot for spot in spots if math.isfinite(spot.x)]
    for plot in (calibration(spots, "<b>", "<b>", "<b>"), curve(finite, "<b>", "<b>", "<b>")):
        assert "<b>" not in plot
        dots(plot)
