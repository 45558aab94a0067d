"""Whole pages as they are found on the web, read as a person would read them."""

import json
from pathlib import Path

import pytest

PAGES = Path(__file__).parents[2] / "corpus" / "pages"
EXPECTED = json.loads((PAGES / "expected.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", EXPECTED)
def test_page(read, name):
    expected = EXPECTED[name]["facts"]
    facts = read((PAGES / name).read_bytes(), EXPECTED[name]["content_type"])
    assert {key: getattr(facts, key) for key in expected} == expected


def test_every_page_has_its_expectation():
    assert {path.name for path in PAGES.iterdir()} == {*EXPECTED, "expected.json"}
