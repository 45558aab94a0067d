"""Waiting for a condition, with a deadline; never for a duration."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")
DEADLINE_S = 20.0


async def until(found: Callable[[], Awaitable[T | None]], what: str, deadline_s: float = DEADLINE_S) -> T:
    """Return what *found* returns once it is neither None nor False; fail after the deadline, saying *what* was missing."""
    try:
        async with asyncio.timeout(deadline_s):
            while True:
                result = await found()
                if result is not None and result is not False:
                    return result
                await asyncio.sleep(0.01)
    except TimeoutError:
        raise AssertionError(f"within {deadline_s} s there was no: {what}") from None
