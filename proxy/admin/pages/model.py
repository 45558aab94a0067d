"""The models' page: the one in force, its figures, training a new one, promoting and rolling back."""

from typing import Any

from aiohttp import web

from proxy.admin.actions import promote_model, roll_back_model
from proxy.admin.keys import PIPELINE, WORKSHOP
from proxy.admin.pages.inbox import done_of, see_done
from proxy.admin.reach import workshop_of
from proxy.admin.show import page, see_other, signed_in, texts_of
from proxy.admin.texts import Texts
from proxy.admin.views import model as view
from proxy.admin.views import training
from proxy.ping import Label
from proxy.score.workshop import Standing
from proxy.store.scope import Scope

routes = web.RouteTableDef()


@routes.get("/model")
async def show(request: web.Request) -> web.Response:
    """The model in force."""
    return await _page(request, None)


@routes.get("/model/progress")
async def progress(request: web.Request) -> web.Response:
    """How far training is, for the page's script."""
    run = training.run_view(texts_of(request), await request.app[WORKSHOP].run())
    return web.json_response({"runs": run.runs, "percent": run.percent, "sentence": run.sentence})


@routes.post("/model/train")
async def train(request: web.Request) -> web.Response:
    """Begin to train; the page shows how far it is."""
    form = await request.post()
    promote = "auto" if form.get("promote") == "auto" else "never"
    await workshop_of(request).train(signed_in(request).name, "auto" if promote == "auto" else "never")
    return see_other("/model")


@routes.post("/model/rollback")
async def roll_back(request: web.Request) -> web.Response:
    """Put the model before in force."""
    done = await roll_back_model(request.app[PIPELINE], workshop_of(request), signed_in(request))
    return see_done("/model", done)


@routes.get("/model/{id}")
async def show_one(request: web.Request) -> web.Response:
    """One model beside the one in force."""
    return await _page(request, request.match_info["id"])


@routes.post("/model/{id}/promote")
async def promote(request: web.Request) -> web.Response:
    """Put a model in force."""
    shelf_id, by = request.match_info["id"], signed_in(request)
    return see_done("/model", await promote_model(request.app[PIPELINE], workshop_of(request), shelf_id, by))


async def _page(request: web.Request, shelf_id: str | None) -> web.Response:
    texts, workshop = texts_of(request), request.app[WORKSHOP]
    entries = await workshop.entries()
    in_force = next((one.id for one in entries if one.in_force), entries[0].id)
    present = await workshop.portrait(in_force)
    shown = present if shelf_id in {None, in_force} else await workshop.portrait(str(shelf_id))
    person = signed_in(request)
    standing = await workshop.standing(person.scope)
    judge = request.app[PIPELINE].judge_in_force
    blocks = judge.scorer.weights.blocks if judge.scorer and shown is present else {}
    speaks_for, speaks_against = view.strongest_words(texts, blocks)
    return page(
        request,
        "model.html",
        model=view.model_view(texts, shown, None if shown is present else present),
        models=[view.model_row(texts, one) for one in reversed(entries)],
        trouble=judge.trouble,
        run=training.run_view(texts, await workshop.run()),
        labels=training.label_rows(texts, standing.tally),
        **_waited_for(texts, standing, person.scope),
        speaks_for=speaks_for,
        speaks_against=speaks_against,
        may_change=person.may_change and person.scope.is_everywhere,
        done=await done_of(request),
    )


def _waited_for(texts: Texts, standing: Standing, scope: Scope) -> dict[str, Any]:
    """Return what the next training waits for. It learns from all sites: labels of some alone would tell nothing."""
    if not scope.is_everywhere:
        return {"missing": "", "new_labels": texts.say("The model is one for all sites.")}
    counts = standing.counts
    return {
        "missing": training.missing(texts, counts[Label.SPAM], counts[Label.HAM], standing.needed_of_each),
        "new_labels": training.new_labels(texts, standing.new_since_training, standing.retrain_after),
    }
