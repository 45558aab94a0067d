"""Pages are read elsewhere: whatever they cost, it is not our time, and not for long."""

import asyncio
import logging
import os
import resource
import signal
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from proxy.page import read_page
from proxy.reader import SMALL_BYTES, Page, Reader
from tests.faults.hostile import HOSTILE
from tests.waiting import until

TARGET = "https://blog.example/2024/post/"
KEYS = frozenset({"~/2024/post"})
HOSTS = frozenset({"blog.example"})
LINK = f'<a rel="nofollow" href="{TARGET}">post</a>'
LARGE = "<html lang=en><title>T</title><time datetime=2020-01-02></time>" + "<p>words of prose</p>" * 2000 + LINK
# Two of the worst for their size: many small strings, and many elements that each need looking at.
COSTLY = "<b>\u200b</b>" * 90_000 + LINK


def page(text: str, number: int = 0) -> Page:
    return Page(text.encode(), "text/html; charset=utf-8", f"https://s.example/{number}", KEYS, HOSTS, TARGET)


@pytest.fixture
async def reader() -> AsyncIterator[Reader]:
    async with Reader(processes=1) as reader:
        yield reader


def children() -> list[int]:
    """The numbers of this process's own readers; other tests may have begun other processes."""
    words = [word for task in Path("/proc/self/task").iterdir() for word in (task / "children").read_text().split()]
    return [int(word) for word in words if b"proxy.reader" in Path(f"/proc/{word}/cmdline").read_bytes()]


def environment(process: int) -> bytes:
    """What a process was given when it began."""
    return Path(f"/proc/{process}/environ").read_bytes()


def leave_memory(process: int, more_bytes: int) -> None:
    """Let *process* take so much more than it has, and nothing beyond."""
    taken = int(Path(f"/proc/{process}/statm").read_text().split()[0]) * resource.getpagesize()
    resource.prlimit(process, resource.RLIMIT_AS, (taken + more_bytes, taken + more_bytes))


@pytest.mark.parametrize("text", [LARGE, LARGE[:100] + LINK], ids=["large", "small"])
async def test_a_page_shows_the_same_wherever_it_is_read(reader: Reader, text: str) -> None:
    asked = page(text)
    facts = await reader.read(asked)
    assert facts == read_page(asked.body, asked.content_type, asked.url, KEYS, HOSTS, TARGET)
    assert facts.link_found


async def test_a_reader_gets_no_secret_of_our_environment(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PINGWARDEN_TOKEN", "very secret")
    before = children()
    await reader.read(page(LARGE))
    (process,) = set(children()) - set(before)
    got = environment(process)
    assert (b"PYTHONPATH=" in got, b"very secret" in got) == (True, False)


async def test_only_what_can_cost_something_gets_a_process(reader: Reader) -> None:
    before = children()
    await reader.read(page("x" * SMALL_BYTES))
    assert children() == before
    await reader.read(page("x" * (SMALL_BYTES + 1)))
    (process,) = set(children()) - set(before)
    await reader.read(page(LARGE))
    assert set(children()) - set(before) == {process}


async def test_reading_costs_this_process_next_to_nothing(reader: Reader) -> None:
    """What the event loop's process spends is measured in its own processor time, which no neighbour can change."""
    await reader.read(page(LARGE))
    began = time.process_time()
    for number in range(3):
        assert await reader.read(page(COSTLY, number))
    ours = time.process_time() - began
    began = time.process_time()
    page(COSTLY).facts()
    assert ours < (time.process_time() - began) / 2


async def test_no_step_of_the_event_loop_is_long_while_hostile_pages_are_read(reader: Reader) -> None:
    """Measured in the loop's own processor time: its steps stay below 50 ms, whatever else this machine does."""
    reader.limit_s = 60
    longest_s, reading = 0.0, True

    async def tick() -> None:
        nonlocal longest_s
        before = time.thread_time()
        while reading:
            await asyncio.sleep(0)
            longest_s = max(longest_s, time.thread_time() - before)
            before = time.thread_time()
            await asyncio.sleep(0.001)

    ticking = asyncio.create_task(tick())
    for number, body in enumerate(HOSTILE):
        asked = page("", number)
        assert await reader.read(replace(asked, body=body))
        assert await reader.read(replace(asked, body=body[:SMALL_BYTES]))
    reading = False
    await ticking
    print(f"the longest step took {1000 * longest_s:.1f} ms")
    assert longest_s < 0.05


async def test_a_page_that_takes_too_long_is_given_up_and_the_next_one_is_read(
    reader: Reader, caplog: pytest.LogCaptureFixture
) -> None:
    await reader.read(page(LARGE))
    reader.limit_s = 0.02
    with caplog.at_level(logging.WARNING):
        assert await reader.read(page(COSTLY)) is None
    assert caplog.messages == ["the page https://s.example/0 was not read within 0.02 s; its ping is held"]
    assert children() == []
    reader.limit_s = 20
    assert await reader.read(page(LARGE))


async def test_a_page_that_takes_too_much_memory_is_given_up(reader: Reader, caplog: pytest.LogCaptureFixture) -> None:
    """It never passes for a page without a link. (The worst page known takes 28 MB.)"""
    await reader.read(page(LARGE))
    (process,) = children()
    leave_memory(process, 4_000_000)
    with caplog.at_level(logging.WARNING):
        assert await reader.read(page("<a href=/x>x</a>" * 60_000 + LINK)) is None
    assert "its ping is held" in caplog.text
    assert await reader.read(page(LARGE))


async def test_a_reader_that_dies_takes_nobody_with_it(reader: Reader, caplog: pytest.LogCaptureFixture) -> None:
    await reader.read(page(LARGE))
    (process,) = children()
    reading = asyncio.create_task(reader.read(page(COSTLY)))
    await asyncio.sleep(0)
    os.kill(process, signal.SIGKILL)
    assert await reading is None
    assert "could not be read" in caplog.text
    assert await reader.read(page(LARGE))


async def test_whoever_gives_up_leaves_no_reader_behind(reader: Reader) -> None:
    await reader.read(page(LARGE))
    reading = asyncio.create_task(reader.read(page(COSTLY)))
    await asyncio.sleep(0)
    reading.cancel()
    await asyncio.wait([reading])

    async def gone() -> bool:
        return children() == []

    await until(gone, "the end of the reader")
    assert await reader.read(page(LARGE))


async def test_readers_end_with_the_proxy() -> None:
    async with Reader(processes=2) as reader:
        await asyncio.gather(*(reader.read(page(LARGE, number)) for number in range(4)))
        assert len(children()) == 2
    assert children() == []
