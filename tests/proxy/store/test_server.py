"""A database server that goes away and comes back."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import ExitStack

import pytest

from proxy.config import from_mapping
from proxy.errors import StoreUnavailable
from proxy.store import pings
from proxy.store.database import open_database
from tests.real.engines import ENGINES, running
from tests.real.parts import needed_parts
from tests.waiting import until


@pytest.mark.parametrize("engine", ENGINES)
async def test_a_server_that_is_gone_is_named_and_used_again_once_it_is_back(engine: str) -> None:
    with ExitStack() as stack:
        with needed_parts():
            found = stack.enter_context(running(engine, durable=True))
        site = {"name": "blog", "upstream": "http://127.0.0.1:1"}
        database = await open_database(from_mapping({"database": found.address, "sites": [site]}).database_url)
        await database.ready()
        found.server.stop()
        for ask in (database.ready, lambda: database.read(pings.counts)):

            async def refused(ask: Callable[[], Awaitable[object]] = ask) -> bool:
                with pytest.raises(StoreUnavailable, match=r"^the database server at \S+ does not answer: ") as problem:
                    await ask()
                return str(problem.value).endswith(": Connection refused")

            await until(refused, "a refused connection")
        await asyncio.to_thread(found.server.start)

        async def back() -> bool:
            try:
                await database.ready()
            except StoreUnavailable:
                return False
            return True

        await until(back, "the database again")
        await database.close()
