"""Errors are one sentence for a person."""

import pytest

from model.errors import BadSample, ModelError, ModelRefused, TooFewLabels


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (BadSample("title", "must be a text"), "title: must be a text"),
        (ModelRefused("it is damaged"), "it is damaged"),
        (TooFewLabels(3, 40, 10), "3 spam and 40 ham are too few to learn from: it takes 10 of each"),
    ],
)
def test_each_says_what_is_wrong_without_a_full_stop(error: ModelError, said: str) -> None:
    """And can be caught with all others of this room."""
    assert isinstance(error, ModelError)
    assert str(error) == said
    assert not said.endswith(".")


def test_what_was_wrong_can_be_asked_for() -> None:
    """The field, and the numbers."""
    assert BadSample("url", "is missing").field == "url"
    few = TooFewLabels(3, 40, 10)
    assert (few.spam, few.ham, few.needed) == (3, 40, 10)
