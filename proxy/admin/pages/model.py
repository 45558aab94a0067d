"""The models' page: the one in force, its figures, training a new one, promoting and rolling back."""

from aiohttp import web

from proxy.admin.actions import promote_model, roll_back_model
from proxy.admin.keys import PIPELINE, WORKSHOP
from proxy.admin.pages.inbox import done_of, see_done
from proxy.admin.show import page, see_other, signed_in, texts_of
from proxy.admin.views import model as view
from proxy.admin.views import training
from proxy.ping import Label

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
    await request.app[WORKSHOP].train(signed_in(request).name, "auto" if promote == "auto" else "never")
    return see_other("/model")


@routes.post("/model/rollback")
async def roll_back(request: web.Request) -> web.Response:
    """Put the model before in force."""
    done = await roll_back_model(request.app[PIPELINE], request.app[WORKSHOP], signed_in(request).name)
    return see_done("/model", done)


@routes.get("/model/{id}")
async def show_one(request: web.Request) -> web.Response:
    """One model beside the one in force."""
    return await _page(request, request.match_info["id"])


@routes.post("/model/{id}/promote")
async def promote(request: web.Request) -> web.Response:
    """Put a model in force."""
    shelf_id, by = request.match_info["id"], signed_in(request).name
    return see_done("/model", await promote_model(request.app[PIPELINE], request.app[WORKSHOP], shelf_id, by))


async def _page(request: web.Request, shelf_id: str | None) -> web.Response:
    texts, workshop = texts_of(request), request.app[WORKSHOP]
    entries = await workshop.entries()
    in_force = next((one.id for one in entries if one.in_force), entries[0].id)
    present = await workshop.portrait(in_force)
    shown = present if shelf_id in {None, in_force} else await workshop.portrait(str(shelf_id))
    standing = await workshop.standing()
    judge = request.app[PIPELINE].judge_in_force
    blocks = judge.scorer.weights.blocks if judge.scorer and shown is present else {}
    speaks_for, speaks_against = view.strongest_words(texts, blocks)
    counts = standing.counts
    return page(
        request,
        "model.html",
        model=view.model_view(texts, shown, None if shown is present else present),
        models=[view.model_row(texts, one) for one in reversed(entries)],
        trouble=judge.trouble,
        run=training.run_view(texts, await workshop.run()),
        labels=training.label_rows(texts, standing.tally),
        missing=training.missing(texts, counts[Label.SPAM], counts[Label.HAM], standing.needed_of_each),
        new_labels=training.new_labels(texts, standing.new_since_training, standing.retrain_after),
        speaks_for=speaks_for,
        speaks_against=speaks_against,
        done=await done_of(request),
    )
