"""The model's page."""

from aiohttp import web

from proxy.admin.keys import PIPELINE
from proxy.admin.show import page, texts_of
from proxy.admin.views import model as view
from proxy.admin.views.words import points_text
from proxy.store import figures

routes = web.RouteTableDef()


@routes.get("/model")
async def show(request: web.Request) -> web.Response:
    """Which model is in force, its card and figures, and the labels so far."""
    pipeline, texts = request.app[PIPELINE], texts_of(request)
    judge = pipeline.judge_in_force
    card = judge.scorer.card if judge.scorer else None
    labels = await pipeline.database.read(figures.labels)
    blocks = judge.scorer.weights.blocks if judge.scorer else {}
    speaks_for, speaks_against = view.strongest_words(texts, blocks)
    return page(
        request,
        "model.html",
        card=card,
        trouble=judge.trouble,
        bands=[points_text(texts, limit) for limit in (judge.bands.approve_below, judge.bands.reject_from)],
        sets=view.figure_sets(texts, card.figures) if card else [],
        learnt=card.learnt_from if card else {},
        versions=card.versions if card else {},
        labels=labels,
        missing=view.missing(texts, labels),
        speaks_for=speaks_for,
        speaks_against=speaks_against,
    )
