"""A client that says over HTTP/2 whatever it is told to, allowed or not."""

import socket
from contextlib import suppress
from dataclasses import dataclass, field

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import ConnectionTerminated, DataReceived, Event, ResponseReceived, StreamEnded, StreamReset
from h2.exceptions import ProtocolError

from tests.real.process import LOOPBACK

Fields = tuple[tuple[bytes, bytes], ...]


@dataclass(frozen=True)
class Asked:
    """One request: its header fields, its body in the pieces that are sent, and its trailers."""

    fields: Fields
    pieces: tuple[bytes, ...] = ()
    trailers: Fields = ()


@dataclass
class Answered:
    """What came back; status 0 when nothing did."""

    status: int = 0
    body: bytes = b""
    ended: bool = False


@dataclass
class _Talk:
    """A connection on which one request after the other is sent without waiting."""

    port: int
    answers: dict[int, Answered] = field(default_factory=dict)
    over: bool = False

    def __post_init__(self) -> None:
        # Nothing of what is sent is put right or refused here.
        free = H2Configuration(
            validate_outbound_headers=False, normalize_outbound_headers=False, validate_inbound_headers=False
        )
        self._http = H2Connection(free)
        self._http.initiate_connection()

    def say(self, asked: Asked) -> None:
        stream = self._http.get_next_available_stream_id()
        self.answers[stream] = Answered()
        self._http.send_headers(stream, asked.fields, end_stream=not asked.pieces and not asked.trailers)
        for place, piece in enumerate(asked.pieces, 1):
            self._http.send_data(stream, piece, end_stream=place == len(asked.pieces) and not asked.trailers)
        if asked.trailers:
            self._http.send_headers(stream, asked.trailers, end_stream=True)

    def hear(self, patience_s: float) -> None:
        """Listen until all is answered, or the other side has nothing more to say."""
        with (
            socket.create_connection((LOOPBACK, self.port), timeout=patience_s) as connection,
            suppress(OSError, ProtocolError),
        ):
            connection.sendall(self._http.data_to_send())
            while not self.over and not all(answer.ended for answer in self.answers.values()):
                piece = connection.recv(2**16)
                if not piece:
                    break
                for event in self._http.receive_data(piece):
                    self._take(event)
                connection.sendall(self._http.data_to_send())

    def _take(self, event: Event) -> None:
        match event:
            case ResponseReceived(stream_id=stream, headers=headers):
                self.answers[stream].status = int(dict(headers or [])[b":status"])
            case DataReceived(stream_id=stream, data=data, flow_controlled_length=size):
                self.answers[stream].body += data or b""
                self._http.acknowledge_received_data(size or 0, stream)
            case StreamEnded(stream_id=stream) | StreamReset(stream_id=stream):
                self.answers[stream].ended = True
            case ConnectionTerminated():
                self.over = True


def ask(port: int, *asked: Asked, patience_s: float = 20) -> list[Answered]:
    """Send *asked* on one connection to the loopback, and return what became of each."""
    talk = _Talk(port)
    for one in asked:
        talk.say(one)
    talk.hear(patience_s)
    return list(talk.answers.values())
