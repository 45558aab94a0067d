"""Forms at the door: a trackback is taken, whatever turns out to be none goes on byte for byte."""

import asyncio
from urllib.parse import quote

from aiohttp import hdrs, web

from proxy.body import Spooled
from proxy.config import Site
from proxy.doors.visit import Visit, answer, read_off_loop
from proxy.errors import FaultCode, MalformedPing
from proxy.identify import (
    FORM_NAMES,
    ByNumber,
    ByPath,
    ByQuery,
    Door,
    PathOrNumber,
    PostName,
    is_trackback,
    trackback_post,
)
from proxy.ping import Kind, Linkback
from proxy.relay import plain
from proxy.reply import SENTENCES, Refused, reply_to
from proxy.target import Post
from proxy.urls import Url, parse
from proxy.wire.php_form import FormType, read_form, read_query
from proxy.wire.php_names import Form
from proxy.wire.trackback import read_trackback


async def answer_form(visit: Visit, body: Spooled, knocked: Door) -> web.StreamResponse:
    """Answer a POST of a form that is or could be a trackback."""
    content_type = visit.request.headers.get(hdrs.CONTENT_TYPE, "").strip() or FormType.URLENCODED.value
    try:
        query = read_query(visit.target.query, FORM_NAMES)
        form = await read_off_loop(body.size, lambda: read_form(content_type, body.view, FORM_NAMES))
    except MalformedPing as problem:
        return await _unreadable(visit, body, knocked, problem)
    if not is_trackback(knocked, query, form):
        return await visit.pass_on(body)
    try:
        return await _answer_trackback(visit, body, query, form)
    except MalformedPing as problem:
        if visit.observes:
            return await visit.pass_on(body)
        return answer(reply_to(Kind.TRACKBACK, Refused(problem.fault, problem.sentence)))


async def _answer_trackback(visit: Visit, body: Spooled, query: Form, form: Form) -> web.StreamResponse:
    """Answer a trackback. Raises `MalformedPing`."""
    fields = read_trackback(form)
    source = parse(fields.url)
    name = trackback_post(visit.target, visit.base_path, query, form)
    # The client is counted before its post is asked for: else it could have the site asked without end.
    over = await visit.over_limit([], linkbacks=1)
    if over is not None:
        return over
    target = await _target(visit, name)
    linkback = Linkback(Kind.TRACKBACK, str(source), str(target), fields.title, fields.excerpt, fields.blog_name)
    endpoint = endpoint_of(target)
    if visit.observes:
        return await visit.observe(body, [linkback], endpoint)
    over = await visit.over_limit([linkback.target_url], linkbacks=0)
    if over is not None:
        return over
    told = await visit.behind.desk.take(visit.site, linkback, visit.sender, endpoint, visit.until)
    return answer(reply_to(Kind.TRACKBACK, told))


async def _unreadable(visit: Visit, body: Spooled, knocked: Door, problem: MalformedPing) -> web.StreamResponse:
    """Answer a form that PHP could read in more than one way: nobody can say that no trackback hides in it."""
    if visit.observes:
        return await visit.pass_on(body)
    if knocked is Door.TRACKBACK:
        return answer(reply_to(Kind.TRACKBACK, Refused(problem.fault, problem.sentence)))
    return plain(400, problem.sentence)


async def _target(visit: Visit, name: PostName) -> Url:
    """Return the post that is meant; while the site does not say in time, the target stays as it was named."""
    half_way = (visit.until + asyncio.get_running_loop().time()) / 2
    try:
        async with asyncio.timeout_at(half_way):
            found = await visit.behind.targets.named(visit.site, name)
    except TimeoutError:
        return unasked(visit.site, name)
    if found is None:
        raise MalformedPing(FaultCode.TARGET_UNUSABLE, SENTENCES[FaultCode.TARGET_UNUSABLE])
    return parse(found.url) if isinstance(found, Post) else unasked(visit.site, name)


def unasked(site: Site, name: PostName) -> Url:
    """Return the target while nobody can be asked for its permalink."""
    origin = parse(site.home + "/").origin
    match name:
        case ByNumber(number, prefix):
            return parse(f"{origin}{prefix}/?p={number}")
        case ByQuery(key, value, prefix):
            return parse(f"{origin}{prefix}/?{key}={quote(value, safe='/')}")
        case ByPath(path) | PathOrNumber(path, _, _):
            return parse(origin + path)


def endpoint_of(target: Url) -> str:
    """Return where a trackback for *target* is posted: the door that works with the permalinks in use (facts §2.2)."""
    if target.query:
        return f"{target.path}?{target.query}&tb=1"
    return target.path.rstrip("/") + "/trackback/"
