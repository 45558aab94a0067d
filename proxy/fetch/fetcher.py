"""The fetcher itself: cache, budgets and turns around one request, redirect after redirect."""

import asyncio
import time
from collections.abc import Callable, Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Self

from proxy import urls
from proxy.addresses import Address, network_key, parse_address
from proxy.commons import Commons
from proxy.errors import MalformedPing
from proxy.fetch.answer import Fetched, FetchFailed, failed_status, plain
from proxy.fetch.ask import Asked, Asker, NotConnected
from proxy.fetch.cache import Entry, PageCache, entry_of
from proxy.fetch.destinations import Destinations, candidates
from proxy.fetch.limits import FetchLimits
from proxy.fetch.names import Names, Resolve, ThreadedLookups
from proxy.fetch.redirects import REDIRECTS, follow
from proxy.fetch.spending import OwnSpending, SharedSpending, Spending
from proxy.fetch.turns import Patience, QueueFull, Turns
from proxy.ping import Failure
from proxy.urls import Url

BUSY_RETRY_S = 30.0
_MAX_ATTEMPTS = 3  # addresses of one host that are tried when nobody listens at the first


@dataclass(slots=True)
class _Journey:
    """Where one fetch has got to. `been` holds the URLs asked so far, the present one included."""

    url: Url
    headers: dict[str, str]
    patience: Patience
    been: frozenset[str]

    @property
    def redirects(self) -> int:
        return len(self.been) - 1

    def failed(self, failure: Failure, sentence: str, retry_after_s: float | None = None) -> FetchFailed:
        return FetchFailed(failure, sentence, None, self.redirects, retry_after_s, str(self.url))


class Fetcher:
    """Fetches strangers' pages, within `FetchLimits`. An async context manager; `fetch` never raises for bad luck.

    *own_endpoints* are hosts or addresses with ports that are never asked: our listeners, the upstreams, the admin
    page. *resolver* takes a host and gives its addresses as text, raising OSError when it has none; the system's
    by default. With *commons* the budgets and the turns are those of all nodes. *now* is a steady clock in seconds.
    """

    def __init__(
        self,
        limits: FetchLimits | None = None,
        own_endpoints: Iterable[tuple[str | Address, int]] = (),
        *,
        resolver: Resolve | None = None,
        commons: Commons | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._limits = limits = limits or FetchLimits()
        self._now = now
        self._cache = PageCache(limits.cache_entries, limits.cache_bytes, limits.cache_fresh_s)
        self._per_minute = limits.per_minute()
        self._own = own = OwnSpending(self._per_minute, now)
        self._spending: Spending = SharedSpending(commons, self._per_minute, own) if commons else own
        self._turns = Turns(limits.max_queued_per_host, commons)
        self._slots = asyncio.Semaphore(limits.max_concurrent)
        self._names = Names(resolver or ThreadedLookups(), limits.timeout_s, now)
        self._destinations = Destinations(limits, own_endpoints, self._names)
        self._flights: dict[str, asyncio.Task[Fetched | FetchFailed]] = {}

    def spent(self) -> dict[str, tuple[int, int]]:
        """Return, of each kind of budget, the most that this node spent on anyone in the last minute, and the limit."""
        return {kind: (count, self._per_minute[kind]) for kind, count in self._own.spent().items()}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        flights = list(self._flights.values())
        for flight in flights:
            flight.cancel()
        await asyncio.gather(*flights, return_exceptions=True)
        await self._names.close()

    async def fetch(self, url: Url | str, *, public_url: str) -> Fetched | FetchFailed:
        """Return the page of *url*, or why there is none; *public_url* tells the other side on whose behalf.

        Returns within twice `timeout_s`. Callers that want the same URL at the same time share one fetch, which goes
        on when some of them are cancelled.
        """
        try:
            url = urls.parse(url) if isinstance(url, str) else url
        except MalformedPing as error:
            return FetchFailed(Failure.NOT_PUBLIC, error.sentence, url=str(url))
        key = str(url)
        kept = self._cache.fresh(key, self._now())
        if kept is not None:
            return replace(kept.page, from_cache=True)
        flight = self._flights.get(key)
        if flight is None:
            if len(self._flights) >= self._limits.max_concurrent + self._limits.max_queued:
                return _not_yet("Too many pages are being fetched at once.", url)
            flight = asyncio.create_task(self._fly(url, public_url), name=f"fetch {key}")
            self._flights[key] = flight
            flight.add_done_callback(lambda done: self._landed(key, done))
        await asyncio.wait({flight})  # which, unlike awaiting it, leaves it alone when this caller is cancelled
        return _not_yet("Pingwarden is stopping.", url) if flight.cancelled() else flight.result()

    def follow(self, limits: FetchLimits, own_endpoints: Iterable[tuple[str | Address, int]]) -> None:
        """Fetch within *limits* from now on, and never from *own_endpoints*; what was spent is spent.

        Whatever was one of our own once is not asked before the next start either.
        """
        self._limits = limits
        self._per_minute.update(limits.per_minute())
        self._destinations.allow(limits)
        for host, port in own_endpoints:
            self.refuse(host, port)

    def refuse(self, host: str | Address, port: int) -> None:
        """Never ask *host* at *port* from now on: for a listener whose port is known only once it listens."""
        self._destinations.refuse(host, port)

    async def resolves_to(self, host: str) -> frozenset[str]:
        """Return the addresses of *host*, at most a minute old; empty if it has none or the look-up takes too long.

        Only looks up: the addresses need not be public.
        """
        literal = parse_address(host)
        if literal is not None:
            return frozenset({str(literal)})
        return frozenset(await self._names.recent(host.lower()))

    def _landed(self, key: str, flight: asyncio.Task[Fetched | FetchFailed]) -> None:
        self._flights.pop(key, None)
        if not flight.cancelled():
            flight.exception()  # all who asked may have gone

    async def _fly(self, url: Url, public_url: str) -> Fetched | FetchFailed:
        headers = {"User-Agent": self._limits.user_agent.replace("{public_url}", public_url.rstrip("/"))}
        work = asyncio.timeout(self._limits.timeout_s)
        journey = _Journey(url, headers, Patience(work, self._limits.timeout_s), frozenset({str(url)}))
        try:
            async with work:
                return await self._travel(journey)
        except TimeoutError:
            words = f"The source did not answer in full within {self._limits.timeout_s:g} seconds."
            return journey.failed(Failure.TIMEOUT, words)

    async def _travel(self, journey: _Journey) -> Fetched | FetchFailed:
        start = str(journey.url)
        while isinstance(step := await self._visit(journey), Url):
            journey.url = step
            journey.been |= {str(step)}
        if isinstance(step, FetchFailed):
            return replace(step, redirects=journey.redirects)
        page = replace(step.page, redirects=journey.redirects)
        if journey.redirects:
            # Good for a minute under the name that was asked for; afterwards the redirects are walked again.
            self._cache.put(start, replace(step, page=page))
        return page

    async def _visit(self, journey: _Journey) -> Entry | Url | FetchFailed:
        """Return the page at the journey's URL, or where it leads to, or why neither."""
        url = journey.url
        # A look-up counts too: it asks the domain's own name servers.
        charges = [("host", url.host), ("domain", urls.registrable_domain(url.host)), ("look-ups", "")]
        if wait := await self._spending.wait_s(charges):
            return self._kept(url) or self._over_budget(journey, wait)
        try:
            async with AsyncExitStack() as held:
                await journey.patience.wait(held, self._turns.of(f"host {url.host}"))
                if (kept := self._kept(url)) is not None:  # read meanwhile, on the way from elsewhere
                    return kept
                if wait := await self._spending.take(charges):
                    return self._over_budget(journey, wait)
                addresses = await self._destinations.of(url)
                if isinstance(addresses, FetchFailed):
                    return addresses
                return await self._ask_one_of(addresses, journey)
        except QueueFull:
            return _not_yet("The source's host is being asked by too many others at once.", url)

    def _kept(self, url: Url) -> Entry | None:
        kept = self._cache.fresh(str(url), self._now())
        if kept is None or kept.page.redirects:
            return None
        return replace(kept, page=replace(kept.page, from_cache=True))

    async def _ask_one_of(self, addresses: tuple[str, ...], journey: _Journey) -> Entry | Url | FetchFailed:
        known = self._cache.stale(str(journey.url), self._now())
        headers = journey.headers | (known.validators() if known else {})
        timed_out = False
        for address in candidates(addresses, _MAX_ATTEMPTS):
            answer = await self._ask(address, journey, headers)
            if isinstance(answer, FetchFailed):
                return answer
            if isinstance(answer, Asked):
                return await self._understand(answer, address, journey, known)
            timed_out |= answer.timed_out
        if timed_out:
            return journey.failed(Failure.TIMEOUT, f"{journey.url.host} does not take connections in time.")
        return journey.failed(Failure.UNREACHABLE, f"{journey.url.host} does not take connections.")

    async def _ask(
        self, address: str, journey: _Journey, headers: dict[str, str]
    ) -> Asked | NotConnected | FetchFailed:
        machine = network_key(address)
        async with AsyncExitStack() as held:
            await journey.patience.wait(held, self._turns.of(f"address {machine}"))
            await journey.patience.wait(held, self._slots)
            if wait := await self._spending.take([("address", machine), ("all", "")]):
                return self._over_budget(journey, wait)
            policy = await self._destinations.policy_for(journey.url.port)
            asker = Asker(policy, self._limits.connect_timeout_s, self._limits.max_bytes)
            return await asker.ask(journey.url, address, headers)

    async def _understand(
        self, answer: Asked, address: str, journey: _Journey, known: Entry | None
    ) -> Entry | Url | FetchFailed:
        url, now = str(journey.url), self._now()
        if answer.status in REDIRECTS:
            location = answer.headers.get("Location")
            return follow(answer.status, journey.url, location, journey.been, self._limits.max_redirects)
        if answer.status == 304 and known is not None:
            entry = replace(known, page=replace(known.page, address=address, from_cache=True), read_at=now)
        elif answer.status == 200:
            content_type, refresh = (plain(answer.headers.get(name, "")) for name in ("Content-Type", "Refresh"))
            page = Fetched(url, 200, 0, content_type, answer.body, answer.truncated, address, refresh=refresh)
            entry = entry_of(page, answer.headers, now)
        else:
            failed = failed_status(answer.status, answer.headers, url)
            if failed.retry_after_s:
                await self._spending.rest(("host", journey.url.host), failed.retry_after_s)
            return failed
        self._cache.put(url, entry)
        return entry

    def _over_budget(self, journey: _Journey, wait_s: float) -> FetchFailed:
        words = f"{journey.url.host} has been asked enough for now."
        return journey.failed(Failure.OVER_BUDGET, words, wait_s)


def _not_yet(sentence: str, url: Url) -> FetchFailed:
    return FetchFailed(Failure.OVER_BUDGET, sentence, retry_after_s=BUSY_RETRY_S, url=str(url))
