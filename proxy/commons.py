"""What several nodes count together: a Redis that is asked quickly or not at all.

Nothing waits for it and nothing fails with it: while it is gone every answer is None, and whoever asked counts for
this node alone.
"""

import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

_ANSWERS_WITHIN_S = 1.0
_ASKED_AGAIN_AFTER_S = 2.0
_PREFIX = "pingwarden:"
_log = logging.getLogger("pingwarden.commons")


class Commons:
    """One Redis, or none at all (an empty URL). Close it with `close`."""

    def __init__(self, url: str) -> None:
        self.trouble = ""
        """Why this node counts for itself at the moment, in a sentence; empty while it need not."""
        self._where = urlsplit(url).hostname or "this machine"
        self._away_until_s = 0.0
        self._client: Any = None
        self._scripts: dict[str, Any] = {}
        if url:
            from redis.asyncio import Redis
            from redis.asyncio.retry import Retry
            from redis.backoff import NoBackoff

            self._client = Redis.from_url(
                url,
                socket_timeout=_ANSWERS_WITHIN_S,
                socket_connect_timeout=_ANSWERS_WITHIN_S,
                retry=Retry(NoBackoff(), 0),
            )

    async def run(self, script: str, keys: Sequence[str], arguments: Sequence[str | int]) -> Any:
        """Return what the Lua *script* answers; None while there is no Redis."""
        if not self.answers:
            return None
        registered = self._scripts.setdefault(script, self._client.register_script(script))
        try:
            answer = await registered(keys=[_PREFIX + key for key in keys], args=list(arguments))
        except self._bad_luck as problem:
            return self._lost(problem)
        self._found()
        return answer

    @asynccontextmanager
    async def turn(self, key: str, lease_s: float) -> AsyncIterator[None]:
        """Hold what only one node may hold at a time, for *lease_s* at most; alone on this node without Redis."""
        if not self.answers:
            yield
            return
        lock = self._client.lock(f"{_PREFIX}turn:{key}", timeout=lease_s, sleep=0.05)
        try:
            await lock.acquire()
            held = True
        except self._bad_luck as problem:
            held = False
            self._lost(problem)
        try:
            yield
        finally:
            if held:
                await self._release(lock)

    async def look(self) -> str:
        """Ask now, and return the trouble; for readiness."""
        if self._client is not None:
            self._away_until_s = 0.0
            await self.run("return 1", (), ())
        return self.trouble

    async def close(self) -> None:
        """Close every connection."""
        if self._client is not None:
            await self._client.aclose()

    @property
    def answers(self) -> bool:
        """True while there is something to ask: a Redis that was not lost just now."""
        return self._client is not None and monotonic() >= self._away_until_s

    @property
    def _bad_luck(self) -> tuple[type[Exception], ...]:
        from redis.exceptions import RedisError

        return (RedisError, OSError, TimeoutError)

    async def _release(self, lock: Any) -> None:
        from redis.exceptions import LockError

        try:
            await lock.release()
        except LockError:
            _log.debug("a turn was held for longer than its lease")
        except self._bad_luck as problem:
            self._lost(problem)

    def _found(self) -> None:
        if self.trouble:
            _log.info("Redis at %s answers again: all nodes count together", self._where)
        self.trouble = ""

    def _lost(self, problem: Exception) -> None:
        self._away_until_s = monotonic() + _ASKED_AGAIN_AFTER_S
        what = str(problem).splitlines()[0] if str(problem) else type(problem).__name__
        trouble = f"Redis at {self._where} does not answer ({what}): this node's limits count for itself alone"
        if not self.trouble:
            _log.error("%s", trouble)
        self.trouble = trouble
