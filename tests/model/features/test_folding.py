"""How much folding had to undo."""

from collections.abc import Callable

import pytest

from model.sample import Sample

Case = tuple[Sample, set[str], set[str]]
CASES: dict[str, Case] = {
    "nothing": (
        Sample(url="", title="Plain words", excerpt="and more of them"),
        set(),
        {"octets≥1", "odd-case", "dressed≥4", "digits≥2", "apart≥1", "hidden≥1", "lookalikes≥1"},
    ),
    "hidden characters": (Sample(url="", title="ca\u200bsi\u200bno\u200bs"), {"hidden≥1", "hidden≥3"}, set()),
    "look-alikes in two fields are added up": (
        Sample(url="", title="cаsіno", blog_name="bоnus"),
        {"lookalikes≥3"},
        set(),
    ),
    "another alphabet is no disguise": (Sample(url="", title="Привет всем"), set(), {"lookalikes≥1"}),
    "fancy dress": (Sample(url="", title="ｃａｓｉｎｏ"), {"dressed≥4"}, {"dressed≥12"}),
    "one word with digits may happen": (Sample(url="", title="c4s1n0"), set(), {"digits≥2"}),
    "two words with digits": (Sample(url="", title="c4s1n0", excerpt="v14gr4"), {"digits≥2"}, {"digits≥4"}),
    "letters set apart": (Sample(url="", title="c a s i n o"), {"apart≥1"}, {"apart≥2"}),
    "octets": (Sample(url="", title="cas%41ino"), {"octets≥1"}, {"octets≥4"}),
    "capitals in odd places": (Sample(url="", title="cAsInO bOnUsEs"), {"odd-case"}, set()),
    "one odd word may happen": (Sample(url="", title="cAsInO bonuses"), set(), {"odd-case"}),
    "names with capitals": (Sample(url="", title="WordPress iPhone"), set(), {"odd-case"}),
}


@pytest.mark.parametrize("case", CASES)
def test_what_was_hidden_shows(case: str, signs_of: Callable[[str, Sample], set[str]]) -> None:
    """What was hidden is counted over all texts; what honest writers do is not."""
    sample, there, absent = CASES[case]
    found = signs_of("folding", sample)
    assert there <= found
    assert not absent & found
