"""A request body, in memory or on disk, looked at in pieces so that its size never becomes our memory."""

import re
from collections.abc import Iterator
from mmap import mmap

Body = bytes | bytearray | memoryview | mmap

CHUNK = 1 << 16
WINDOW = 1 << 18
# A body up to this size may be copied as a whole; what is larger arrives as an mmap and is read in pieces.
SMALL = 1 << 20


def piece(body: Body, start: int, end: int) -> bytes:
    """Return the bytes from *start* to *end*, without copying more than those."""
    part = body[start:end]
    return part if isinstance(part, bytes) else bytes(part)


def pieces(body: Body, start: int = 0, end: int | None = None) -> Iterator[bytes]:
    """Yield the bytes from *start* to *end* in pieces of at most 64 KiB."""
    stop = len(body) if end is None else end
    for at in range(start, stop, CHUNK):
        yield piece(body, at, min(at + CHUNK, stop))


def strip_left(body: Body, start: int, end: int, blanks: bytes) -> int:
    """Return where, from *start* on, the first byte stands that is none of *blanks*; *end* when there is none."""
    for part in pieces(body, start, end):
        rest = len(part.lstrip(blanks))
        if rest:
            return start + len(part) - rest
        start += len(part)
    return end


def strip_right(body: Body, start: int, end: int, blanks: bytes) -> int:
    """Return where the last byte that is none of *blanks* ends; *start* when there is none."""
    while end > start:
        part = piece(body, max(start, end - CHUNK), end)
        rest = len(part.rstrip(blanks))
        if rest:
            return end - len(part) + rest
        end -= len(part)
    return start


def scan(body: Body, start: int, pattern: re.Pattern[bytes], hint: bytes, longest: int) -> Iterator[tuple[int, int]]:
    """Yield where *pattern* matches, in windows: no step takes long, and other threads run in between.

    Every match must hold *hint*, which is looked for first because that is fast, and be at most *longest* long.
    """
    for at in range(start, len(body), WINDOW):
        window = piece(body, at, min(at + WINDOW + longest, len(body)))
        if hint not in window:
            continue
        for match in pattern.finditer(window):
            if match.start() >= WINDOW:
                break
            yield at + match.start(), at + match.end()
