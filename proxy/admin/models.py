"""The models' part of the JSON API (design §6)."""

import json
from dataclasses import asdict
from typing import Any, get_args

from aiohttp import web

from proxy.admin.keys import WORKSHOP
from proxy.admin.reach import workshop_of
from proxy.admin.show import signed_in
from proxy.rules.owner import BadRule
from proxy.score.changes import Moved
from proxy.score.portrait import Entry, Figure, Portrait
from proxy.score.run import Promote, Run

_PROMOTE = get_args(Promote)
routes = web.RouteTableDef()


@routes.get("/api/v1/models")
async def list_models(request: web.Request) -> web.Response:
    """Every model, the shipped one first."""
    found = await request.app[WORKSHOP].entries()
    return web.json_response({"items": [entry_json(one) for one in found], "next": None})


@routes.get("/api/v1/models/train")
async def show_training(request: web.Request) -> web.Response:
    """The training that goes on, else how the last one ended."""
    return web.json_response(run_json(await request.app[WORKSHOP].run()))


@routes.post("/api/v1/models/train")
async def train(request: web.Request) -> web.Response:
    """Start to train; 409 while a training goes on."""
    wanted: Any = (await _body(request)).get("promote", "auto")
    if wanted not in _PROMOTE:
        raise BadRule(f"promote = {wanted!r} must be one of {', '.join(_PROMOTE)}")
    return web.json_response(run_json(await workshop_of(request).train(signed_in(request).name, wanted)))


@routes.post("/api/v1/models/rollback")
async def roll_back(request: web.Request) -> web.Response:
    """Put the model before the present one in force."""
    return web.json_response(entry_json(await workshop_of(request).roll_back(signed_in(request).name)))


@routes.get("/api/v1/models/{id}")
async def show_model(request: web.Request) -> web.Response:
    """One model with its card."""
    return web.json_response(portrait_json(await request.app[WORKSHOP].portrait(request.match_info["id"])))


@routes.post("/api/v1/models/{id}/promote")
async def promote(request: web.Request) -> web.Response:
    """Put a model in force."""
    shelf_id, by = request.match_info["id"], signed_in(request).name
    return web.json_response(entry_json(await workshop_of(request).promote(shelf_id, by)))


async def _body(request: web.Request) -> dict[str, Any]:
    raw = await request.read()
    try:
        body = json.loads(raw) if raw.strip() else {}
    except (ValueError, RecursionError):
        raise web.HTTPBadRequest(text="The body is not JSON.") from None
    if not isinstance(body, dict):
        raise BadRule("the body must be a JSON object")
    return body


def entry_json(one: Entry) -> dict[str, Any]:
    """Return a model of the list."""
    return {
        "id": one.id,
        "model_id": one.model_id,
        "in_force": one.in_force,
        "shipped": one.shipped,
        "created_at": one.created_at,
        "parent": one.parent,
        "labels": dict(one.labels),
        "figures": {figure.name: _figure(figure) for figure in one.figures},
        "refused": one.refused,
        "reason": one.reason or None,
        "broken": one.broken or None,
    }


def portrait_json(one: Portrait) -> dict[str, Any]:
    """Return all of a model: the list's values, its card, and what it learnt since its parent."""
    return entry_json(one.entry) | {
        "card": dict(one.card),
        "learnt_from": asdict(one.learnt_from),
        "reliability": [asdict(point) for point in one.reliability],
        "learning_curve": [asdict(point) for point in one.learning_curve],
        "moved_up": [_moved(word) for word in one.moved_up],
        "moved_down": [_moved(word) for word in one.moved_down],
    }


def run_json(run: Run) -> dict[str, Any]:
    """Return the state of training."""
    return {
        "state": run.phase.value,
        "what": run.what,
        "done": run.done,
        "by": run.by or None,
        "started_at": run.started_at,
        "ended_at": run.ended_at,
        "labels": run.labels,
        "model": run.model,
        "promoted": run.promoted,
        "sentence": run.sentence or None,
    }


def _figure(figure: Figure) -> dict[str, float]:
    return {"value": figure.value, "low": figure.low, "high": figure.high}


def _moved(word: Moved) -> dict[str, Any]:
    return {
        "feature": word.feature,
        "text": word.text,
        "before": round(word.before, 4),
        "after": round(word.after, 4),
    }
