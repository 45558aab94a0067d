"""Which of a page's own rules apply to an element, and which of them wins."""

import pytest

from proxy.page import stylesheet
from proxy.page.stylesheet import Name, Sheet, for_screens, name_of

LINK = name_of("a", "x", "c d")
ABOVE = (name_of("body", None, None), name_of("div", "outer", "e"), name_of("p", None, "f"))


def displays(css: str, name: Name = LINK) -> list[str]:
    """Return the values of `display` that reach an element inside of body > div#outer.e > p.f, the weakest first."""
    sheet = Sheet()
    sheet.add(css)
    return [found["display"] for found in sheet.of(name, ABOVE)]


@pytest.mark.parametrize(
    "selector",
    [
        "a", "A", "*", "#x", ".c", ".d.c", "a.c", "a#x.d", "a:link", "p a", "div a", "p > a", "div>p>a", ".e .f a",
        "#outer a", "body a", "b, a", ".\\63",
    ],
)  # fmt: skip
def test_a_selector_that_fits(selector: str) -> None:
    assert displays(f"{selector} {{display:none}}") == ["none"]


@pytest.mark.parametrize(
    "selector",
    [
        "b", "#y", ".z", ".c.z", "b.c", "div > a", "p p a", "a p", "#outer > a", ".C",
        "a:hover", "a::before", "a + a", "a ~ a", "a[href]", ":not(a)", "body div p a a",
    ],
)  # fmt: skip
def test_a_selector_that_does_not_fit_or_that_we_cannot_read_hides_nothing(selector: str) -> None:
    assert displays(f"{selector} {{display:none}}") == []


@pytest.mark.parametrize(
    ("css", "expected"),
    [
        ("a {display:none} a {display:block}", ["none", "block"]),  # the later one
        (".c {display:none} a {display:block}", ["block", "none"]),  # a class over a type
        ("#x {display:none} .c.d {display:block}", ["block", "none"]),  # an id over classes
        ("p a {display:none} a {display:block}", ["block", "none"]),  # more types
    ],
)
def test_the_strongest_rule_comes_last(css: str, expected: list[str]) -> None:
    assert displays(css) == expected


@pytest.mark.parametrize(
    ("css", "applies"),
    [
        ("@media screen {a {display:none}}", True),
        ("@media only screen {a {display:none}}", True),
        ("@supports (display: grid) {a {display:none}}", True),
        ("@supports not (display: grid) {a {display:none}}", False),
        ("@layer base {a {display:none}}", True),
        ("@media print {a {display:none}}", False),
        ("@media (max-width: 600px) {a {display:none}}", False),
        ("@media print {@media screen {b {color:red} a {display:none}}}", False),
        ("@media print {@media screen {b {color:red}} a {display:none}}", False),
        ("@media screen {@supports (color: red) {a {display:none}}}", True),
        ("@keyframes k {a {display:none}}", False),
        ("@media print {b {display:block}} a {display:none}", True),
        ("@import 'x.css'; a {display:none}", True),
        ("/* a {display:block} */ a {display:none}", True),
        ("} a {display:none}", True),
        ("div {a {display:none}}", False),  # nested
    ],
)
def test_only_what_a_usual_screen_shows_counts(css: str, applies: bool) -> None:
    assert displays(css) == (["none"] if applies else [])


@pytest.mark.parametrize(
    ("media", "expected"),
    [("", True), ("all", True), ("print, screen", True), ("ONLY  SCREEN", True), ("print", False)],
)
def test_media_that_hold_on_any_screen(media: str, expected: bool) -> None:
    assert for_screens(media) is expected


def test_a_sheet_that_hides_nothing_is_empty() -> None:
    sheet = Sheet()
    sheet.add("a {cursor: pointer; letter-spacing: 1px}")
    assert sheet.empty
    sheet.add("a {display: none}")
    assert not sheet.empty


def test_a_background_of_a_rule_that_we_cannot_read_is_remembered() -> None:
    sheet = Sheet()
    sheet.add("a:hover {display: none}")
    assert not sheet.unread_backgrounds
    sheet.add("a:nth-child(2) {background: black}")
    assert sheet.unread_backgrounds


def test_classes_that_scripts_take_away_are_not_there() -> None:
    assert name_of("html", None, "no-js dark") == Name("html", "", frozenset({"dark"}))


def test_more_rules_than_the_bound_are_not_read() -> None:
    sheet = Sheet()
    sheet.add("b {display:none}" * stylesheet.MAX_RULES)
    assert not sheet.truncated
    sheet.add("a {display:none}")
    assert sheet.truncated
    assert sheet.of(LINK, ABOVE) == []


def test_more_characters_than_the_bound_are_not_read() -> None:
    sheet = Sheet()
    sheet.add(" " * stylesheet.MAX_STYLE_CHARS + "a {display:none}")
    assert sheet.truncated
    assert sheet.empty


def test_a_page_that_asks_for_endless_matching_gets_an_end() -> None:
    sheet = Sheet()
    sheet.add("p a {display:none}" * stylesheet.MAX_RULES)
    for _ in range(stylesheet.MAX_MATCH_STEPS // stylesheet.MAX_RULES + 1):
        sheet.of(LINK, ABOVE)
    assert sheet.truncated
    assert sheet.of(LINK, ABOVE) == []
