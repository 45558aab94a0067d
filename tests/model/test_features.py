"""Each feature says what it should of samples made for it."""

import pytest

from model.encode import encode, feature_of, letters_of, mended, reading
from model.features import Words, all_features, steps
from model.sample import Kind, PageEvidence, Sample
from model.view import read


def _signs(sample: Sample, block: str) -> set[str]:
    return set(encode(read(sample, {}), {}).get(block + ":signs", {}))


@pytest.mark.parametrize(
    ("block", "sample", "there", "absent"),
    [
        ("host.shape", Sample(url="http://a-b-c.x.shop12.example/"), {"tld=example", "levels≥2"}, {"numeric"}),
        ("host.shape", Sample(url="http://192.0.2.7/"), {"numeric"}, {"tld=7"}),
        ("path.shape", Sample(url="http://a.example/2020/05/06/a-long-slug/"), {"dated", "last=slug"}, {"files"}),
        ("path.shape", Sample(url="http://a.example/images/fYKi.php"), {"files", "ending=php"}, {"dated"}),
        ("path.shape", Sample(url="http://a.example/", kind=Kind.COMMENT), set(), {"last=nothing"}),
        ("agreement", Sample(url="", title="Same", blog_name="same"), {"title-blog_name"}, {"title-host"}),
        ("agreement", Sample(url="http://a.example/", title="http://a.example/"), {"is-address=title"}, set()),
        ("scripts", Sample(url="", title="東京", excerpt="all is english here"), {"other-script"}, set()),
        ("structure", Sample(url="", excerpt="see http://a.example http://b.example"), {"links≥2"}, {"links≥3"}),
        ("structure", Sample(url="", excerpt="rtxvbnq fgksvb"), {"unsaid≥2"}, {"unsaid≥4"}),
        ("lengths", Sample(url="", title="three small words"), {"title-words≥3"}, {"title-words≥5"}),
        ("folding", Sample(url="", title="cAsInO bOnUsEs"), {"odd-case"}, set()),
        ("folding", Sample(url="", title="WordPress iPhone"), set(), {"odd-case"}),
    ],
)
def test_signs(block: str, sample: Sample, there: set[str], absent: set[str]) -> None:
    """What is there is said, what is not is not."""
    found = _signs(sample, block)
    assert there <= found
    assert not absent & found


@pytest.mark.parametrize(
    ("evidence", "found"),
    [
        (None, set()),
        (PageEvidence(), set()),
        (PageEvidence(link_found=True), {"link=holds"}),
        (PageEvidence(link_found=False), {"link=does not hold"}),
        (PageEvidence(status=404, failure="gone"), {"status=4xx", "failure=gone"}),
        (
            PageEvidence(outbound_links=6, link_rel="UGC nofollow"),
            {"outbound≥1", "outbound≥5", "rel=nofollow", "rel=ugc"},
        ),
    ],
)
def test_not_known_is_not_no(evidence: PageEvidence | None, found: set[str]) -> None:
    """What nobody knows gives no sign."""
    assert _signs(Sample(url="http://a.example/", evidence=evidence), "evidence") == found


def test_every_sign_has_its_sentence() -> None:
    """Every block belongs to a feature; every feature can tell a person what it saw."""
    for feature in all_features():
        texts = [feature.says] if isinstance(feature, Words) else list(feature.says.values())
        assert all(text and text.count("{}") <= 1 for text in texts)
        assert feature_of(feature.name + (":words" if isinstance(feature, Words) else ":signs")) is feature


def test_steps() -> None:
    """A number is the steps that it reaches."""
    assert steps("n", (1, 4, 0.5))(3) == ["n≥1", "n≥0.5"]


@pytest.mark.parametrize(
    ("words", "whole"),
    [(("cas", "ino"), ["casino"]), (("ca", "si", "no"), ["casino"]), (("casino",), []), (("a", "b"), [])],
)
def test_broken_words_are_mended(words: tuple[str, ...], whole: list[str]) -> None:
    """Only into words that are known."""
    assert list(mended(words, {"casino"})) == whole


def test_letters() -> None:
    """Runs of three to five with the word's ends marked, each once."""
    assert letters_of("abc") == ("<ab", "abc", "bc>", "<abc", "abc>", "<abc>")
    assert letters_of("a") == ()


def test_reading_is_a_digest() -> None:
    """The same every time."""
    assert reading() == reading()
    assert len(reading()) == 16
