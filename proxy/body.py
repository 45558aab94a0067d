"""A request's body read whole: in memory while it is small, in an unnamed file beyond 1 MiB."""

import asyncio
import mmap
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import IO

from aiohttp import web

from proxy.errors import FaultCode, TooLarge

SPOOL_BYTES = 1024 * 1024
_CHUNK_BYTES = 2**16


@dataclass(slots=True)
class Spooled:
    """A body of `size` bytes. `view` reads it without copying it; `close` gives the file back."""

    view: bytes | mmap.mmap
    size: int
    file: IO[bytes] | None = None

    async def chunks(self) -> AsyncIterator[bytes]:
        """Yield the body piece by piece."""
        for start in range(0, self.size, _CHUNK_BYTES):
            yield bytes(self.view[start : start + _CHUNK_BYTES])

    def close(self) -> None:
        """Forget the body."""
        if isinstance(self.view, mmap.mmap):
            self.view.close()
        if self.file is not None:
            self.file.close()


async def read_body(request: web.BaseRequest, max_bytes: int) -> Spooled:
    """Return the request's whole body. Raises `TooLarge` as soon as it is known to exceed *max_bytes*."""
    if (request.content_length or 0) > max_bytes:
        raise _too_large(max_bytes)
    pieces: list[bytes] = []
    size = 0
    file: IO[bytes] | None = None
    try:
        async for piece in request.content.iter_any():
            size += len(piece)
            if size > max_bytes:
                raise _too_large(max_bytes)
            if file is None:
                pieces.append(piece)
                if size > SPOOL_BYTES:
                    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the body
                    await asyncio.to_thread(file.writelines, pieces)
                    pieces.clear()
            else:
                await asyncio.to_thread(file.write, piece)
    except BaseException:
        if file is not None:
            file.close()
        raise
    if file is None:
        return Spooled(b"".join(pieces), size)
    file.flush()
    return Spooled(mmap.mmap(file.fileno(), size, access=mmap.ACCESS_READ), size, file)


def _too_large(max_bytes: int) -> TooLarge:
    return TooLarge(FaultCode.PARSE_ERROR, f"The request is larger than the {max_bytes} bytes that are taken here.")
