"""Counting together with a real Redis, and going on alone without it."""

import asyncio
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from proxy.commons import Commons
from tests.real.parts import needed_parts
from tests.real.redis import Redis


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Redis]:
    with needed_parts():
        server = Redis(tmp_path)
    yield server
    server.stop()


async def test_without_a_url_there_is_nothing_in_common_and_no_trouble() -> None:
    commons = Commons("")
    assert await commons.run("return 1", (), ()) is None
    async with commons.turn("a", 1):
        assert await commons.look() == ""
    await commons.close()


async def test_a_script_is_run_on_keys_of_our_own(redis: Redis) -> None:
    commons = Commons(redis.url)
    assert await commons.run("return {KEYS[1], ARGV[1]}", ["a"], [7]) == [b"pingwarden:a", b"7"]
    await commons.close()


async def test_a_turn_is_held_on_one_node_at_a_time(redis: Redis) -> None:
    nodes = [Commons(redis.url) for _ in range(3)]
    inside = most = 0

    async def visit(commons: Commons) -> None:
        nonlocal inside, most
        async with commons.turn("victim", 30):
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0.01)
            inside -= 1

    await asyncio.gather(*(visit(nodes[n % 3]) for n in range(9)))
    assert most == 1
    for commons in nodes:
        await commons.close()


async def test_the_turn_of_a_dead_node_ends_with_its_lease(redis: Redis) -> None:
    dead, alive = Commons(redis.url), Commons(redis.url)
    held = dead.turn("victim", 0.3)
    await held.__aenter__()
    async with asyncio.timeout(5), alive.turn("victim", 30):
        pass
    await held.__aexit__(None, None, None)
    for commons in (dead, alive):
        await commons.close()


async def test_what_is_gone_is_said_and_what_is_back_is_used(redis: Redis, caplog: pytest.LogCaptureFixture) -> None:
    commons = Commons(redis.url)
    assert await commons.run("return 1", (), ()) == 1
    redis.stop()
    assert await commons.run("return 1", (), ()) is None
    assert "this node's limits count for itself alone" in commons.trouble
    assert caplog.text.count("does not answer") == 1
    async with commons.turn("a", 1):  # nobody waits for what is gone
        pass
    redis.start()
    assert await commons.look() == ""
    assert await commons.run("return 1", (), ()) == 1
    await commons.close()


async def test_one_that_is_silent_is_not_waited_for() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:  # connections come about, and nobody reads them
        commons = Commons(f"redis://127.0.0.1:{silent.getsockname()[1]}/0")
        async with asyncio.timeout(5):
            assert [await commons.run("return 1", (), ()) for _ in range(1000)] == [None] * 1000
        await commons.close()
