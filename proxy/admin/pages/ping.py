"""A ping's own page: what came, what its source showed, why it was judged so, and what can be done."""

import asyncio

from aiohttp import web

from proxy.admin.actions import check_again
from proxy.admin.keys import PIPELINE
from proxy.admin.pages.inbox import done_of, see_done
from proxy.admin.plain import visible
from proxy.admin.reach import scope_of, store_of
from proxy.admin.show import page, see_other, signed_in, texts_of
from proxy.admin.views import ping as view
from proxy.admin.views.words import points_text, state_name
from proxy.lifecycle import MOVES
from proxy.ping import State
from proxy.score import sample_of
from proxy.store import inbox, moderation, pings, rulebook
from proxy.urls import parse

routes = web.RouteTableDef()
_CHECK_WITHIN_S = 20.0


@routes.get("/pings/{id}")
async def show(request: web.Request) -> web.Response:
    """The page of one ping."""
    pipeline, texts = request.app[PIPELINE], texts_of(request)
    database = store_of(request)
    ping = await database.read(pings.get, request.match_info["id"])
    newer, older = await database.read(inbox.neighbours, ping)
    comment = await database.read(moderation.comment_of, ping.site, ping.id)
    names = rulebook.finding_names(await database.read(rulebook.list_all))
    judge = pipeline.judge_in_force
    score = judge.score(sample_of(ping.linkback, ping.evidence, ping.sender)) if ping.verdict else None
    speaks_for, speaks_against = view.word_lines(texts, score.reasons if score else ())
    source, everywhere = parse(ping.linkback.source_url), scope_of(request).is_everywhere
    site = next((site for site in pipeline.config.sites if site.name == ping.site), None)
    bands = judge.bands_for(site.policy) if site else judge.bands
    evidence = ping.evidence
    return page(
        request,
        "ping.html",
        ping=ping,
        title=visible((evidence.title if evidence else None) or ping.linkback.title or source.host, 200),
        state_name=state_name(texts, ping.state),
        points=points_text(texts, ping.verdict.points) if ping.verdict else "",
        bands=[points_text(texts, limit) for limit in (bands.approve_below, bands.reject_from)],
        bar=view.bar(texts, ping.verdict.findings, bands) if ping.verdict else "",
        lines=view.finding_lines(texts, ping),
        names=names,
        received=view.received_facts(texts, ping),
        seen=view.evidence_facts(texts, evidence) if evidence else [],
        context=view.context(evidence),
        model=judge.scorer.card.model_id if judge.scorer else "",
        probability=texts.number(score.probability * 100, 1) if score else "",
        speaks_for=speaks_for,
        speaks_against=speaks_against,
        story=view.story(texts, ping),
        rule_links=view.rule_links(texts, ping, source.host, source.path, "" if everywhere else ping.site),
        attempts=view.attempts(texts, ping),
        dashboard=view.dashboard_link(ping, site.home if site else "", comment),
        may_approve=State.APPROVED in MOVES[ping.state],
        may_reject=State.REJECTED in MOVES[ping.state],
        newer=newer,
        older=older,
        done=await done_of(request),
    )


@routes.post("/pings/{id}/check")
async def check(request: web.Request) -> web.Response:
    """Fetch the source again and judge anew. A slow source goes on while the page is shown."""
    ping_id = request.match_info["id"]
    try:
        async with asyncio.timeout(_CHECK_WITHIN_S):
            done = await check_again(request.app[PIPELINE], ping_id, signed_in(request))
    except TimeoutError:
        return see_other(f"/pings/{ping_id}")
    return see_done(f"/pings/{ping_id}", done)
