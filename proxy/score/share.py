"""Models that several nodes share: in the database with the order of their promotions, copied to each node's shelf.

A copy is used only if its hash is the one in the database and in its card. What is wrong there leaves the last good
model in force. Without a shared database (None) the shelf alone counts.
"""

import asyncio
import json
import logging
import shutil
import tempfile
from functools import partial
from pathlib import Path

from sqlalchemy.exc import IntegrityError

from model.artifact import CARD_FILE, MODEL_FILE
from model.card import ModelCard, sha256_of
from model.errors import ModelError, ModelRefused
from proxy.clock import now
from proxy.config import Config
from proxy.errors import StoreUnavailable, UnknownThing
from proxy.score.shelf import KEPT, SHIPPED, Shelf, after_promoting, before_last
from proxy.store import models
from proxy.store.database import Database
from proxy.store.models import Kept

LOOK_EVERY_S = 1.0
_log = logging.getLogger("pingwarden.score")


def shared(config: Config, database: Database) -> Database | None:
    """Return the database where several nodes share it."""
    return database if config.database else None


async def publish(common: Database | None, shelf: Shelf, shelf_id: str) -> None:
    """Let the other nodes have a model of this shelf."""
    if common is not None:
        kept = await asyncio.to_thread(_read, shelf, shelf_id)
        await common.write(models.keep, kept, now(), KEPT)


async def bring(common: Database, shelf: Shelf) -> None:
    """Give the models of *shelf*, and which of them is in force, to the nodes that will share a database."""
    order = await asyncio.to_thread(shelf.promoted)
    await _change(common, lambda _: order)
    for one in await asyncio.to_thread(shelf.all):
        if not one.shipped and not one.broken:
            await publish(common, shelf, one.id)


async def promote(common: Database | None, shelf: Shelf, name: str) -> str:
    """Put the model of this id or model_id in force, on all nodes, and return its id.

    Raises `UnknownThing`, `ModelError`, or `StoreUnavailable`.
    """
    await follow(common, shelf)
    shelf_id = (await asyncio.to_thread(shelf.named, name)).id
    await asyncio.to_thread(shelf.check, shelf_id)
    order = after_promoting(shelf.promoted(), shelf_id)
    if common is not None:
        order = await _change(common, partial(after_promoting, shelf_id=shelf_id))
    await asyncio.to_thread(shelf.put_order, order)
    return shelf_id


async def roll_back(common: Database | None, shelf: Shelf) -> str:
    """Put the model before the present one in force on all nodes; return its id. Raises `NothingToRollBack`."""
    order = before_last(shelf.promoted()) if common is None else await _change(common, before_last)
    await follow(common, shelf)
    await asyncio.to_thread(shelf.put_order, order)
    return order[-1] if order else SHIPPED


async def follow(common: Database | None, shelf: Shelf) -> str:
    """Take over the models and the order of promotions that the nodes share; return what is wrong with any of them.

    Raises `StoreUnavailable`, OSError.
    """
    trouble = ""
    if common is None:
        return trouble
    known, order = await common.read(models.known), await common.read(models.promoted)
    here = {one.id: one.card.sha256 for one in await asyncio.to_thread(shelf.all)}
    for shelf_id in known.keys() - {name for name, digest in here.items() if known.get(name) == digest}:
        kept = await common.read(models.fetch, shelf_id)
        try:
            if kept is not None:
                await asyncio.to_thread(_write, shelf, kept)
        except ModelError as problem:
            trouble = str(problem)
    if order != shelf.promoted():
        try:
            if order:
                await asyncio.to_thread(shelf.check, order[-1])
            await asyncio.to_thread(shelf.put_order, order)
        except (ModelError, UnknownThing) as problem:
            trouble = trouble or str(problem)
    return trouble


async def follow_for_ever(common: Database | None, shelf: Shelf) -> None:
    """Follow the other nodes, for ever. What is wrong is said once, and tried again."""
    said = ""
    while common is not None:
        try:
            trouble = await follow(common, shelf)
        except (StoreUnavailable, OSError) as problem:
            trouble = str(problem)
        if trouble and trouble != said:
            _log.error("the models of the other nodes cannot be taken over: %s", trouble)
        said = trouble
        await asyncio.sleep(LOOK_EVERY_S)


async def _change(common: Database, following: models.Following) -> list[str]:
    try:
        return await common.write(models.change, following)
    except IntegrityError:
        raise StoreUnavailable("another node changes at this moment which model is in force") from None


def _read(shelf: Shelf, shelf_id: str) -> Kept:
    folder = shelf.directory / shelf_id
    artefact = (folder / MODEL_FILE).read_bytes()
    return Kept(shelf_id, sha256_of(artefact), (folder / CARD_FILE).read_text(encoding="utf-8"), artefact)


def _write(shelf: Shelf, kept: Kept) -> None:
    """Put a copy on the shelf, whole or not at all. Raises `ModelRefused` when it is not what its hashes say."""
    if not kept.id.isalnum():
        raise ModelRefused(f"{kept.id!r} is no name of a model")
    try:
        card = ModelCard.from_json(json.loads(kept.card))
    except (ValueError, RecursionError) as problem:
        raise ModelRefused(f"the card of model {kept.id} in the database is not JSON: {problem}") from None
    if not sha256_of(kept.artefact) == kept.sha256 == card.sha256:
        raise ModelRefused(f"model {kept.id} in the database is not what its card names: its SHA-256 differs")
    shelf.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix="model-", dir=shelf.directory.parent))
    try:
        (fresh / MODEL_FILE).write_bytes(kept.artefact)
        (fresh / CARD_FILE).write_text(kept.card, encoding="utf-8")
        shutil.rmtree(shelf.directory / kept.id, ignore_errors=True)
        fresh.replace(shelf.directory / kept.id)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
