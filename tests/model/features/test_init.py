"""The features are found by themselves, and each can tell a person what it saw."""

from pathlib import Path

import pytest

import model.features
from model.encode import encode, feature_of
from model.features import STEP, Signs, Words, all_features, steps
from model.sample import PageEvidence, Sample
from model.view import read


def test_every_file_here_is_a_feature() -> None:
    """A new file is found without being named anywhere."""
    files = {path.stem for path in Path(model.features.__file__).parent.glob("*.py")} - {"__init__"}
    assert {feature.name.partition(".")[0] for feature in all_features()} == files


def test_no_two_features_share_a_name() -> None:
    """Or the amounts of one would overwrite those of the other."""
    names = [feature.name for feature in all_features()]
    assert len(names) == len(set(names))


def test_every_sign_has_its_sentence() -> None:
    """Every block belongs to a feature; every feature can tell a person what it saw."""
    for feature in all_features():
        texts = [feature.says] if isinstance(feature, Words) else list(feature.says.values())
        assert all(text and text.count("{}") <= 1 for text in texts)
        assert feature_of(feature.name + (":words" if isinstance(feature, Words) else ":signs")) is feature


LOUD = Sample(
    url="http://a-b.Shop77x.example:8080/images/2020/05/fYKi7x.php5?a=1&b=2",
    title="CHEAP ★ 50% off | Things!",
    excerpt="http://c.example <a href='x'>c4s1n0</a> v14gr4 w i n %41 joe@mail.example $5, +1 234 567 8901 ??? !!! 😀",
    blog_name="cheap",
    evidence=PageEvidence(
        fetched_url="http://other.example/", status=200, redirects=3, title="things", link_found=True,
        link_visible=False, link_rel="ugc", outbound_links=400, text_chars=20000, sender_matches_host=False,
        wordpress_would_accept=True, failure="timeout",
    ),
)  # fmt: skip


@pytest.mark.parametrize("feature", [each for each in all_features() if isinstance(each, Signs)], ids=lambda f: f.name)
def test_what_a_feature_says_it_can_explain(feature: Signs) -> None:
    """Each sign's name stands among its feature's sentences, with room for a value exactly when it has one."""
    for token in encode(read(LOUD, {"а": "a"}), {})[feature.name + ":signs"]:
        name, mark, _ = token.partition(STEP if STEP in token else "=")
        assert ("{}" in feature.says[name]) == bool(mark), token


@pytest.mark.parametrize(
    ("value", "reached"),
    [(0.4, []), (0.5, ["n≥0.5"]), (3, ["n≥1", "n≥0.5"]), (4, ["n≥1", "n≥4", "n≥0.5"]), (1e9, ["n≥1", "n≥4", "n≥0.5"])],
)
def test_a_number_is_the_steps_that_it_reaches(value: float, reached: list[str]) -> None:
    """A bound itself is reached; however large the number, there are no more steps than bounds."""
    assert steps("n", (1, 4, 0.5))(value) == reached
