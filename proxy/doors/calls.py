"""XML-RPC at the door: a ping is taken, a multicall is taken apart, anything else goes on byte for byte."""

import asyncio

from aiohttp import hdrs, web

from proxy.body import Spooled
from proxy.config import Site
from proxy.doors.logins import guarded, pass_on
from proxy.doors.visit import Visit, answer, read_off_loop
from proxy.errors import FaultCode, MalformedPing
from proxy.identify import rpc_endpoint
from proxy.ping import Kind, Linkback
from proxy.relay import request_headers
from proxy.reply import SENTENCES, XML, Refused, Reply, Told, member_reply, reply_to
from proxy.upstream import Unanswered
from proxy.urls import Url, is_on, parse
from proxy.wire.response import Fault, fault_response, member_fault, multicall_response, split_multicall_response
from proxy.wire.watch import AnswerWatch
from proxy.wire.xmlrpc import BadCall, Multicall, OtherCall, PassedMember, PingCall, build_multicall, read_call

_TRANSPORT_ERROR = -32300  # of the common XML-RPC codes
_NO_ANSWER = "The site behind this proxy gave no answer to this call."


async def answer_call(visit: Visit, body: Spooled) -> web.StreamResponse:
    """Answer a POST to xmlrpc.php."""
    over = await visit.over_calls(body.size)
    if over is not None:
        return over
    max_members = None if visit.observes else visit.config.limits.multicall_members
    refused = () if visit.observes else visit.site.policy.refused_methods
    try:
        call = await read_off_loop(body.size, lambda: read_call(body.view, max_members=max_members, refused=refused))
    except MalformedPing as problem:
        if visit.observes:
            return await visit.pass_on(body)
        return answer(Reply(200, XML, fault_response(int(problem.fault), problem.sentence)))
    match call:
        case OtherCall():
            return await pass_on(visit, body, call.log_ins)
        case BadCall(code, sentence):
            return answer(Reply(200, XML, fault_response(code, sentence)))
        case PingCall():
            return await _ping(visit, body, call)
        case Multicall():
            return await _multicall(visit, body, call)


async def _ping(visit: Visit, body: Spooled, call: PingCall) -> web.StreamResponse:
    if visit.observes:
        return await visit.observe(body, [read_pingback(call, visit.site)], rpc_endpoint(visit.target))
    target = _target_of(call, visit.site)
    # The source is read after the limits, for a flood names another one each time.
    over = None if target is None else await visit.over_limit([str(target)])
    if over is not None:
        return over
    linkback = read_pingback(call, visit.site)
    if isinstance(linkback, Refused):
        return answer(reply_to(Kind.PINGBACK, linkback))
    endpoint = rpc_endpoint(visit.target)
    told = await visit.behind.desk.take(visit.site, linkback, visit.sender, endpoint, visit.until)
    return answer(reply_to(Kind.PINGBACK, told))


async def _multicall(visit: Visit, body: Spooled, call: Multicall) -> web.StreamResponse:
    endpoint = rpc_endpoint(visit.target)
    members = [(place, member) for place, member in enumerate(call.members) if isinstance(member, PingCall)]
    if visit.observes:  # what is over the limit goes on unrecorded
        members = members[: visit.config.limits.multicall_members]
    pings = {place: read_pingback(member, visit.site) for place, member in members}
    tried = call.log_ins
    if visit.observes:
        linkbacks = list(pings.values())
        return await guarded(visit, tried, lambda watch: visit.observe(body, linkbacks, endpoint, watch))
    over = await visit.over_limit([ping.target_url for ping in pings.values() if isinstance(ping, Linkback)])
    if over is not None:
        return over
    return await guarded(visit, tried, lambda watch: _taken_apart(visit, call, pings, endpoint, watch))


async def _taken_apart(
    visit: Visit, call: Multicall, pings: dict[int, Linkback | Refused], endpoint: str, watch: AnswerWatch
) -> web.Response:
    passed = [one for one in call.members if isinstance(one, PassedMember)]
    others = asyncio.create_task(_others(visit, passed, watch))
    taken = {place: ping for place, ping in pings.items() if isinstance(ping, Linkback)}
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
            case BadCall(code, sentence):
                parts.append(member_fault(code, sentence))
            case PingCall():
                parts.append(member_reply(told[place]))
    return parts


async def _others(visit: Visit, members: list[PassedMember], watch: AnswerWatch) -> list[bytes]:
    """Send the members that are no pings on in one call, and return their answers in order."""
    if not members:
        return []
    try:
        body = build_multicall(members)
    except MalformedPing as problem:
        return [member_fault(int(problem.fault), problem.sentence)] * len(members)
    headers = request_headers(visit.request, visit.config.trusted_proxies)
    headers.popall(hdrs.CONTENT_LENGTH, None)
    got = await visit.behind.upstream.ask(visit.site, "POST", visit.request.raw_path, headers, body)
    if isinstance(got, Unanswered):
        return [member_fault(_TRANSPORT_ERROR, got.sentence)] * len(members)
    watch.feed(got.body)
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
    target = _target_of(call, site)
    if target is None:
        return Refused(FaultCode.TARGET_UNUSABLE, SENTENCES[FaultCode.TARGET_UNUSABLE])
    return Linkback(Kind.PINGBACK, str(source), str(target))


def _target_of(call: PingCall, site: Site) -> Url | None:
    """Return the call's target, None when it is none of *site*'s."""
    try:
        target = parse(call.target.replace("&amp;", "&"))
    except MalformedPing:
        return None
    return target if is_on(target, site.our_hosts) else None
