"""What one request brings along while it is read and answered."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from aiohttp import hdrs, web

from proxy import metrics
from proxy.body import Spooled
from proxy.config import Config, Site
from proxy.doors.behind import Behind
from proxy.errors import StoreUnavailable
from proxy.identify import Target
from proxy.ping import Linkback, Sender
from proxy.relay import plain, relay
from proxy.reply import Refused, Reply
from proxy.urls import parse, post_key
from proxy.wire.watch import AnswerWatch

T = TypeVar("T")
READ_INLINE_BYTES = 64 * 1024
_log = logging.getLogger("pingwarden.door")


@dataclass(frozen=True, slots=True)
class Visit:
    """One request at a door, with everything that answering it takes."""

    request: web.BaseRequest
    config: Config
    site: Site
    target: Target
    base_path: str
    remote_ip: str
    behind: Behind
    until: float  # when the sender is to have its answer, in the event loop's time: it waits since its request was here

    @property
    def observes(self) -> bool:
        """True when the site's mode lets everything through."""
        return self.site.mode == "observe"

    @property
    def sender(self) -> Sender:
        """Who sent the request."""
        return sender_of(self.request, self.remote_ip)

    async def pass_on(self, body: Spooled | None = None, watch: AnswerWatch | None = None) -> web.StreamResponse:
        """Let the request go on as it came, with its *body* if that was read; *watch* is shown the answer."""
        return await relay(self.request, self.site, self.behind.upstream, self.config.trusted_proxies, body, watch)

    async def over_limit(self, targets: Sequence[str], linkbacks: int | None = None) -> web.Response | None:
        """Count a linkback for each of *targets*; return the answer 429 when there are too many, else None.

        Of the client *linkbacks* are counted, as many as there are targets unless said.
        """
        if self.observes:
            return None
        posts = [f"{self.site.name} {post_key(parse(target))}" for target in targets]
        wait_s = await self.behind.gate.wait_s(self.remote_ip, posts, linkbacks)
        return None if wait_s is None else self._too_many("linkbacks", wait_s)

    async def over_calls(self, size: int) -> web.Response | None:
        """Count one XML-RPC call of *size* bytes; return the answer 429 when there are too many, else None."""
        wait_s = None if self.observes else await self.behind.gate.call_wait_s(self.remote_ip, size)
        return None if wait_s is None else self._too_many("calls", wait_s)

    def _too_many(self, what: str, wait_s: int) -> web.Response:
        metrics.count_limit(what)
        _log.warning("limit reached ip=%s site=%s %s", self.remote_ip, self.site.name, what)
        return plain(429, f"Too many {what}. Please send them again later.", Retry_After=str(wait_s))

    async def observe(
        self,
        body: Spooled,
        linkbacks: Sequence[Linkback | Refused],
        endpoint: str,
        watch: AnswerWatch | None = None,
    ) -> web.StreamResponse:
        """Let the request through as it came, at once and once; record beside it what it was."""
        record = asyncio.create_task(self._record(linkbacks, endpoint))
        answer = await self.pass_on(body, watch)
        await record
        return answer

    async def _record(self, linkbacks: Sequence[Linkback | Refused], endpoint: str) -> None:
        for linkback in linkbacks:
            if isinstance(linkback, Linkback):
                try:
                    await self.behind.desk.observe(self.site, linkback, self.sender, endpoint)
                except StoreUnavailable as problem:
                    _log.error("an observed linkback was not recorded: %s", problem)


def sender_of(request: web.BaseRequest, remote_ip: str) -> Sender:
    """Return who sent the request. Bytes that are no UTF-8 become U+FFFD: no database takes them otherwise."""
    agent = request.headers.get(hdrs.USER_AGENT, "").encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return Sender(remote_ip, agent)


def answer(reply: Reply) -> web.Response:
    """Return the HTTP answer that *reply* describes."""
    return web.Response(status=reply.status, body=reply.body, headers={hdrs.CONTENT_TYPE: reply.content_type})


async def read_off_loop(size: int, read: Callable[[], T]) -> T:
    """Return what *read* returns; of a large body it reads in a thread, so that nobody else waits."""
    if size <= READ_INLINE_BYTES:
        return read()
    return await asyncio.to_thread(read)
