"""Each disguise as it should look, and nothing else changed."""

from dataclasses import replace

import pytest

from model.evasions import EVASIONS, evade
from model.sample import Sample

SAMPLE = Sample(url="http://a.example/casino", id="1", title="casino", excerpt="a casino", blog_name="the casino")


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("homoglyphs", "саѕіnо"),
        ("zero-width", "c\u200ba\u200bs\u200bi\u200bn\u200bo"),
        ("full-width", "ｃａｓｉｎｏ"),
        ("leetspeak", "c451n0"),
        ("mixed case", "cAsInO"),
        ("split words", "cas ino"),
        ("blog name blanked", "casino"),
        ("200 honest words", "casino"),
    ],
)
def test_a_title_in_disguise(name: str, title: str) -> None:
    """Each of them by name."""
    assert (evade(name, SAMPLE).title or "").replace("ϲ", "с") == title


@pytest.mark.parametrize("name", EVASIONS)
def test_a_disguise_changes_the_texts_alone(name: str) -> None:
    """Something of them, the same every time; the address stays."""
    changed = evade(name, SAMPLE)
    assert changed == evade(name, SAMPLE) != SAMPLE
    assert replace(changed, title="casino", excerpt="a casino", blog_name="the casino") == SAMPLE


@pytest.mark.parametrize(
    "name", [name for name in EVASIONS if name not in ("200 honest words", "honest title and name")]
)
def test_what_is_absent_stays_absent(name: str) -> None:
    """A disguise invents no text."""
    assert evade(name, Sample(url="http://a.example/")) == Sample(url="http://a.example/")


def test_padding_comes_after_the_spam() -> None:
    """Two hundred words of it."""
    excerpt = evade("200 honest words", SAMPLE).excerpt or ""
    assert excerpt.startswith("a casino ")
    assert len(excerpt.split()) == 202


def test_chance_follows_the_seed() -> None:
    """Another seed dresses otherwise."""
    assert len({evade("honest title and name", SAMPLE, seed).title for seed in range(20)}) > 1
