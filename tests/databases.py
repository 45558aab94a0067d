"""Fresh databases for tests: the migrations run once, then the empty file is copied."""

import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path

from sqlalchemy import create_engine

from proxy.store.database import Database, open_database
from proxy.store.migrations import upgrade


@cache
def _template() -> Path:
    path = Path(tempfile.mkdtemp(prefix="pingwarden-test-")) / "empty.sqlite3"
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        upgrade(connection)
    engine.dispose()
    return path


def put_empty(state_dir: Path) -> Path:
    """Put an empty, migrated database into *state_dir*, unless one is there; return its path."""
    path = state_dir / "pingwarden.sqlite3"
    if not path.exists():
        shutil.copy(_template(), path)
    return path


@asynccontextmanager
async def fresh(state_dir: Path) -> AsyncIterator[Database]:
    """Open an empty database."""
    database = await open_database(f"sqlite+aiosqlite:///{put_empty(state_dir)}")
    try:
        yield database
    finally:
        await database.close()
