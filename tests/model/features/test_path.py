"""The words in a path and its shape."""

from collections.abc import Callable

import pytest

from model.features import Words, all_features
from model.sample import Kind, Sample
from model.view import read

Case = tuple[Sample, set[str], set[str]]
CASES: dict[str, Case] = {
    "a dated slug": (
        Sample(url="http://a.example/2020/05/06/a-long-slug/"),
        {"hyphens≥1", "last=slug", "dated", "depth≥4"},
        {"files", "depth≥6"},
    ),
    "a month and no day": (Sample(url="http://a.example/2020/5"), {"dated", "last=number"}, set()),
    "a number that is no date": (Sample(url="http://a.example/2020/page"), set(), {"dated"}),
    "a page among pictures": (
        Sample(url="http://a.example/images/fYKi.php"),
        {"last=random", "ending=php", "files"},
        {"dated"},
    ),
    "the ending of old scripts": (Sample(url="http://a.example/x.php5"), {"ending=php"}, {"files"}),
    "a page of that name": (Sample(url="http://a.example/about/my-old-images"), set(), {"files"}),
    "a page that is only named for files": (Sample(url="http://a.example/about/images"), set(), {"files"}),
    "a place for files itself": (Sample(url="http://a.example/images/"), {"files"}, set()),
    "a slug with an ending": (Sample(url="http://a.example/three-part-slug.html"), {"ending=html", "last=slug"}, set()),
    "a numbered page": (Sample(url="http://a.example/post-12"), {"digits≥1", "last=numbered"}, {"digits≥3"}),
    "a word": (Sample(url="http://a.example/about"), {"depth≥1", "last=word"}, {"depth≥2"}),
    "parameters": (Sample(url="http://a.example/?a=1&b=2"), {"last=nothing", "parameters≥2"}, {"parameters≥4"}),
    "one parameter without a value": (Sample(url="http://a.example/?feed"), {"parameters≥1"}, {"parameters≥2"}),
    "a comment's address is a home": (Sample(url="http://a.example/", kind=Kind.COMMENT), set(), {"last=nothing"}),
    "a home that lies deep": (
        Sample(url="http://a.example/b/c.html", kind=Kind.COMMENT),
        {"home-depth≥2"},
        {"depth≥2", "home-depth≥3"},
    ),
    "but files are files for a comment too": (
        Sample(url="http://a.example/tmp/x.php", kind=Kind.COMMENT),
        {"ending=php", "files"},
        {"last=word"},
    ),
    "no address": (Sample(url=""), set(), {"last=nothing"}),
}


@pytest.mark.parametrize("case", CASES)
def test_shapes_of_a_path(case: str, signs_of: Callable[[str, Sample], set[str]]) -> None:
    """What is there is said, what is not is not."""
    sample, there, absent = CASES[case]
    found = signs_of("path.shape", sample)
    assert there <= found
    assert not absent & found


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://a.example/2020/MyCamelCASE/x?name=Ada", ("my", "camel", "case", "x", "name", "ada")),
        ("http://a.example/cheap_things-12.html", ("cheap", "things", "html")),
        ("http://a.example/%D0%B6%D1%83%D0%BA", ("жук",)),
        ("http://a.example/", ()),
        (
            "http://a.example/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/",
            (
                "a",
                "a",
                "a",
                "a",
                "a",
                "a",
                "a",
                "a",
                "a",
                "a",
                "a",
                "a",
                "a",
                "a",
                "a",
                "a",
                "a",
                "a",
                "a",
                "a",
                "a",
                "a",
                "a",
                "a",
                "a",
                "a",
                "a",
                "a",
                "a",
                "a",
            ),
        ),
    ],
)
def test_words_of_an_address(url: str, words: tuple[str, ...]) -> None:
    """Of path and parameters, also inside camel case; thirty at most."""
    (feature,) = (each for each in all_features() if each.name == "path")
    assert isinstance(feature, Words)
    assert feature.read(read(Sample(url=url), {})) == words
