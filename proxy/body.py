"""A request's body read whole: in memory while it is small, in an unnamed file beyond 1 MiB."""

import asyncio
import logging
import mmap
import os
import tempfile
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from typing import IO

from aiohttp import StreamReader, hdrs, web
from aiohttp.web_protocol import RequestPayloadError

from proxy.errors import FaultCode, TooLarge
from proxy.exchange import BodyBroken, ClientFault

SPOOL_BYTES = 1024 * 1024
_CHUNK_BYTES = 2**18
_IDLE_S = 60.0  # a client that sends nothing for so long is not waited for, as nginx (client_body_timeout) has it
_log = logging.getLogger("pingwarden.body")


@dataclass(slots=True)
class Spooled:
    """A body of `size` bytes. `view` reads it without copying it; `close` gives the file back."""

    view: bytes | mmap.mmap
    size: int
    file: IO[bytes] | None = None

    async def chunks(self) -> AsyncIterator[bytes]:
        """Yield the body piece by piece, never holding more than one piece in memory."""
        for start in range(0, self.size, _CHUNK_BYTES):
            if self.file is None:
                yield bytes(self.view[start : start + _CHUNK_BYTES])
                continue
            try:
                # Not through the view: pages that were looked at there count as our memory.
                yield await asyncio.to_thread(os.pread, self.file.fileno(), _CHUNK_BYTES, start)
            except OSError as problem:
                _log.error("a request's body cannot be read back: %s", problem.strerror)
                raise BodyBroken(ClientFault(503, "The request cannot be kept at the moment.")) from None

    def close(self) -> None:
        """Forget the body."""
        if isinstance(self.view, mmap.mmap):
            with suppress(BufferError):  # somebody still reads it, and closes it by letting go of it
                self.view.close()
        if self.file is not None:
            self.file.close()


async def read_body(request: web.BaseRequest, max_bytes: int) -> Spooled:
    """Return the request's whole body. Raises `TooLarge` as soon as it is known to exceed *max_bytes*.

    A body that does not arrive whole, or that cannot be kept, ends the request with a plain answer (an HTTPException).
    """
    if (request.content_length or 0) > max_bytes:
        raise _too_large(max_bytes)
    if is_here(request.content):
        body = _from_memory(request.content.read_nowait(), max_bytes)
    else:
        body = await _arriving(request.content, max_bytes)
    if hdrs.TRANSFER_ENCODING in request.headers:
        # aiohttp's parser takes the last trailer for a header of the next request on this connection.
        request.protocol.close()
    return body


def is_here(content: StreamReader) -> bool:
    """True when all of a body has arrived and is in memory."""
    return content.is_eof() and content.exception() is None


def _from_memory(content: bytes, max_bytes: int) -> Spooled:
    if len(content) > max_bytes:
        raise _too_large(max_bytes)
    return Spooled(content, len(content))


async def _arriving(content: StreamReader, max_bytes: int) -> Spooled:
    spool = _Spool()
    try:
        async with asyncio.timeout(_IDLE_S) as patience:
            loop = asyncio.get_running_loop()
            while piece := await content.readany():
                if spool.size + len(piece) > max_bytes:
                    raise _too_large(max_bytes)
                await spool.add(piece)
                patience.reschedule(loop.time() + _IDLE_S)
            return await spool.body()
    except BaseException as problem:  # noqa: BLE001 - goes on as what the client is to be told
        spool.close()
        raise _told(problem) from None


def _told(problem: BaseException) -> BaseException:
    """Return how the request ends after *problem*."""
    if isinstance(problem, TimeoutError):
        return _ending(web.HTTPRequestTimeout, "The request did not arrive in time.")
    if isinstance(problem, RequestPayloadError):
        return _ending(web.HTTPBadRequest, "The body of the request is not framed as HTTP asks for.")
    if isinstance(problem, (ConnectionError, RuntimeError)):  # nobody is left to read this
        return _ending(web.HTTPBadRequest, "The request broke off.")
    if isinstance(problem, OSError):
        _log.error("a request of more than %d bytes cannot be kept: %s", SPOOL_BYTES, problem.strerror)
        return _ending(web.HTTPServiceUnavailable, "The request cannot be kept at the moment. Please try again later.")
    return problem


def _ending(kind: type[web.HTTPException], sentence: str) -> web.HTTPException:
    answer = kind(text=sentence + "\n")
    answer.force_close()
    return answer


class _Spool:
    """Takes a body as it arrives."""

    def __init__(self) -> None:
        self.size = 0
        self._pieces: list[bytes] = []
        self._held = 0
        self._file: IO[bytes] | None = None

    async def add(self, piece: bytes) -> None:
        """Take one more piece; raises OSError when it cannot be kept."""
        self.size += len(piece)
        self._pieces.append(piece)
        self._held += len(piece)
        if self._held > SPOOL_BYTES:
            await asyncio.to_thread(self._write)

    async def body(self) -> Spooled:
        """Return all that was taken."""
        if self._file is None:
            return Spooled(b"".join(self._pieces), self.size)
        return await asyncio.to_thread(self._mapped)

    def _write(self) -> None:
        if self._file is None:
            self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - closed with the body
        for piece in self._pieces:
            rest = memoryview(piece)
            while rest:
                rest = rest[self._file.write(rest) :]
        self._pieces.clear()
        self._held = 0

    def _mapped(self) -> Spooled:
        self._write()
        file = self._file
        if file is None:
            raise OSError("the file is closed")
        return Spooled(mmap.mmap(file.fileno(), self.size, access=mmap.ACCESS_READ), self.size, file)

    def close(self) -> None:
        """Forget all."""
        self._pieces.clear()
        if self._file is not None:
            self._file.close()


def _too_large(max_bytes: int) -> TooLarge:
    return TooLarge(FaultCode.PARSE_ERROR, f"The request is larger than the {max_bytes} bytes that are taken here.")
