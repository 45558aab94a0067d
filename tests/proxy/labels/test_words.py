"""The nouns of labels."""

import pytest

from proxy.labels.words import CommentKind, Said
from proxy.ping import Label


def test_only_linkbacks_are_pings() -> None:
    assert [kind.value for kind in CommentKind if kind.is_ping] == ["pingback", "trackback"]


def test_a_note_of_an_editor_is_no_kind_that_is_read() -> None:
    with pytest.raises(ValueError, match="note"):
        CommentKind("note")


@pytest.mark.parametrize(("weight", "expected"), [(1.0, True), (0.5, True), (0.25, False)])
def test_a_word_stands_on_a_ping_only_if_a_person_is_known_to_have_said_it(weight: float, expected: bool) -> None:
    assert Said(Label.HAM, weight).by_person is expected
