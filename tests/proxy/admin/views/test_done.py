"""What was just done, in a sentence."""

import pytest

from proxy.admin.actions import Do
from proxy.admin.texts import Texts, texts_in
from proxy.admin.views.done import done_view


@pytest.mark.parametrize(
    ("what", "changed", "skipped", "undo_s", "told"),
    [
        ("approve", 1, 0, 0, "1 linkback approved."),
        ("approve", 2, 0, 10, "2 linkbacks approved. WordPress gets it in 10 s."),
        ("approve", 0, 1, 10, "0 linkbacks approved. 1 does not allow that."),
        ("reject", 1, 2, 10, "1 linkback rejected. 2 do not allow that."),
        ("delete", 1234, 0, 0, "1,234 linkbacks deleted."),
        ("rule-removed", 1, 0, 0, "1 rule deleted."),
    ],
)
def test_it_says_how_many(what: str, changed: int, skipped: int, undo_s: float, told: str) -> None:
    view = done_view(Texts(), what, changed, skipped, "ID", undo_s)
    assert (view.sentence, view.undo_id) == (told, "ID")


@pytest.mark.parametrize("what", [*Do, "rule-added", "rule-changed", "rule-removed"])
def test_everything_that_can_be_done_has_its_sentence(what: str) -> None:
    for language in ("en", "de"):
        told = done_view(texts_in(language), what, 3, 0, None, 0)
        assert told.sentence.startswith("3 ")
        assert told.undo_id is None
