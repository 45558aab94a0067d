"""The process in which a server trains: `python -m proxy.score.child`, with its order as JSON on standard input.

It gives way to everything else on the machine, and ends rather than take more memory than it may have.
"""

import asyncio
import contextlib
import json
import logging
import os
import sys
from pathlib import Path
from typing import Any

from proxy.errors import PingwardenError
from proxy.score.shelf import shelf_in
from proxy.score.training import Order, train
from proxy.store.database import open_database

_NICE = 15
_MAX_BYTES = 2 * 2**30
_log = logging.getLogger("pingwarden.train")


def main() -> int:
    """Train as ordered; return the exit status. How it went stands in the database."""
    logging.basicConfig(format="%(levelname)s %(name)s %(message)s")
    order = json.load(sys.stdin)
    _be_modest()
    try:
        asyncio.run(_train(order))
    except PingwardenError as problem:
        _log.warning("no model was trained: %s", problem)
        return 1
    return 0


async def _train(order: dict[str, Any]) -> None:
    database = await open_database(order["database_url"])
    try:
        wanted = Order(by=order["by"], promote=order["promote"], shared=order["shared"])
        await train(database, shelf_in(Path(order["state_dir"])), wanted, order["owner"])
    finally:
        await database.close()


def _be_modest() -> None:
    os.nice(_NICE)
    with contextlib.suppress(ImportError):  # there is none for Windows
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (_MAX_BYTES, _MAX_BYTES))


if __name__ == "__main__":
    sys.exit(main())
