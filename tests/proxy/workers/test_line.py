"""What goes over a line, and what happens when the other end is gone."""

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest

from proxy.errors import StoreUnavailable
from proxy.workers.line import MAX_LINE_BYTES, Line, Message

Ends = tuple[Line, Line]


@pytest.fixture
async def ends() -> AsyncIterator[Ends]:
    """Both ends of a line: who asks, and who answers."""
    here, there = socket.socketpair()
    here.setblocking(False)
    there.setblocking(False)
    lines = await Line.over(here), await Line.over(there)
    yield lines
    for line in lines:
        line.close()


async def echo(line: Line) -> None:
    """Answer by what was asked, in the other order: two questions, two answers."""
    kept: list[Message] = []
    async for message in line.heard():
        kept.append(message)
        if len(kept) == 2:
            for one in reversed(kept):
                trouble = {"trouble": "the disk is full"} if one["ask"] == "fail" else {"answer": one["text"]}
                line.tell({"id": one["id"], **trouble})
            kept.clear()


async def drained(line: Line) -> None:
    """Listen for nothing but answers."""
    async for _ in line.heard():
        pass


async def test_every_question_gets_its_own_answer(ends: Ends) -> None:
    here, there = ends
    work = [asyncio.create_task(echo(there)), asyncio.create_task(drained(here))]
    odd = "lone \ud800, line\nbreak, \0"
    assert await asyncio.gather(here.ask("echo", text=odd), here.ask("echo", text="b")) == [odd, "b"]
    told = await asyncio.gather(here.ask("echo", text="c"), here.ask("fail", text=""), return_exceptions=True)
    assert told[0] == "c"
    assert isinstance(told[1], StoreUnavailable)
    assert str(told[1]) == "the disk is full"
    for task in work:
        task.cancel()


async def test_who_waits_is_told_when_the_other_end_is_gone(ends: Ends) -> None:
    here, there = ends
    listening = asyncio.create_task(drained(here))
    asked = asyncio.create_task(here.ask("take"))
    await anext(there.heard())
    there.close()
    with pytest.raises(StoreUnavailable, match="the main process is gone"):
        await asked
    await listening
    with pytest.raises(StoreUnavailable):
        await here.ask("take")


async def test_what_is_too_long_or_too_much_is_not_sent(ends: Ends) -> None:
    here, _ = ends
    with pytest.raises(StoreUnavailable, match="cannot be asked"):
        await here.ask("take", text="x" * MAX_LINE_BYTES)
    waiting = [asyncio.create_task(here.ask("take")) for _ in range(1024)]
    await asyncio.sleep(0)
    with pytest.raises(StoreUnavailable, match="too much"):
        await here.ask("take")
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    assert here._waiting == {}


@pytest.mark.parametrize(
    "said", [b"no json\n", b"[", b"x" * (MAX_LINE_BYTES + 2)], ids=["no JSON", "cut off", "too long"]
)
async def test_what_is_no_message_ends_the_line(said: bytes) -> None:
    here, there = socket.socketpair()
    here.setblocking(False)
    line = await Line.over(here)
    with there:
        sending = asyncio.create_task(asyncio.to_thread(there.sendall, said))
        if not said.endswith(b"\n"):
            await asyncio.wait_for(asyncio.shield(sending), 5) if len(said) < 100 else None
            there.shutdown(socket.SHUT_WR) if len(said) < 100 else None
        assert [message async for message in line.heard()] == []
        line.close()
        await asyncio.gather(sending, return_exceptions=True)
