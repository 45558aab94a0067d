"""XML-RPC at the door: a ping is taken, a multicall is taken apart, anything else goes on byte for byte."""

import asyncio

from aiohttp import hdrs, web

from proxy.body import Spooled
from proxy.config import Site
from proxy.doors.visit import Visit, answer, read_off_loop
from proxy.errors import FaultCode, MalformedPing
from proxy.identify import rpc_endpoint
from proxy.ping import Kind, Linkback
from proxy.relay import request_headers
from proxy.reply import SENTENCES, XML, Refused, Reply, Told, member_reply, reply_to
from proxy.upstream import Unanswered
from proxy.urls import is_on, parse
from proxy.wire.response import Fault, fault_response, member_fault, multicall_response, split_multicall_response
from proxy.wire.xmlrpc import BadMember, Multicall, OtherCall, PassedMember, PingCall, build_multicall, read_call

_TRANSPORT_ERROR = -32300  # of the common XML-RPC codes
_NO_ANSWER = "The site behind this proxy gave no answer to this call."


async def answer_call(visit: Visit, body: Spooled) -> web.StreamResponse:
    """Answer a POST to xmlrpc.php."""
    max_members = visit.config.limits.multicall_members
    try:
        call = await read_off_loop(body.size, lambda: read_call(body.view, max_members=max_members))
    except MalformedPing as problem:
        if visit.observes:
            return await visit.pass_on(body)
        return answer(Reply(200, XML, fault_response(int(problem.fault), problem.sentence)))
    match call:
        case OtherCall():
            return await visit.pass_on(body)
        case PingCall():
            return await _ping(visit, body, call)
        case Multicall():
            return await _multicall(visit, body, call)


async def _ping(visit: Visit, body: Spooled, call: PingCall) -> web.StreamResponse:
    linkback = read_pingback(call, visit.site)
    endpoint = rpc_endpoint(visit.target)
    if visit.observes:
        return await visit.observe(body, [linkback], endpoint)
    if isinstance(linkback, Refused):
        return answer(reply_to(Kind.PINGBACK, linkback))
    over = await visit.over_limit([linkback])
    if over is not None:
        return over
    told = await visit.behind.desk.take(visit.site, linkback, visit.sender, endpoint, visit.until)
    return answer(reply_to(Kind.PINGBACK, told))


async def _multicall(visit: Visit, body: Spooled, call: Multicall) -> web.StreamResponse:
    endpoint = rpc_endpoint(visit.target)
    pings = {
        place: read_pingback(member, visit.site)
        for place, member in enumerate(call.members)
        if isinstance(member, PingCall)
    }
    if visit.observes:
        return await visit.observe(body, list(pings.values()), endpoint)
    taken = {place: ping for place, ping in pings.items() if isinstance(ping, Linkback)}
    over = await visit.over_limit(list(taken.values()))
    if over is not None:
        return over
    others = asyncio.create_task(_others(visit, [one for one in call.members if isinstance(one, PassedMember)]))
    takes = (visit.behind.desk.take(visit.site, ping, visit.sender, endpoint, visit.until) for ping in taken.values())
    told: dict[int, Told] = {place: ping for place, ping in pings.items() if isinstance(ping, Refused)}
    told |= dict(zip(taken, await asyncio.gather(*takes), strict=True))
    return answer(Reply(200, XML, multicall_response(_in_order(call, told, await others))))


def _in_order(call: Multicall, told: dict[int, Told], others: list[bytes]) -> list[bytes]:
    rest = iter(others)
    parts: list[bytes] = []
    for place, member in enumerate(call.members):
        match member:
            case PassedMember():
                parts.append(next(rest))
            case BadMember(code, sentence):
                parts.append(member_fault(code, sentence))
            case PingCall():
                parts.append(member_reply(told[place]))
    return parts


async def _others(visit: Visit, members: list[PassedMember]) -> list[bytes]:
    """Send the members that are no pings on in one call, and return their answers in order."""
    if not members:
        return []
    headers = request_headers(visit.request, visit.config.trusted_proxies)
    headers.popall(hdrs.CONTENT_LENGTH, None)
    got = await visit.behind.upstream.ask(visit.site, "POST", visit.request.raw_path, headers, build_multicall(members))
    if isinstance(got, Unanswered):
        return [member_fault(_TRANSPORT_ERROR, got.sentence)] * len(members)
    split = split_multicall_response(got.body)
    if isinstance(split, Fault):
        return [member_fault(split.code, split.text)] * len(members)
    if split is None or len(split) != len(members):
        return [member_fault(_TRANSPORT_ERROR, _NO_ANSWER)] * len(members)
    return list(split)


def read_pingback(call: PingCall, site: Site) -> Linkback | Refused:
    """Return the linkback that a call means, or why it is none for this site.

    WordPress turns `&amp;` into `&` in both URLs first (facts §4).
    """
    try:
        source = parse(call.source.replace("&amp;", "&"))
    except MalformedPing as problem:
        return Refused(problem.fault, problem.sentence)
    try:
        target = parse(call.target.replace("&amp;", "&"))
    except MalformedPing:
        return _not_ours()
    if not is_on(target, site.our_hosts):
        return _not_ours()
    return Linkback(Kind.PINGBACK, str(source), str(target))


def _not_ours() -> Refused:
    return Refused(FaultCode.TARGET_UNUSABLE, SENTENCES[FaultCode.TARGET_UNUSABLE])
