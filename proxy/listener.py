"""The public listener: aiohttp's server, without its guesses about what a proxy's clients should be told."""

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError, LineTooLong
from aiohttp.http_parser import RawRequestMessage
from aiohttp.web_protocol import RequestPayloadError

_MAX_LINE_BYTES = 65536
_MAX_HEADERS = 256
_KEEP_IDLE_S = 75.0
_LOGGED_CHARS = 200
_log = logging.getLogger("pingwarden.listener")


@contextmanager
def named(key: str, endpoint: str) -> Iterator[None]:
    """Let what keeps us from listening at *endpoint* be told with the *key* of the configuration. Raises OSError."""
    try:
        yield
    except OSError as problem:
        number = problem.errno or 0  # of a name that is not found it is below 0
        why = os.strerror(number) if number > 0 else problem.strerror
        raise OSError(
            problem.errno, f'{key} = "{endpoint}" must be a free address of this machine: {str(why).lower()}'
        ) from None


class _Request(web.BaseRequest):
    @property
    def keep_alive(self) -> bool:
        """Whether the connection goes on after this request.

        Not after a chunked one: aiohttp's parser takes its last trailer for a header of the next request, and behind a
        front server that one may be somebody else's. Not after an upgrade: it loses what was sent right behind it.
        Not when we are stopping.
        """
        message: RawRequestMessage = self._message
        return not (message.should_close or message.chunked or message.upgrade or self._protocol._close)


class _Handler(web.RequestHandler):
    __slots__ = ()

    def data_received(self, data: bytes) -> None:
        """Take what the client sent.

        What follows a request is only read when its body is there. So if something was read while a body is not, the
        body is not framed as it should be; aiohttp would let whoever waits for it wait on.
        """
        super().data_received(data)
        request = self._current_request
        if request is not None and self._messages and not request.content.is_eof():
            request.content.set_exception(RequestPayloadError("the framing is broken"))
            request.content.feed_eof()

    def close(self) -> None:
        """Take no further request; what is still being sent is taken, which aiohttp would throw away."""
        if not self._is_being_sent_to():
            super().close()

    async def shutdown(self, timeout: float | None = 15.0) -> None:  # noqa: ASYNC109 - aiohttp names it
        """End the connection within about *timeout* seconds, when the request that is here was answered."""
        loop = asyncio.get_running_loop()
        until = loop.time() + (timeout or 0.0)
        if self._is_being_sent_to():
            self._handler_waiter = loop.create_future()
            with suppress(TimeoutError):
                async with asyncio.timeout_at(until):
                    await self._handler_waiter
            self._handler_waiter = None
        await super().shutdown(max(0.1, until - loop.time()))

    def _is_being_sent_to(self) -> bool:
        request = self._current_request
        return self._request_in_progress and request is not None and not request.content.is_eof()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer what is no request with a sentence and a line in the log; only our own errors leave a traceback."""
        if not isinstance(exc, HttpProcessingError):
            return super().handle_error(request, status, exc, message)
        reason = ascii(exc.message.partition("\n")[0][:_LOGGED_CHARS])
        _log.info("no request from %s: %s", request.remote, reason)
        if isinstance(exc, LineTooLong) or exc.message.startswith("Too many headers"):
            answer = web.Response(status=431, text="The head of the request is larger than is taken here.\n")
        else:
            answer = web.Response(status=400, text="This is not a request as HTTP/1.1 has it.\n")
        answer.force_close()
        return answer


class Listener(web.Server):
    """Serves requests by *handle*, which reads, passes on or refuses them; bodies arrive as they were sent."""

    def __init__(self, handle: Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]) -> None:
        super().__init__(
            handle,
            request_factory=lambda message, content, handler, writer, task: _Request(
                message, content, handler, writer, task, self._loop
            ),
            # A Content-Encoding is the upstream's business, and WordPress ignores it (facts §3).
            auto_decompress=False,
            access_log=None,
            max_line_size=_MAX_LINE_BYTES,
            max_field_size=_MAX_LINE_BYTES,
            max_headers=_MAX_HEADERS,
            keepalive_timeout=_KEEP_IDLE_S,
            read_bufsize=2**16,
        )

    def __call__(self) -> web.RequestHandler:
        """Return what speaks to one more client."""
        return _Handler(self, loop=self._loop, **self._kwargs)
