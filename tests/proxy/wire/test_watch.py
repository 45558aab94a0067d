"""What an answer says of failed log-ins, however it is cut and packed."""

import gzip

import pytest

from proxy.wire.response import fault_response, member_fault, member_success, multicall_response, success_response
from proxy.wire.watch import AnswerWatch

ONE = fault_response(403, "Incorrect username or password.")
MANY = multicall_response([member_fault(403, "no")] * 500 + [member_success("403")])

ANSWERS = [
    ("a success", success_response("done"), 0, 0, True),
    ("another fault", fault_response(404, "Invalid post ID."), 0, 1, False),
    ("one failed log-in", ONE, 1, 1, False),
    ("five hundred in a multicall", MANY, 500, 500, False),
    ("two and something else", multicall_response([member_fault(403, "no"), member_fault(401, "x")]), 1, 2, False),
    ("a text that looks like one", success_response("<name>faultCode</name><value><int>403</int></value>"), 0, 0, True),
    ("a page", b"<html>Forbidden</html>", 0, 0, False),
    ("nothing", b"", 0, 0, False),
]
CUTS = (1, 7, 64, 1_000_000)


PACKINGS = {
    "": lambda body: body,
    "identity": lambda body: body,
    "gzip": gzip.compress,
    "X-GZIP": gzip.compress,
}


def watched(body: bytes, cut: int = 1_000_000, coding: str = "") -> AnswerWatch:
    """The watch that saw this body in pieces of *cut* bytes."""
    watch = AnswerWatch()
    watch.begin(coding)
    for start in range(0, len(body), cut):
        watch.feed(body[start : start + cut])
    return watch


@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize(
    ("body", "failed", "faults", "succeeded"), [row[1:] for row in ANSWERS], ids=[row[0] for row in ANSWERS]
)
def test_faults_are_counted_wherever_the_answer_is_cut(
    body: bytes, failed: int, faults: int, succeeded: bool, cut: int
) -> None:
    watch = watched(body, cut)
    assert (watch.failed, watch.faults, watch.succeeded) == (failed, faults, succeeded)


@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize("coding", PACKINGS)
def test_a_packed_answer_is_read_too(coding: str, cut: int) -> None:
    assert watched(PACKINGS[coding](MANY), cut, coding).failed == 500


def test_a_fault_behind_a_lot_of_other_answers_is_seen() -> None:
    body = multicall_response([member_success("x" * 10_000)] * 300 + [member_fault(403, "no")])
    assert watched(body, 65536).failed == 1
    assert watched(gzip.compress(body), 1000, "gzip").failed == 1


def test_two_packed_parts_in_a_row_are_one_answer() -> None:
    half = len(MANY) // 2
    assert watched(gzip.compress(MANY[:half]) + gzip.compress(MANY[half:]), 100, "gzip").failed == 500


@pytest.mark.parametrize("coding", ["br", "gzip, br", "zstd", "deflate"])
def test_what_cannot_be_read_says_nothing(coding: str) -> None:
    watch = watched(ONE, coding=coding)
    assert (watch.failed, watch.ended, watch.succeeded) == (0, False, False)


def test_what_is_not_packed_as_it_says_says_nothing_and_breaks_nothing() -> None:
    assert watched(ONE, 10, "gzip").succeeded is False


def test_nothing_is_kept_of_an_answer_but_its_end() -> None:
    watch = watched(b"x" * 5_000_000, 65536)
    assert len(watch._tail) <= 192
