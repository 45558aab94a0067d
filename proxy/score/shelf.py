"""The models of one state directory: each in a folder of its own, and a file that says which is in force.

    models/<id>/model.joblib, model.card.json
    models/in-force      one id a line, the newest promotion last; rolling back takes the last line away

Without that file, or when its model may not be used, the shipped model is in force; it may also stand there itself.
"""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from model.artifact import load_scorer, read_card, shipped_model_dir
from model.card import ModelCard, Thresholds
from model.errors import ModelError
from model.scorer import Scorer
from proxy.errors import PingwardenError, UnknownThing

KEPT = 10
SHIPPED = "shipped"
_NO_CARD = ModelCard("", "", 0, "", Thresholds(0.0, 0.0))
_IN_FORCE = "in-force"


class NothingToRollBack(PingwardenError):
    """The shipped model is in force already."""


@dataclass(frozen=True, slots=True)
class Shelved:
    """A model on the shelf. `broken` says why its card cannot be read; then it is empty."""

    id: str
    card: ModelCard
    directory: Path
    in_force: bool
    broken: str = ""

    @property
    def shipped(self) -> bool:
        """True for the model that came with the program."""
        return self.id == SHIPPED

    def load(self) -> Scorer:
        """Return it ready to judge. Raises `ModelError`."""
        return load_scorer(self.directory)


@dataclass(frozen=True, slots=True)
class Shelf:
    """The models below one state directory."""

    directory: Path

    @property
    def marker(self) -> Path:
        """The file that says which model is in force; it changes whenever that does."""
        return self.directory / _IN_FORCE

    def stamp(self) -> tuple[int, int] | None:
        """Return what differs whenever another model was put in force."""
        try:
            found = self.marker.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_ino

    def promoted(self) -> list[str]:
        """Return the ids that were promoted, the present one last."""
        try:
            return self.marker.read_text(encoding="ascii").split()
        except (OSError, UnicodeDecodeError):
            return []

    def load(self) -> tuple[Scorer | None, str]:
        """Return the model in force, and a sentence for every better one that may not be used."""
        present = self.promoted()
        trouble = ""
        for place in dict.fromkeys([*map(self._folder, present[-1:]), shipped_model_dir()]):
            try:
                return load_scorer(place), trouble
            except ModelError as problem:
                trouble = trouble or str(problem)
        return None, trouble or "no model is installed"

    def all(self) -> list[Shelved]:
        """Return the models that were trained here and the shipped one, which comes first."""
        present = self.promoted()
        shipped = _shelved(SHIPPED, shipped_model_dir(), in_force=present[-1:] in ([], [SHIPPED]))
        own = sorted(path for path in self.directory.glob("*/") if path.is_dir())
        found = [_shelved(path.name, path, in_force=present[-1:] == [path.name]) for path in own]
        return [shipped, *sorted(found, key=lambda one: one.card.created_at or "")]

    def find(self, shelf_id: str) -> Shelved:
        """Return one model by its id here. Raises `UnknownThing`."""
        for one in self.all():
            if one.id == shelf_id:
                return one
        raise UnknownThing("model", shelf_id)

    def named(self, name: str) -> Shelved:
        """Return one model by its id here, or by its model_id. Raises `UnknownThing`."""
        return (self.by_model_id(name) if name else None) or self.find(name)

    def by_model_id(self, model_id: str) -> Shelved | None:
        """Return the model whose file begins with this hash, None when it is not here (any more)."""
        return next((one for one in self.all() if one.card.model_id == model_id), None)

    def promote(self, shelf_id: str) -> None:
        """Put a model in force. Raises `UnknownThing`, or `ModelError` when it may not be used."""
        self.check(shelf_id)
        self.put_order(after_promoting(self.promoted(), shelf_id))

    def check(self, shelf_id: str) -> None:
        """Return when a model may be put in force. Raises `UnknownThing`, or `ModelError`."""
        directory = self._folder(shelf_id)
        if shelf_id != SHIPPED and (shelf_id != directory.name or not directory.is_dir()):
            raise UnknownThing("model", shelf_id)
        load_scorer(directory)

    def roll_back(self) -> str:
        """Put the model before the present one in force and return its id. Raises `NothingToRollBack`."""
        order = before_last(self.promoted())
        self.put_order(order)
        return order[-1] if order else SHIPPED

    def put_order(self, ids: Sequence[str]) -> None:
        """Put the last of *ids* in force; the others are what can be rolled back to."""
        self._write(ids)
        self._tidy()

    def _folder(self, shelf_id: str) -> Path:
        return shipped_model_dir() if shelf_id == SHIPPED else self.directory / shelf_id

    def _write(self, ids: Sequence[str]) -> None:
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = self.marker.with_suffix(".new")
        fresh.write_text("".join(f"{one}\n" for one in ids), encoding="ascii")
        fresh.replace(self.marker)

    def _tidy(self) -> None:
        """Forget the oldest models beyond the last `KEPT`, never one that can still be rolled back to."""
        needed = set(self.promoted()[-KEPT:])
        own = sorted((path for path in self.directory.glob("*/") if path.is_dir()), key=lambda p: p.stat().st_mtime)
        for path in own[:-KEPT]:
            if path.name not in needed:
                shutil.rmtree(path, ignore_errors=True)


def after_promoting(order: Sequence[str], shelf_id: str) -> list[str]:
    """Return the order of promotions once *shelf_id* is in force: the last `KEPT`, none twice in a row."""
    if shelf_id == (order[-1] if order else SHIPPED):
        return list(order)
    return [*order, shelf_id][-KEPT:]


def before_last(order: Sequence[str]) -> list[str]:
    """Return the order of promotions without the last. Raises `NothingToRollBack`."""
    if not order:
        raise NothingToRollBack("the shipped model is in force; there is none before it")
    return list(order[:-1])


def _shelved(shelf_id: str, directory: Path, *, in_force: bool) -> Shelved:
    try:
        return Shelved(shelf_id, read_card(directory), directory, in_force)
    except ModelError as problem:
        return Shelved(shelf_id, _NO_CARD, directory, in_force, str(problem))


def shelf_in(state_dir: Path) -> Shelf:
    """Return the shelf of a state directory."""
    return Shelf(state_dir / "models")
