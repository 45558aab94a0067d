"""The models of a state directory: promoted, rolled back, and never loaded when anything about them is wrong."""

import shutil
from pathlib import Path

import pytest

from model.artifact import shipped_model_dir
from proxy.errors import UnknownThing
from proxy.score import shelf_in
from proxy.score.shelf import NothingToRollBack, Shelf
from tests.proxy.score.shelves import make


def put(shelf: Shelf, model_id: str) -> Path:
    """Put a copy of the shipped model on the shelf."""
    directory = shelf.directory / model_id
    directory.mkdir(parents=True)
    for name in ("model.joblib", "model.card.json"):
        shutil.copy(shipped_model_dir() / name, directory)
    return directory


def test_the_shipped_model_is_in_force_until_another_is_promoted(tmp_path: Path) -> None:
    shelf = shelf_in(tmp_path)
    scorer, trouble = shelf.load()
    assert scorer is not None
    assert trouble == ""
    assert [(one.id, one.in_force) for one in shelf.all()] == [("shipped", True)]


def test_promote_and_roll_back(tmp_path: Path) -> None:
    shelf = shelf_in(tmp_path)
    for model_id in ("one", "two"):
        put(shelf, model_id)
        shelf.promote(model_id)
    assert {one.id: one.in_force for one in shelf.all()} == {"shipped": False, "one": False, "two": True}
    assert shelf.roll_back() == "one"
    assert shelf.roll_back() == "shipped"
    with pytest.raises(NothingToRollBack, match="the shipped model is in force"):
        shelf.roll_back()


def test_the_shipped_model_is_promoted_and_rolled_back_like_any_other(tmp_path: Path) -> None:
    shelf = shelf_in(tmp_path)
    shelf.promote("shipped")
    assert shelf.promoted() == [], "it was in force"
    put(shelf, "one")
    for model_id in ("one", "one", "shipped", "shipped"):
        shelf.promote(model_id)
    assert shelf.promoted() == ["one", "shipped"], "none twice in a row"
    assert {one.id: one.in_force for one in shelf.all()} == {"shipped": True, "one": False}
    assert shelf.load()[1] == ""
    assert shelf.roll_back() == "one"


def test_a_model_is_named_by_either_of_its_names(tmp_path: Path) -> None:
    shelf = shelf_in(tmp_path)
    card = make(shelf, "one", {"title:words": {"casino": 1.0}})
    put(shelf, "broken")
    (shelf.directory / "broken" / "model.card.json").unlink()
    assert shelf.named("one").id == shelf.named(card.model_id).id == "one"
    assert shelf.named("shipped").shipped
    for name in ("nosuch", ""):
        with pytest.raises(UnknownThing):
            shelf.named(name)


@pytest.mark.parametrize("model_id", ["nosuch", "../models/one", "."])
def test_what_is_not_on_the_shelf_is_not_promoted(tmp_path: Path, model_id: str) -> None:
    shelf = shelf_in(tmp_path)
    put(shelf, "one")
    with pytest.raises(UnknownThing, match="there is no model"):
        shelf.promote(model_id)


@pytest.mark.parametrize("damage", ["truncated", "swapped", "without its card"])
def test_a_damaged_model_is_never_loaded_and_the_shipped_one_goes_on(tmp_path: Path, damage: str) -> None:
    shelf = shelf_in(tmp_path)
    own = put(shelf, "one")
    shelf.promote("one")
    if damage == "truncated":
        (own / "model.joblib").write_bytes((own / "model.joblib").read_bytes()[:-10])
    elif damage == "swapped":
        (own / "model.joblib").write_bytes(b"something else")
    else:
        (own / "model.card.json").unlink()
    scorer, trouble = shelf.load()
    assert scorer is not None
    assert str(own) in trouble
