"""What a model learnt since its parent, in points of a text of that word alone."""

from pathlib import Path

import pytest

from proxy.score.changes import moved_since
from proxy.score.shelf import shelf_in
from tests.proxy.score.shelves import make

ALONE = 2.0 / 3**0.5  # titles are believed twice; one word of a field counts 1/√3


def test_words_that_moved_most_up_and_down(tmp_path: Path) -> None:
    shelf = shelf_in(tmp_path)
    parent = make(shelf, "1", {"title:words": {"casino": 1.0, "garden": -1.0, "tea": 0.5}})
    after = {
        "title:words": {"casino": 3.0, "garden": -1.5, "tea": 0.5, "logs": 1.0},
        "title:letters": {"<ca": 9.0},
        "structure:signs": {"title-capitals": 2.0, "links≥3": -4.0, "title-end=!": 0.001},
    }
    make(shelf, "2", after, parent.model_id)
    up, down = moved_since(shelf, shelf.find("2"), 10)
    assert [(word.text, pytest.approx(word.by)) for word in up] == [
        ("the title says “casino”", 2.0 * ALONE),
        ("the title says “logs”", 1.0 * ALONE),
        ("the title is in capitals", 0.2),
    ]
    assert [(word.text, pytest.approx(word.by)) for word in down] == [
        ("the title says “garden”", -0.5 * ALONE),
        ("the excerpt holds at least 3 links", -0.4),
    ]
    assert (up[0].feature, up[0].says, up[0].value) == ("title", "the title says “{}”", "casino")
    assert [word.value for word in moved_since(shelf, shelf.find("2"), 1)[0]] == ["casino"]


def test_what_all_weights_were_stretched_by_is_not_told(tmp_path: Path) -> None:
    shelf = shelf_in(tmp_path)
    words = {f"word{number}": 0.1 * number for number in range(1, 40)}
    parent = make(shelf, "1", {"title:words": words})
    make(
        shelf,
        "2",
        {"title:words": {word: 1.5 * points for word, points in words.items()} | {"new": 1.0}},
        parent.model_id,
    )
    up, down = moved_since(shelf, shelf.find("2"), 10)
    assert ([word.value for word in up], down) == (["new"], ())


@pytest.mark.parametrize("parent", [None, "not here"])
def test_without_its_parent_nothing_is_told(tmp_path: Path, parent: str | None) -> None:
    shelf = shelf_in(tmp_path)
    make(shelf, "1", {"title:words": {"casino": 1.0}}, parent)
    assert moved_since(shelf, shelf.find("1"), 10) == ((), ())


def test_a_damaged_parent_tells_nothing(tmp_path: Path) -> None:
    shelf = shelf_in(tmp_path)
    parent = make(shelf, "1", {"title:words": {"casino": 1.0}})
    make(shelf, "2", {"title:words": {"casino": 2.0}}, parent.model_id)
    (shelf.directory / "1" / "model.joblib").write_bytes(b"broken")
    assert moved_since(shelf, shelf.find("2"), 10) == ((), ())
