"""One request put to an upstream, and its answer: sending and receiving at once, over a kept or a new connection.

Nobody waits for ever: an exchange that does not move is ended, and so is one whose client has gone (`look`).
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from errno import EMFILE, ENFILE
from types import TracebackType
from typing import Protocol, Self

import aiohttp
from aiohttp import StreamReader
from aiohttp.http import RawResponseMessage
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.streams import EofStream

from proxy.connection import Connection, Origin, Pool, connect

BROKEN = (OSError, aiohttp.ClientError, HttpProcessingError, EofStream, RuntimeError)


@dataclass(frozen=True, slots=True)
class Unanswered:
    """The upstream gave no answer. `reached` is False when not even a connection came about."""

    sentence: str
    reached: bool
    in_time: bool = True


@dataclass(frozen=True, slots=True)
class ClientFault:
    """The client did not bring its request to an end. `status` is what it is told, if it is still there."""

    status: int
    sentence: str


class BodyBroken(Exception):
    """What is to be sent on cannot be had; raised by a question's `rest`."""

    def __init__(self, fault: ClientFault) -> None:
        super().__init__(fault.sentence)
        self.fault = fault


class Peer(Protocol):
    """The client on whose behalf something is asked."""

    def gone(self) -> bool:
        """Say whether it has hung up."""

    def abort(self) -> None:
        """Hang up on it."""


@dataclass(frozen=True, slots=True)
class Question:
    """One request. `data` is its head with as much of the body as is at hand, `rest` yields what follows."""

    method: str
    data: bytes
    rest: Callable[[], AsyncIterator[bytes]] | None = None
    repeatable: bool = False  # it may be sent twice, and can be
    fresh: bool = False  # only over a new connection


_BROKE_OFF = Unanswered("The site behind this proxy broke off its answer.", reached=True)
_NOT_HTTP = Unanswered("The site behind this proxy gave an answer that is not HTTP.", reached=True)
_SILENT = Unanswered("The site behind this proxy did not answer in time.", reached=True, in_time=False)
_NOT_TAKEN = Unanswered("The site behind this proxy did not take a connection in time.", reached=False, in_time=False)
_UNREACHABLE = Unanswered("The site behind this proxy cannot be reached.", reached=False)
_NO_FILES = Unanswered("This proxy has no file descriptors left; a higher LimitNOFILE gives it more.", reached=False)
_GONE = ClientFault(499, "The client has gone.")
_TOO_SLOW = ClientFault(408, "The request did not arrive in time.")


class Exchange:
    """One question and its answer. Use as an async context manager."""

    __slots__ = (
        "_body", "_connection", "_live", "_origin", "_peer", "_pool", "_question", "_sender", "_to_the_end",
        "_waits_for_client", "fault", "moved_at",
    )  # fmt: skip

    def __init__(
        self, pool: Pool, live: "set[Exchange]", origin: Origin, question: Question, peer: Peer | None
    ) -> None:
        self.fault: Unanswered | ClientFault | None = None
        self.moved_at = asyncio.get_running_loop().time()
        self._pool, self._live, self._origin, self._question, self._peer = pool, live, origin, question, peer
        self._connection: Connection | None = None
        self._sender: asyncio.Task[None] | None = None
        self._body: StreamReader | None = None
        self._to_the_end = False
        self._waits_for_client = False

    async def __aenter__(self) -> Self:
        self._live.add(self)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.discard(self)
        sender, connection = self._sender, self._connection
        unsent = sender is not None and not sender.done()
        if connection is not None:
            if unsent or self._body is None or not self._body.is_eof():
                connection.close()
            else:
                self._pool.give(connection)
        if sender is not None and unsent:
            sender.cancel()
            # Whoever reads the request's body next must find it free.
            await asyncio.wait([sender])

    async def answer(
        self, interim: Callable[[RawResponseMessage], None] | None = None
    ) -> RawResponseMessage | Unanswered | ClientFault:
        """Send the question and return the head of its answer; *interim* is told of those with a status 1xx."""
        kept = None if self._question.fresh else self._pool.take(self._origin)
        if kept is not None:
            head, untouched = await self._put(kept, interim)
            if not untouched:
                return head
        try:
            new = await connect(self._origin)
        except TimeoutError:
            return _NOT_TAKEN
        except (OSError, UnicodeError) as problem:
            return _NO_FILES if getattr(problem, "errno", None) in {EMFILE, ENFILE} else _UNREACHABLE
        return (await self._put(new, interim))[0]

    async def _put(
        self, connection: Connection, interim: Callable[[RawResponseMessage], None] | None
    ) -> tuple[RawResponseMessage | Unanswered | ClientFault, bool]:
        """Return the answer's head, and whether the question may be put again because nobody can have acted on it."""
        question = self._question
        self._connection = connection
        self.moved()
        try:
            connection.send(question.data, question.method)
        except OSError:
            return _BROKE_OFF, True
        if question.rest is not None:
            self._sender = asyncio.create_task(self._send(connection, question.rest()))
        try:
            return await self._head(connection, interim), False
        except BROKEN as problem:
            connection.close()
            if self.fault is not None:
                return self.fault, False
            if isinstance(problem, HttpProcessingError):
                return _NOT_HTTP, False
            # A kept connection that ends before it said anything was most likely closed before we wrote. RFC 9112
            # §9.3.1: only what is idempotent may be sent again on that assumption.
            said = isinstance(problem, aiohttp.ServerDisconnectedError) and not isinstance(problem.message, str)
            return _BROKE_OFF, connection.used and question.repeatable and not said

    async def _head(
        self, connection: Connection, interim: Callable[[RawResponseMessage], None] | None
    ) -> RawResponseMessage:
        while True:
            head, self._body = await connection.answer()
            self.moved()
            if head.code >= 200:
                self._to_the_end = not head.chunked and "Content-Length" not in head.headers
                return head
            if head.code == 101:  # nobody asked for another protocol
                raise HttpProcessingError(message="switching protocols")
            if interim is not None:
                interim(head)

    async def _send(self, connection: Connection, rest: AsyncIterator[bytes]) -> None:
        writer = connection.writer()
        try:
            while True:
                self._waits_for_client = self._peer is not None
                piece = await anext(rest, b"")
                self._waits_for_client = False
                if not piece:
                    return
                await writer.write(piece)
                self.moved()
        except BodyBroken as problem:
            self._fail(problem.fault)
        except OSError:
            return  # the upstream reads no further: its answer, or that there is none, says the rest

    async def read(self) -> bytes | Unanswered:
        """Return the next piece of the answer's body, nothing at its end, or that the answer was cut."""
        if self._body is None or self._connection is None:
            return b""
        try:
            piece = await self._body.readany()
        except BROKEN:
            return self.fault if isinstance(self.fault, Unanswered) else _BROKE_OFF
        self.moved()
        if not piece and self._to_the_end and (self.fault is not None or self._connection.broken):
            return _BROKE_OFF
        return piece

    def whole_body(self) -> bytes | None:
        """Return the answer's body if all of it is here already."""
        if self._body is None or not self._body.is_eof() or self._body.exception() is not None or self._to_the_end:
            return None
        return self._body.read_nowait()

    @property
    def all_sent(self) -> bool:
        """True when nothing of the request is left to be sent."""
        return self._sender is None or self._sender.done()

    def moved(self) -> None:
        """Note that something went on."""
        self.moved_at = asyncio.get_running_loop().time()

    def look(self, still_since: float) -> None:
        """End the exchange if nobody waits for it any more, or if nothing has moved since *still_since*."""
        peer, connection, body = self._peer, self._connection, self._body
        if peer is not None and peer.gone():
            self._fail(_GONE)
        elif self.moved_at < still_since:
            self._fail(_TOO_SLOW if self._waits_for_client else _SILENT)
            if peer is not None and body is not None:
                peer.abort()  # it may be the client that does not read
        elif connection is not None and connection.lost and body is not None and not body.is_eof():
            self._fail(_BROKE_OFF)

    def _fail(self, fault: Unanswered | ClientFault) -> None:
        self.fault = self.fault or fault
        if self._connection is not None:
            self._connection.abort()
        if self._body is not None and not self._body.is_eof() and self._body.exception() is None:
            self._body.set_exception(ConnectionResetError("ended"))
