"""Wiring: opens what a running proxy needs, in order, and closes it in reverse. Nothing is decided here."""

import asyncio
import logging
from collections.abc import AsyncIterator, Coroutine, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from proxy.admin.api import admin_app
from proxy.admin.session import first_link
from proxy.clock import now
from proxy.commons import Commons
from proxy.config import Config
from proxy.doors import Behind, FrontDoor
from proxy.fetch import Fetcher, FetchLimits, Resolve
from proxy.labels.schedule import sync_for_ever
from proxy.limits import Gate
from proxy.listener import Listener, named
from proxy.pipeline import Pipeline
from proxy.privacy import sweep_for_ever
from proxy.reader import Reader
from proxy.reload import Reload
from proxy.score import look, open_judge, shelf_in, watch
from proxy.score.schedule import retrain_for_ever
from proxy.score.share import follow_for_ever
from proxy.score.shelf import Shelf
from proxy.score.workshop import Workshop
from proxy.state import working_in
from proxy.store import queue
from proxy.store.database import Database, open_database
from proxy.target import Targets
from proxy.upstream import Upstream
from proxy.verify import Verifier
from proxy.workers.crew import Crew

# What is in flight when we are told to stop: together less than the TimeoutStopSec of the printed unit.
_STOP_WITHIN_S = 10.0
_ADMIN_STOPS_WITHIN_S = 2.0
_DELIVERED_WITHIN_S = 8.0
_log = logging.getLogger("pingwarden")


@dataclass(frozen=True, slots=True)
class Running:
    """A proxy at work, with the addresses it listens on (a port 0 in the configuration is a real one here)."""

    reload: Reload
    pipeline: Pipeline
    database: Database
    address: tuple[str, int]
    admin_address: tuple[str, int]
    first_link: str | None = None  # where the first password is set, while nobody can sign in

    @property
    def config(self) -> Config:
        """The configuration in force."""
        return self.reload.present


@asynccontextmanager
async def running(config: Config, resolve: Resolve | None = None) -> AsyncIterator[Running]:
    """Start the proxy, and stop it when the block ends. Raises `StoreUnavailable`, OSError when it cannot start.

    *resolve* looks up the names of sources; the system's resolver by default.
    """
    async with AsyncExitStack() as stack:
        stack.enter_context(working_in(config.state_dir))
        rooms = await _opened(config, resolve, stack)
        pipeline, database = rooms.pipeline, rooms.database
        reload = Reload(config, rooms.follow)
        pipeline.follow(config)
        stack.push_async_callback(pipeline.deliverer.finish, _DELIVERED_WITHIN_S)
        workshop = Workshop(lambda: pipeline.config, database)
        stack.push_async_callback(workshop.close)
        stack.push_async_callback(_stop, [asyncio.create_task(one) for one in rooms.work(workshop)])
        admin = _admin_runner(admin_app(pipeline, reload, workshop), stack)
        stack.push_async_callback(rooms.served.stop)
        address = await rooms.served.start()
        rooms.fetcher.refuse(*address)
        link = await first_link(database)
        # Last: whoever answers /readyz has started.
        admin_address = await _listen(admin, "admin_listen", config.admin_listen)
        rooms.fetcher.refuse(*admin_address)
        if link:
            link = (config.admin.public_url or "http://{}:{}".format(*admin_address)) + link
            _log.warning("nobody can sign in to the admin pages yet; set the first password at %s", link)
        yield Running(reload, pipeline, database, address, admin_address, link)


@dataclass(frozen=True, slots=True)
class _Rooms:
    """What is open while the proxy runs."""

    database: Database
    upstream: Upstream
    fetcher: Fetcher
    shelf: Shelf
    pipeline: Pipeline
    gate: Gate
    served: "_Served | Crew"

    async def follow(self, config: Config) -> None:
        """Go by *config* from now on."""
        self.pipeline.follow(config)
        self.upstream.timeout_s = config.upstream_timeout_s
        self.fetcher.follow(_fetch_limits(config), _own_endpoints(config))
        self.gate.follow(config.limits)
        await self.served.follow(config)
        self.pipeline.take_judge(await look(self.shelf, self.pipeline.judge_in_force))

    def work(self, workshop: Workshop) -> Iterable[Coroutine[Any, Any, None]]:
        """Return what goes on for ever beside the requests."""
        pipeline = self.pipeline
        return (
            pipeline.resume(),
            watch(self.shelf, lambda: pipeline.judge_in_force, pipeline.take_judge),
            follow_for_ever(workshop.common, self.shelf),
            retrain_for_ever(workshop),
            sweep_for_ever(lambda: pipeline.config, lambda: pipeline.addresses, self.database),
            sync_for_ever(lambda: pipeline.config, self.database, self.upstream),
        )


async def _opened(config: Config, resolve: Resolve | None, stack: AsyncExitStack) -> _Rooms:
    """Open everything in order; *stack* closes it."""
    database = await _database(config, stack)
    upstream = await stack.enter_async_context(Upstream(config.upstream_timeout_s))
    commons = Commons(config.redis)
    stack.push_async_callback(commons.close)
    fetcher = await stack.enter_async_context(
        Fetcher(_fetch_limits(config), _own_endpoints(config), resolver=resolve, commons=commons)
    )
    reader = await stack.enter_async_context(Reader())
    shelf = shelf_in(config.state_dir)
    judge = open_judge(shelf)
    if judge.trouble:
        _log.error("the model: %s", judge.trouble)
    verifier = Verifier(fetcher, Targets(upstream, reader), upstream, reader)
    pipeline = Pipeline(config, database, verifier, judge, commons)
    stack.push_async_callback(pipeline.close)
    gate = Gate(config.limits, commons=commons)
    behind = Behind(pipeline, gate, upstream, verifier.targets)
    served = _Served(config, behind) if config.workers == 1 else Crew(config, behind, _STOP_WITHIN_S)
    return _Rooms(database, upstream, fetcher, shelf, pipeline, gate, served)


async def _database(config: Config, stack: AsyncExitStack) -> Database:
    database = await open_database(config.database_url)
    stack.push_async_callback(database.close)
    if not config.database:
        await database.write(queue.recover, now())
    return database


def _admin_runner(app: web.Application, stack: AsyncExitStack) -> web.AppRunner:
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=_ADMIN_STOPS_WITHIN_S)
    stack.push_async_callback(runner.cleanup)
    return runner


class _Served:
    """The doors in this process, where one is enough."""

    def __init__(self, config: Config, behind: Behind) -> None:
        self._endpoint = config.listen
        self._door = FrontDoor(config, behind)
        self._runner = web.ServerRunner(Listener(self._door.handle), shutdown_timeout=_STOP_WITHIN_S)

    async def start(self) -> tuple[str, int]:
        """Listen, and return the address. Raises OSError."""
        return await _listen(self._runner, "listen", self._endpoint)

    async def follow(self, config: Config) -> None:
        """Take requests by *config* from now on."""
        self._door.follow(config)

    async def stop(self) -> None:
        """Take nothing new, and let what is in flight come to its end within a bound."""
        await self._runner.cleanup()


async def _listen(runner: web.AppRunner | web.ServerRunner, key: str, endpoint: str) -> tuple[str, int]:
    await runner.setup()
    host, _, port = endpoint.rpartition(":")
    with named(key, endpoint):
        await web.TCPSite(runner, host.strip("[]"), int(port), backlog=1024, reuse_address=True).start()
    found = runner.addresses[0]
    return found[0], found[1]


async def _stop(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _fetch_limits(config: Config) -> FetchLimits:
    return FetchLimits(
        allow_networks=config.fetch.allow_networks,
        ports=config.fetch.ports,
        per_address_per_minute=config.limits.fetches_per_address_per_minute,
        per_domain_per_minute=config.limits.fetches_per_domain_per_minute,
    )


def _own_endpoints(config: Config) -> list[tuple[str, int]]:
    """Our listeners and the upstreams: never fetched, under whatever name."""
    own = [
        (host.strip("[]"), int(port))
        for host, _, port in (endpoint.rpartition(":") for endpoint in (config.listen, config.admin_listen))
    ]
    for site in config.sites:
        parts = urlsplit(site.upstream)
        own.append((parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)))
    return own
