"""Bodies: never more than was asked for, in whatever pieces they come."""

import gzip
import tracemalloc
import zlib
from collections.abc import AsyncIterator

import pytest

from proxy.fetch.body import BrokenBody, read

TEXT = b"<p>A page with a link to a post.</p>" * 100
BARE = zlib.compressobj(wbits=-15)
CODED = {
    "": TEXT,
    "identity": TEXT,
    "gzip": gzip.compress(TEXT),
    "x-gzip": gzip.compress(TEXT),
    " GZIP ": gzip.compress(TEXT),
    "identity, gzip": gzip.compress(TEXT),
    "deflate": zlib.compress(TEXT),
    "deflate ": BARE.compress(TEXT) + BARE.flush(),
}


async def pieces(data: bytes, size: int) -> AsyncIterator[bytes]:
    for start in range(0, len(data), size):
        yield data[start : start + size]


@pytest.mark.parametrize("size", [1, 2, 3, 17, 1000, 100_000])
@pytest.mark.parametrize("encoding", CODED)
async def test_a_body_is_read_whole_in_any_pieces(encoding: str, size: int) -> None:
    """Both meanings of "deflate" too, even when their first byte comes alone."""
    assert await read(pieces(CODED[encoding], size), encoding, 10_000) == (TEXT, False)


@pytest.mark.parametrize("encoding", CODED)
async def test_a_longer_body_is_cut(encoding: str) -> None:
    """The limit is met exactly, and one byte more is noticed."""
    data = CODED[encoding]
    assert await read(pieces(data, 64), encoding, len(TEXT)) == (TEXT, False)
    assert await read(pieces(data, 64), encoding, len(TEXT) - 1) == (TEXT[:-1], True)
    assert await read(pieces(data, 64), encoding, 200) == (TEXT[:200], True)


async def test_a_bomb_does_not_go_off() -> None:
    """A hundred megabytes of nothing in 100 kB cost what is read of them."""
    bomb = gzip.compress(bytes(100_000_000), 9)
    tracemalloc.start()
    try:
        body, truncated = await read(pieces(bomb, 65_536), "gzip", 1_000_000)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (len(body), truncated) == (1_000_000, True)
    assert peak < 8_000_000


async def test_reading_stops_when_the_wire_limit_is_reached() -> None:
    """Incompressible data is cut before decompression, and nothing more is taken from the wire."""
    taken = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal taken
        while True:
            taken += 1
            yield b"x" * 1000

    body, truncated = await read(endless(), "", 10_000)
    assert (len(body), truncated, taken) == (10_000, True, 11)


async def test_a_million_empty_members_cost_nothing() -> None:
    """Only the first gzip member is read, as browsers do."""
    data = gzip.compress(TEXT) + gzip.compress(b"") * 50_000
    assert await read(pieces(data, 65_536), "gzip", 1_100_000) == (TEXT, False)


@pytest.mark.parametrize(
    ("encoding", "data"),
    [
        ("gzip", b"not gzip"),
        ("deflate", b"\xff\xff\xff\xff"),
        ("gzip", gzip.compress(TEXT, mtime=0)[:-20]),
        ("deflate", zlib.compress(TEXT)[:-20]),
        ("deflate", b"x"),
        ("gzip", gzip.compress(TEXT, mtime=0)[:-8] + b"12345678"),
        ("br", TEXT),
        ("zstd", TEXT),
        ("gzip, gzip", gzip.compress(gzip.compress(TEXT, mtime=0), mtime=0)),
        ("gzip\udce9", TEXT),
    ],
)
async def test_a_broken_or_strangely_coded_body_is_not_a_page(encoding: str, data: bytes) -> None:
    """Half a page might lack its link by accident, so it counts as unread."""
    with pytest.raises(BrokenBody):
        await read(pieces(data, 1000), encoding, 1_000_000)


async def test_an_empty_body_is_an_empty_page() -> None:
    """Some servers name a coding and send nothing."""
    assert await read(pieces(b"", 10), "gzip", 1000) == (b"", False)
