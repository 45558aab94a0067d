"""Multipart bodies: boundaries, limits, and what is refused. The cases of parsing are in tests/corpus/forms."""

import pytest

from proxy.errors import MalformedPing, TooLarge
from proxy.wire.php_multipart import find_boundary, read_multipart

NAMES = frozenset({"tb", "url"})
TYPE = "multipart/form-data; boundary=x"

BOUNDARIES = [
    ("plain", b"multipart/form-data; boundary=x", b"x"),
    ("up to a comma or semicolon", b"multipart/form-data; boundary=x y,z;", b"x y"),
    ("quoted", b'multipart/form-data; boundary="x,y;z" ', b"x,y;z"),
    ("quote never closed", b'multipart/form-data; boundary="x', None),
    ("in capitals", b"multipart/form-data; BOUNDARY=x", b"x"),
    ("small letters are looked for first", b"multipart/form-data; BOUNDARY=x; boundary=y", b"y"),
    ("as the end of another word", b"multipart/form-data; xboundary=x", b"x"),
    ("the first equals sign after the word", b"multipart/form-data; q=boundary; z=x", b"x"),
    ("empty", b"multipart/form-data; boundary=", b""),
    ("missing", b"multipart/form-data", None),
]


@pytest.mark.parametrize(("header", "boundary"), [row[1:] for row in BOUNDARIES], ids=[row[0] for row in BOUNDARIES])
def test_the_boundary_is_found_as_php_finds_it(header: bytes, boundary: bytes | None) -> None:
    assert find_boundary(header) == boundary


def part(disposition: str, value: bytes = b"1") -> bytes:
    """One part."""
    return b"--x\r\nContent-Disposition: form-data; " + disposition.encode() + b"\r\n\r\n" + value + b"\r\n"


REFUSED = [
    ("a boundary inside a line", b"abc--x\r\n" + part("name=tb")),
    ("a boundary before a NUL", b"--x\0\r\n" + part("name=tb")[5:]),
    ("a header line as long as the buffer", b"--x\r\nA: " + b"b" * 5120 + b"\r\n\r\n1"),
    ("a file that begins with the boundary", part('name=a; filename="f"', b"--x\r\nContent-Disposition: x; name=tb\r\n\r\n1")),
]  # fmt: skip


@pytest.mark.parametrize("body", [row[1] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_what_php_s_buffer_would_decide_is_refused(body: bytes) -> None:
    with pytest.raises(MalformedPing):
        read_multipart(TYPE, body, NAMES)


def test_a_boundary_longer_than_a_header_may_be_is_refused() -> None:
    with pytest.raises(MalformedPing):
        read_multipart(TYPE + "x" * 5000, b"", NAMES)


TOO_MUCH = [
    ("parts", part("name=a") * 20_001),
    ("header lines", (b"--x\r\n" + b"a:b\r\n" * 6_000 + b"\r\n") * 20),
    ("headers of one part", b"--x\r\n" + (b"a: " + b"b" * 5000 + b"\r\n") * 20),
    ("parameters", part("a=b;" * 300)),
]


@pytest.mark.parametrize("body", [row[1] for row in TOO_MUCH], ids=[row[0] for row in TOO_MUCH])
def test_more_than_any_form_has_is_refused(body: bytes) -> None:
    with pytest.raises(TooLarge):
        read_multipart(TYPE, body, NAMES)


def test_a_field_behind_a_large_file_is_found() -> None:
    file = part('name="f"; filename="a.bin"', bytes(range(256)) * 10_000)
    assert read_multipart(TYPE, file + part("name=tb") + b"--x--\r\n", NAMES) == {"tb": b"1"}


ENDS = [b"1", b"1\r\n", b"1\n", b"1\r\n-", b"1\r\n--", b"1\r\n--x", b"1\r\n--x--", b"1\n--x--\n"]


@pytest.mark.parametrize("end", ENDS)
def test_whatever_could_have_become_a_boundary_at_the_end_is_no_value(end: bytes) -> None:
    body = b"--x\r\nContent-Disposition: form-data; name=tb\r\n\r\n" + end
    assert read_multipart(TYPE, body, NAMES) == {"tb": b"1"}
