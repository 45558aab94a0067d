"""How the fields agree with one another."""

from collections.abc import Callable

import pytest

from model.sample import PageEvidence, Sample

Case = tuple[Sample, set[str], set[str]]
CASES: dict[str, Case] = {
    "the title is the name, whatever its case": (
        Sample(url="", title="Same", blog_name="same"),
        {"title-blog_name"},
        {"title-host", "title-holds-blog_name"},
    ),
    "the title holds the name": (
        Sample(url="", title="Bread by Ada", blog_name="Ada"),
        {"title-holds-blog_name"},
        {"title-blog_name"},
    ),
    "an empty name is in no title": (
        Sample(url="", title="Bread by Ada"),
        set(),
        {"title-blog_name", "title-holds-blog_name"},
    ),
    "a path with the words of the title": (
        Sample(url="http://a.example/bread-baking", title="Bread baking"),
        {"title-path≥1"},
        {"title-elsewhere"},
    ),
    "a path with half of them": (
        Sample(url="http://a.example/bread-soup", title="Bread baking"),
        {"title-path≥0.34"},
        {"title-path≥0.67", "title-elsewhere"},
    ),
    "a title that ends in its site": (
        Sample(url="http://adas-notes.example/x", title="Bread | Ada's notes"),
        {"title-tail"},
        {"title-host"},
    ),
    "a title that ends in another": (
        Sample(url="http://b.example/x", title="Bread | Ada's notes"),
        set(),
        {"title-tail"},
    ),
    "a path with other words": (
        Sample(url="http://a.example/2020/nothing", title="Bread baking"),
        {"title-elsewhere"},
        set(),
    ),
    "a path too short to tell": (Sample(url="http://a.example/?p=1", title="Bread baking"), set(), {"title-elsewhere"}),
    "half of the title in the excerpt": (
        Sample(url="", title="bread baking", excerpt="all about bread"),
        {"title-excerpt≥0.34"},
        {"excerpt-is-title", "title-excerpt≥0.67"},
    ),
    "the excerpt is the title": (
        Sample(url="", title="Bread!", excerpt="bread"),
        {"title-excerpt≥1", "excerpt-is-title"},
        set(),
    ),
    "little words do not count": (
        Sample(url="", title="a an of", excerpt="a an of"),
        set(),
        {"excerpt-is-title", "title-excerpt≥0.34"},
    ),
    "a host named for its title": (
        Sample(url="http://cheap-watches.example/", title="Cheap watches"),
        {"title-host"},
        set(),
    ),
    "a host with one word of two": (Sample(url="http://cheap.example/", title="Cheap watches"), set(), {"title-host"}),
    "a host named for its blog": (
        Sample(url="http://adas-notes.example/", blog_name="Adas notes"),
        {"blog_name-host=is in"},
        {"blog_name-host=has nothing of"},
    ),
    "a host with a word of the name": (
        Sample(url="http://notes.example/", blog_name="Marginal notes"),
        set(),
        {"blog_name-host=has nothing of", "blog_name-host=is in"},
    ),
    "a host with nothing of the name": (
        Sample(url="http://a.example/", blog_name="Marginal notes"),
        {"blog_name-host=has nothing of"},
        set(),
    ),
    "its own domain in the excerpt": (
        Sample(url="http://a.example/", excerpt="see A.Example"),
        {"excerpt-domain"},
        set(),
    ),
    "another domain in the excerpt": (
        Sample(url="http://a.example/", excerpt="see b.example"),
        set(),
        {"excerpt-domain"},
    ),
    "no domain is in every excerpt": (Sample(url="", excerpt="see b.example"), set(), {"excerpt-domain"}),
    "an address for a title": (
        Sample(url="http://a.example/", title="http://a.example/"),
        {"is-address=title"},
        {"is-address=blog name"},
    ),
    "an address for a name": (
        Sample(url="http://a.example/", blog_name="www.a.example"),
        {"is-address=blog name"},
        {"is-address=title"},
    ),
    "the title on the page": (
        Sample(url="", title="Bread", evidence=PageEvidence(title="On BREAD")),
        {"title-page=is"},
        {"title-page=is not"},
    ),
    "another title on the page": (
        Sample(url="", title="Bread", evidence=PageEvidence(title="Cake")),
        {"title-page=is not"},
        {"title-page=is"},
    ),
    "a page that nobody saw": (Sample(url="", title="Bread"), set(), {"title-page=is not", "title-page=is"}),
}


@pytest.mark.parametrize("case", CASES)
def test_agreement_and_contradiction(case: str, signs_of: Callable[[str, Sample], set[str]]) -> None:
    """What agrees is said, what does not is not."""
    sample, there, absent = CASES[case]
    found = signs_of("agreement", sample)
    assert there <= found
    assert not absent & found
