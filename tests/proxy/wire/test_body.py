"""Bodies are looked at in pieces, and the pieces make no difference."""

import re

import pytest

from proxy.wire.body import CHUNK, WINDOW, pieces, scan, strip_left, strip_right

SIZES = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK]


@pytest.mark.parametrize("size", SIZES)
def test_pieces_make_up_the_whole(size: int) -> None:
    body = bytes(range(256)) * (size // 256 + 1)
    assert b"".join(pieces(body[:size])) == body[:size]
    assert b"".join(pieces(memoryview(body), 3, size)) == body[3:size]


@pytest.mark.parametrize("blanks", SIZES)
def test_blanks_at_the_ends_are_found_however_many(blanks: int) -> None:
    body = b" " * blanks + b"a b" + b"\n" * blanks
    assert strip_left(body, 0, len(body), b" \n") == blanks
    assert strip_right(body, 0, len(body), b" \n") == blanks + 3


def test_only_blanks_leave_nothing() -> None:
    assert strip_left(b"  ", 0, 2, b" ") == 2
    assert strip_right(b"  ", 0, 2, b" ") == 0


@pytest.mark.parametrize("at", [0, 5, WINDOW - 3, WINDOW - 1, WINDOW, WINDOW + 1])
def test_a_match_across_two_windows_is_found_once(at: int) -> None:
    body = b"." * at + b"<mark>" + b"." * (WINDOW + 10)
    assert list(scan(body, 0, re.compile(b"<mark>"), b"mark", 6)) == [(at, at + 6)]
