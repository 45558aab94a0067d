"""The targets of the long runs, on the whole corpus and for a moment on mutations of it."""

from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from tests.fuzz.targets import BEGINNINGS, TARGETS, _directories

_ROUNDS = 150


def beginnings(name: str) -> list[bytes]:
    """Return what a target begins with."""
    files = [file for directory in _directories(name) for file in sorted(Path(directory).iterdir()) if file.is_file()]
    return [file.read_bytes() for file in files] or [b"a plain text & an &amp; more <b>bold</b>"]


@pytest.mark.parametrize(("name", "target"), TARGETS.items(), ids=TARGETS.keys())
def test_the_corpus_and_what_is_near_it_hold_the_promise(name: str, target: Callable[[bytes], None]) -> None:
    dice = Random(name)
    bodies = beginnings(name)
    for body in bodies:
        target(body)
    for _ in range(_ROUNDS):
        body = bytearray(dice.choice(bodies)[:6000])
        for _ in range(dice.randint(1, 6)):
            place = dice.randint(0, len(body))
            other = dice.choice(bodies)
            start = dice.randint(0, len(other))
            body[place : place + dice.randint(0, 20)] = other[start : start + dice.randint(0, 20)]
        target(bytes(body))


def test_every_beginning_is_there() -> None:
    assert all(_directories(name) for name in BEGINNINGS)
    assert BEGINNINGS.keys() <= TARGETS.keys()
