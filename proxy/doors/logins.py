"""Calls that carry log-ins: they go on only while their sender has not guessed too often, and their answer is watched.

A site that observes refuses nobody; what failed there is counted and logged all the same.
"""

import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from aiohttp import web

from proxy import metrics
from proxy.body import Spooled
from proxy.config import Site
from proxy.doors.behind import LogInCounter
from proxy.doors.visit import Visit
from proxy.limits import Outcome, Ticket
from proxy.relay import plain
from proxy.wire.logins import LogIns
from proxy.wire.watch import AnswerWatch

T = TypeVar("T")
_log = logging.getLogger("pingwarden.login")


async def shut_out(request: web.BaseRequest, remote_ip: str, site: Site, guard: LogInCounter) -> web.Response | None:
    """Return the answer 429 for a client that failed to log in too often, else None."""
    if site.mode == "observe":
        return None
    wait_s = await guard.wait_s(remote_ip)
    return None if wait_s is None else _too_many(request, site, remote_ip, wait_s)


async def pass_on(visit: Visit, body: Spooled, tried: LogIns) -> web.StreamResponse:
    """Let a call that is no ping go on byte for byte, if its log-ins may be tried."""
    if not tried.pairs:
        return await visit.pass_on(body)
    return await guarded(visit, tried, lambda watch: visit.pass_on(body, watch))


async def guarded(visit: Visit, tried: LogIns, ask: Callable[[AnswerWatch], Awaitable[T]]) -> T | web.Response:
    """Return what *ask* brings, which shows WordPress's answer to its watch; or the answer 429."""
    guard = visit.behind.gate.log_ins
    remote_ip = visit.remote_ip
    ticket = await guard.admit(remote_ip, tried)
    if isinstance(ticket, int):
        if not visit.observes:
            return _too_many(visit.request, visit.site, remote_ip, ticket)
        ticket = Ticket(remote_ip, tried, 0)
    watch = AnswerWatch()
    try:
        return await ask(watch)
    finally:
        await _settle(visit, ticket, watch)


async def _settle(visit: Visit, ticket: Ticket, watch: AnswerWatch) -> None:
    failed = watch.failed
    if not watch.ended and _gone(visit):
        # Whoever does not wait for the answer has guessed all the same.
        failed = max(failed, ticket.guesses)
    counted = await visit.behind.gate.log_ins.settle(ticket, Outcome(failed, watch.succeeded))
    for _ in range(counted):
        metrics.FAILED_LOG_INS.inc()
        _log.warning("failed log-in ip=%s site=%s", ticket.remote_ip, visit.site.name)


def _gone(visit: Visit) -> bool:
    transport = visit.request.transport
    return transport is None or transport.is_closing()


def _too_many(request: web.BaseRequest, site: Site, remote_ip: str, wait_s: int) -> web.Response:
    metrics.count_limit("failed log-ins")
    _log.info("refused after failed log-ins ip=%s site=%s", remote_ip, site.name)
    refused = plain(429, "Too many failed log-ins. Please try again later.", Retry_After=str(wait_s))
    if not request.content.is_eof():
        refused.force_close()
    return refused
