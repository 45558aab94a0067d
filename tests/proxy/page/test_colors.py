"""Colours as CSS and old attributes write them."""

import pytest

from proxy.page.colors import CLEAR, WHITE, Color, color, first_color

RED = Color(255, 0, 0)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("red", RED),
        ("  RED ", RED),
        ("#f00", RED),
        ("#FF0000", RED),
        ("ff0000", RED),
        ("rgb(255, 0, 0)", RED),
        ("rgb(255 0 0)", RED),
        ("rgb(100%,0%,0%)", RED),
        ("hsl(0, 100%, 50%)", RED),
        ("hsl(360deg 100% 50%)", RED),
        ("#f008", Color(255, 0, 0, 0x88 / 255)),
        ("#ff000000", Color(255, 0, 0, 0)),
        ("rgba(255,0,0,.5)", Color(255, 0, 0, 0.5)),
        ("rgb(255 0 0 / 50%)", Color(255, 0, 0, 0.5)),
        ("rebeccapurple", Color(0x66, 0x33, 0x99)),
        ("white", WHITE),
        ("transparent", CLEAR),
        ("", None),
        ("f00", None),  # without its # only six digits are a colour
        ("#ff00", Color(255, 255, 0, 0)),
        ("#ff000", None),
        ("reddish", None),
        ("rgb(255, 0)", None),
        ("rgb(a, b, c)", None),
        ("var(--accent)", None),
        ("currentcolor", None),
    ],
)
def test_a_colour_is_read_in_each_of_its_spellings(text: str, expected: Color | None) -> None:
    found = color(text)
    if expected is None or found is None:
        assert found is expected
    else:
        shown = (found.red, found.green, found.blue, found.alpha)
        assert shown == pytest.approx((expected.red, expected.green, expected.blue, expected.alpha), abs=0.01)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("url(x.png) #fff no-repeat", WHITE),
        ("no-repeat red", RED),
        ("url(x.png) rgb(255, 255, 255) center", WHITE),
        ("none", None),
        ("", None),
        ("a b c d e f g h i j k l red", None),  # nobody writes a colour after twelve words
    ],
)
def test_the_first_colour_of_a_shorthand(text: str, expected: Color | None) -> None:
    assert first_color(text) == expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("#fff", "#fff", True),
        ("#f8f8f8", "white", True),
        ("#f4f4f4", "white", False),  # 11 of 255
        ("#fffff0", "white", False),
        ("black", "white", False),
    ],
)
def test_two_colours_are_alike_when_nobody_can_read_one_on_the_other(one: str, other: str, expected: bool) -> None:
    first, second = color(one), color(other)
    assert first is not None
    assert second is not None
    assert first.is_like(second) is expected
    assert second.is_like(first) is expected
