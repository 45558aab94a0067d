"""The words of a comment and of its writer's home."""

import pytest

from model.encode import encode
from model.sample import Kind, Sample
from model.view import read

URL, TEXT = "http://fine-coats.example/winter/sale.php?shoes=1", "cheap coats"


@pytest.mark.parametrize("kind", Kind)
def test_they_have_words_of_their_own_besides_those_of_all(kind: Kind) -> None:
    """An excerpt's and an address's words are there for every kind."""
    amounts = encode(read(Sample(url=URL, kind=kind, excerpt=TEXT), {}), {})
    own = {"comment:words", "comment:letters", "comment.home:words", "comment.home:letters"}
    assert own & amounts.keys() == (own if kind is Kind.COMMENT else set())
    assert {"cheap", "coats", "cheap coats"} == amounts["excerpt:words"].keys()
    assert {"fine", "coats"} <= amounts["host:words"].keys()
    if kind is Kind.COMMENT:
        assert amounts["comment:words"].keys() == amounts["excerpt:words"].keys()
        assert {"fine", "coats", "winter", "sale", "php", "shoes"} <= amounts["comment.home:words"].keys()


def test_who_names_no_home_has_none_of_its_words() -> None:
    """And an empty comment none at all."""
    amounts = encode(read(Sample(url="", kind=Kind.COMMENT), {}), {})
    assert not [block for block in amounts if block.startswith("comment")]
