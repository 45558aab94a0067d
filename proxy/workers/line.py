"""What a front and the main process say to each other: one JSON object a line, of bounded length.

A front asks: {"id": 7, "ask": "take", …}. It is answered {"id": 7, "answer": …}, or {"id": 7, "trouble": "a sentence"}
when the database cannot be used. The main process tells besides: {"config": …, "number": 3}, {"blocked": …},
{"stop": true}; and a front says {"follows": 3}. Both ends are always of one version, for the main process starts the
fronts; `VERSION` holds that an upgrade under a running process is noticed.
"""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from typing import Any

from proxy.errors import StoreUnavailable

VERSION = 1
MAX_LINE_BYTES = 1024 * 1024
MAX_CONFIGURATION_BYTES = 512 * 1024 * 1024  # about 340 bytes a site
_MAX_WAITING = 1024
Message = dict[str, Any]


class Line:
    """One end of a line."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._number = 0

    @classmethod
    async def over(cls, sock: socket.socket, max_heard_bytes: int = MAX_LINE_BYTES) -> "Line":
        """Return the end of the line that *sock* is; it hears lines up to *max_heard_bytes*."""
        return cls(*await asyncio.open_unix_connection(sock=sock, limit=max_heard_bytes))

    def tell(self, message: Message, max_bytes: int = MAX_LINE_BYTES) -> bool:
        """Send *message*; False when it is too long for a line, or nobody is there any more."""
        said = json.dumps(message, separators=(",", ":")).encode()
        if len(said) >= max_bytes or self._writer.is_closing():
            return False
        self._writer.write(said + b"\n")
        return True

    async def ask(self, what: str, **details: Any) -> Any:
        """Ask the other end and return what it answers. Raises `StoreUnavailable`, also when there is no other end."""
        if len(self._waiting) >= _MAX_WAITING:
            raise StoreUnavailable("too much is being asked of the main process")
        self._number += 1
        number = self._number
        answer = self._waiting[number] = asyncio.get_running_loop().create_future()
        try:
            if not self.tell({"id": number, "ask": what, **details}):
                raise StoreUnavailable("the main process cannot be asked")
            return await answer
        finally:
            del self._waiting[number]

    async def heard(self) -> AsyncIterator[Message]:
        """Yield what the other end says, until it is gone; answers go to whoever asked."""
        try:
            while (said := await self._reader.readline()).endswith(b"\n"):
                message: Message = json.loads(said)
                if "answer" in message or "trouble" in message:
                    self._answered(message)
                else:
                    yield message
        except (OSError, ValueError):
            return
        finally:
            self.close()  # nobody who asks from now on would be answered
            for answer in self._waiting.values():
                if not answer.done():
                    answer.set_exception(StoreUnavailable("the main process is gone"))

    def _answered(self, message: Message) -> None:
        answer = self._waiting.get(message["id"])
        if answer is None or answer.done():
            return
        if "trouble" in message:
            answer.set_exception(StoreUnavailable(message["trouble"]))
        else:
            answer.set_result(message["answer"])

    def close(self) -> None:
        """Hang up."""
        self._writer.close()
