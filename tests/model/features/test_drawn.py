"""Words drawn by lot."""

from collections.abc import Callable

import pytest

from model.sample import Sample

Case = tuple[Sample, set[str]]
CASES: dict[str, Case] = {
    "nothing at all": (Sample(url=""), set()),
    "words, names and versions": (
        Sample(
            url="https://blog.example/2024/07/iPhone6-review",
            title="WordPress 6.4, PHP8 and my iPhone6",
            excerpt="MP3s at 128kbps, H264, IPv6, 3D and the A10 to B12: ISO8601 on x86_64",
        ),
        set(),
    ),
    "a title with one": (Sample(url="", title="warm coats-rXq9TDk0vT"), {"title≥1"}),
    "one in the excerpt": (Sample(url="", excerpt="warm coats Kt7Px2wQ for you"), {"excerpt≥1"}),
    "several in the excerpt": (
        Sample(url="", excerpt="coats-Kt7Px2wQ hats-pT4wLx9sQ gloves-q2W8eR5t"),
        {"excerpt≥1", "excerpt≥3"},
    ),
    "an address in the excerpt may hold them": (
        Sample(url="", excerpt="see https://video.example/watch?v=Kt7Px2wQ9aB and www.paste.example/rXq9TDk0vT"),
        set(),
    ),
    "one in the path": (Sample(url="http://shop.example/coats-rXq9TDk0vT.html"), {"path≥1"}),
    "two in the path": (Sample(url="http://shop.example/Qd7rD8K/cJa2T4y/"), {"path≥1", "path≥2"}),
    "a host is no path": (Sample(url="http://a1b2c3d4.example/"), set()),
}


@pytest.mark.parametrize("case", CASES)
def test_words_drawn_by_lot_are_counted(case: str, signs_of: Callable[[str, Sample], set[str]]) -> None:
    """The steps that each number reaches and no more."""
    sample, there = CASES[case]
    assert signs_of("drawn", sample) == there
