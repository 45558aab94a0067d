"""The room that these tests share: a blog, our database, and what is between."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.proxy.labels.blog import Room, room


@pytest_asyncio.fixture
async def here(tmp_path: Path) -> AsyncIterator[Room]:
    async with room(tmp_path) as opened:
        yield opened


@pytest_asyncio.fixture
async def writing_back(tmp_path: Path) -> AsyncIterator[Room]:
    async with room(tmp_path, write_back=True) as opened:
        yield opened
