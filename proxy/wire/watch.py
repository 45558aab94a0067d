"""Looking at WordPress's answers to XML-RPC while they stream past: how many log-ins failed?

Nothing is kept of an answer but its last few bytes. WordPress escapes every "<" of its data, so that the tags of a
fault cannot stand in a text.
"""

import re
import zlib

READABLE_CODINGS = frozenset({"", "identity", "gzip", "x-gzip"})
_FAULT = re.compile(rb"<name>\s*faultCode\s*</name>\s*<value>\s*<(?:int|i4)>\s*(-?\d{1,9})\s*</")
_FAILED_LOG_IN = b"403"  # facts §3
_END = b"</methodResponse>"
_LONGEST = 192  # bytes of a fault's code with its tags, as WordPress writes it alone or in a multicall
_AT_ONCE = 65536


class AnswerWatch:
    """Counts the faults in one answer. `begin` with its head, then `feed` it piece by piece."""

    def __init__(self) -> None:
        self.failed = 0
        self.faults = 0
        self.ended = False
        self._tail = b""
        self._inflate: zlib._Decompress | None = None
        self._readable = True

    @property
    def succeeded(self) -> bool:
        """True when the whole answer was seen, and it holds no fault at all."""
        return self.ended and not self.faults

    def begin(self, content_encoding: str) -> None:
        """Say how the answer is encoded."""
        coding = content_encoding.strip().lower()
        self._readable = coding in READABLE_CODINGS
        if self._readable and coding not in {"", "identity"}:
            self._inflate = _gunzip()

    def feed(self, piece: bytes) -> None:
        """Look at the next *piece* of the answer's body."""
        if not self._readable:
            return
        if self._inflate is None:
            self._look(piece)
            return
        try:
            self._unpack(piece)
        except zlib.error:
            self._readable = False

    def _unpack(self, piece: bytes) -> None:
        while piece and self._inflate is not None:
            self._look(self._inflate.decompress(piece, _AT_ONCE))
            piece = self._inflate.unconsumed_tail
            if self._inflate.eof:
                piece = self._inflate.unused_data
                self._inflate = _gunzip()

    def _look(self, plain: bytes) -> None:
        window = self._tail + plain
        seen = 0
        for fault in _FAULT.finditer(window):
            self.faults += 1
            self.failed += fault[1] == _FAILED_LOG_IN
            seen = fault.end()
        self.ended = self.ended or _END in window
        self._tail = window[max(seen, len(window) - _LONGEST) :]


def _gunzip() -> "zlib._Decompress":
    return zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
