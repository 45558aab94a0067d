"""The words in a host and its shape."""

from collections.abc import Callable

import pytest

from model.features import Words, all_features
from model.sample import Sample
from model.view import read

Case = tuple[Sample, set[str], set[str]]
CASES: dict[str, Case] = {
    "levels and hyphens": (
        Sample(url="http://a-b-c.x.shop12.example/"),
        {"digits≥1", "tld=example", "levels≥2"},
        {"hyphens≥1", "numeric", "levels≥3"},
    ),
    "www is no level": (Sample(url="http://www.a.example/"), {"tld=example"}, {"levels≥1"}),
    "a public suffix of two parts": (Sample(url="http://blog.shop.co.uk/"), {"levels≥1", "tld=uk"}, {"levels≥2"}),
    "a number": (Sample(url="http://192.0.2.7/"), {"numeric"}, {"tld=7", "digits≥3"}),
    "a number in brackets": (Sample(url="http://[2001:db8::1]/"), {"numeric"}, {"digits≥3", "port"}),
    "a long name with hyphens": (
        Sample(url="http://cheap-watches-outlet.example/"),
        {"length≥20", "hyphens≥2"},
        {"length≥26", "hyphens≥3"},
    ),
    "an international alphabet": (Sample(url="http://xn--bcher-kva.example/"), {"punycode"}, set()),
    "a name that nobody could say": (Sample(url="http://rtxvbnq.example/"), {"consonants"}, set()),
    "a port": (Sample(url="http://a.example:8080/"), {"port"}, set()),
    "a host in capitals": (Sample(url="http://My.Shop.example/"), {"capitals"}, {"port"}),
    "capitals in the path alone": (Sample(url="http://a.example/About"), set(), {"capitals"}),
    "no host": (Sample(url=""), set(), {"numeric", "tld="}),
}


@pytest.mark.parametrize("case", CASES)
def test_shapes_of_a_host(case: str, signs_of: Callable[[str, Sample], set[str]]) -> None:
    """What is there is said, what is not is not."""
    sample, there, absent = CASES[case]
    found = signs_of("host.shape", sample)
    assert there <= found
    assert not absent & found


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://my-blog.cheap-watches4u.example/x", ("my", "blog", "cheap", "watches", "u")),
        ("http://www.Shop.co.uk/", ("shop",)),
        ("http://192.0.2.7/", ()),
        ("http://aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.example/", ("aaaaaaaaaaaaaaaaaaaaaaaa",)),
        ("", ()),
    ],
)
def test_words_of_an_address(url: str, words: tuple[str, ...]) -> None:
    """Without www, digits and the suffix; of a long word its head."""
    (feature,) = (each for each in all_features() if each.name == "host")
    assert isinstance(feature, Words)
    assert feature.read(read(Sample(url=url), {})) == words
