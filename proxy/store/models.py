"""Models and the order of their promotions, where several nodes share the database."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from proxy.clock import to_us
from proxy.errors import StoreUnavailable
from proxy.store import people
from proxy.store.schema import models

Following = Callable[[Sequence[str]], Sequence[str]]
"""What says the next order of promotions by the present one."""
_IN_FORCE = "models in force"


@dataclass(frozen=True, slots=True)
class Kept:
    """A model as it is kept: the hash of the artefact, and what stands in its two files."""

    id: str
    sha256: str
    card: str
    artefact: bytes


def keep(connection: Connection, one: Kept, at: datetime, most: int) -> None:
    """Keep a model in the place of one of the same id, and of all but those that were promoted the newest *most*."""
    connection.execute(delete(models).where(models.c.id == one.id))
    values = {"id": one.id, "sha256": one.sha256, "card": one.card, "artefact": one.artefact, "made_at": to_us(at)}
    connection.execute(insert(models).values(values))
    newest = connection.execute(select(models.c.id).order_by(models.c.made_at.desc(), models.c.id.desc())).scalars()
    needed = {*list(newest)[:most], *promoted(connection)}
    connection.execute(delete(models).where(models.c.id.not_in(needed)))


def known(connection: Connection) -> dict[str, str]:
    """Return the hashes of all models by their ids."""
    return {row.id: row.sha256 for row in connection.execute(select(models.c.id, models.c.sha256))}


def fetch(connection: Connection, model_id: str) -> Kept | None:
    """Return a model, None when it is not kept (any more)."""
    row = connection.execute(select(models).where(models.c.id == model_id)).first()
    return None if row is None else Kept(row.id, row.sha256, row.card, bytes(row.artefact))


def promoted(connection: Connection) -> list[str]:
    """Return the ids that were promoted, the one in force last; none when the shipped model is."""
    found: list[str] = json.loads(people.setting(connection, _IN_FORCE) or "[]")
    return found


def change(connection: Connection, following: Following) -> list[str]:
    """Let *following* say the next order by the present one, and return it.

    Raises what that raises, and `StoreUnavailable` when another node changes the order at this very moment.
    """
    before = people.setting(connection, _IN_FORCE)
    order = list(following(json.loads(before or "[]")))
    if not people.exchange(connection, _IN_FORCE, before, json.dumps(order)):
        raise StoreUnavailable("another node changes at this moment which model is in force")
    return order
