"""The fetcher itself: caches, budgets and turns around `ask`, redirect after redirect."""

import asyncio
import ssl
import time
from collections.abc import Callable, Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Self

from proxy import urls
from proxy.addresses import Address, AddressPolicy, is_odd_spelling, network_key, parse_address
from proxy.errors import MalformedPing
from proxy.fetch.answer import Fetched, FetchFailed, failed_status, plain
from proxy.fetch.ask import Asked, Asker, NotConnected, may_ask
from proxy.fetch.budget import Budget
from proxy.fetch.cache import Entry, PageCache, entry_of
from proxy.fetch.limits import FetchLimits
from proxy.fetch.names import Names, Resolve, ThreadedLookups
from proxy.fetch.redirects import REDIRECTS, follow
from proxy.fetch.turns import Patience, QueueFull, Turns
from proxy.ping import Failure
from proxy.urls import Url

BUSY_RETRY_S = 30.0
_MAX_ATTEMPTS = 3  # addresses of one host that are tried when nobody listens at the first


@dataclass(slots=True)
class _Journey:
    """Where one fetch has got to."""

    url: Url
    user_agent: str
    patience: Patience
    been: frozenset[str] = frozenset()

    @property
    def redirects(self) -> int:
        return len(self.been) - 1

    def failed(self, failure: Failure, sentence: str, retry_after_s: float | None = None) -> FetchFailed:
        return FetchFailed(failure, sentence, None, self.redirects, retry_after_s, str(self.url))


class Fetcher:
    """Fetches strangers' pages, within `FetchLimits`. An async context manager; `fetch` never raises for bad luck.

    *own_endpoints* are hosts or addresses with ports that are never asked: our listeners, the upstreams, the admin
    page. *resolver* takes a host and gives its addresses as text, raising OSError when it has none; the system's
    by default. *now* is a steady clock in seconds.
    """

    def __init__(
        self,
        limits: FetchLimits | None = None,
        own_endpoints: Iterable[tuple[str | Address, int]] = (),
        *,
        resolver: Resolve | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._limits = limits = limits or FetchLimits()
        own = [(str(host).strip("[]"), port) for host, port in own_endpoints]
        literal = [(host, port) for host, port in own if parse_address(host) is not None]
        self._own_names = frozenset((host.lower().rstrip("."), port) for host, port in own) - frozenset(literal)
        self._own_known: dict[str, tuple[str, ...]] = {}
        self._policy = AddressPolicy.of(limits.allow_networks, limits.ports, literal)
        self._now = now
        self._budget = Budget(
            {
                "address": limits.per_address_per_minute,
                "domain": limits.per_domain_per_minute,
                "all": limits.in_all_per_minute,
            }
        )
        self._cache = PageCache(limits.cache_entries, limits.cache_bytes, limits.cache_fresh_s)
        self._turns = Turns(limits.max_queued_per_host)
        self._slots = asyncio.Semaphore(limits.max_concurrent)
        self._names = Names(resolver or ThreadedLookups(), limits.timeout_s, now)
        self._flights: dict[str, asyncio.Task[Fetched | FetchFailed]] = {}
        self._tls = ssl.create_default_context()

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
                return _busy("Too many pages are being fetched", key)
            flight = asyncio.create_task(self._fly(url, public_url), name=f"fetch {key}")
            self._flights[key] = flight
            flight.add_done_callback(lambda done: self._landed(key, done))
        return await asyncio.shield(flight)

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
        user_agent = self._limits.user_agent.replace("{public_url}", public_url.rstrip("/"))
        try:
            async with asyncio.timeout(self._limits.timeout_s) as work:
                journey = _Journey(url, user_agent, Patience(work, self._limits.timeout_s))
                return await self._travel(journey)
        except TimeoutError:
            words = f"The source did not answer in full within {self._limits.timeout_s:g} seconds."
            return journey.failed(Failure.TIMEOUT, words)

    async def _travel(self, journey: _Journey) -> Fetched | FetchFailed:
        start = str(journey.url)
        while True:
            journey.been |= {str(journey.url)}
            entry = await self._visit(journey)
            if isinstance(entry, FetchFailed):
                return entry
            if isinstance(entry, Url):
                journey.url = entry
                continue
            page = replace(entry.page, redirects=journey.redirects)
            if journey.redirects:
                # Good for a minute under the name that was asked for; afterwards the redirects are walked again.
                self._cache.put(start, replace(entry, page=page))
            return page

    async def _visit(self, journey: _Journey) -> Entry | Url | FetchFailed:
        """Return the page at the journey's URL, or where it leads to, or why neither."""
        url = journey.url
        kept = self._cache.fresh(str(url), self._now())
        if kept is not None and not kept.page.redirects:
            return replace(kept, page=replace(kept.page, from_cache=True))
        charges = [("domain", urls.registrable_domain(url.host)), ("all", "")]
        if wait := self._budget.wait_s(charges, self._now()):
            return self._over_budget(journey, wait)
        try:
            async with AsyncExitStack() as held:
                await journey.patience.wait(held, self._turns.of(f"host {url.host}"))
                # Charged before the look-up, since that asks somebody too: the domain's own name servers.
                if wait := self._budget.take(charges, self._now()):
                    return self._over_budget(journey, wait)
                addresses = await self._addresses(journey)
                if isinstance(addresses, FetchFailed):
                    return addresses
                return await self._ask_one_of(addresses, journey)
        except QueueFull:
            return replace(_busy("The source's host is being asked", str(url)), redirects=journey.redirects)

    async def _addresses(self, journey: _Journey) -> tuple[str, ...] | FetchFailed:
        """Return what the host resolves to if every one of the addresses may be asked.

        A single one that may not spoils all: no honest host has public and private addresses mixed, and picking
        the good one would let a name server try again and again.
        """
        url = journey.url
        if is_odd_spelling(url.host) or (url.host, url.port) in self._own_names:
            return journey.failed(Failure.NOT_PUBLIC, f"{url.host} is never fetched.")
        try:
            literal = parse_address(url.host)
            addresses = (url.host,) if literal is not None else await self._names.ask(url.host)
        except TimeoutError:
            return journey.failed(Failure.TIMEOUT, f"Looking up {url.host} took too long.")
        except OSError:
            return journey.failed(Failure.UNREACHABLE, f"{url.host} has no address.")
        policy = await self._policy_for(url.port)
        if not all(may_ask(policy, address, url.port) for address in addresses):
            return journey.failed(
                Failure.NOT_PUBLIC, f"{url.host} port {url.port} is not a public address on a usual port."
            )
        return addresses

    async def _policy_for(self, port: int) -> AddressPolicy:
        """Return the policy with what our own endpoints' names resolve to, where *port* makes that matter."""
        own: set[tuple[Address, int]] = set()
        for name, own_port in self._own_names:
            if own_port != port:
                continue
            self._own_known[name] = await self._names.recent(name) or self._own_known.get(name, ())
            own |= {(a, port) for a in map(parse_address, self._own_known[name]) if a is not None}
        if not own:
            return self._policy
        return replace(self._policy, own_endpoints=self._policy.own_endpoints | own)

    async def _ask_one_of(self, addresses: tuple[str, ...], journey: _Journey) -> Entry | Url | FetchFailed:
        known = self._cache.stale(str(journey.url), self._now())
        timed_out = False
        for address in _candidates(addresses):
            answer = await self._ask(address, journey, known)
            if isinstance(answer, FetchFailed):
                return answer
            if isinstance(answer, Asked):
                return self._understand(answer, address, journey, known)
            timed_out |= answer.timed_out
        if timed_out:
            return journey.failed(Failure.TIMEOUT, f"{journey.url.host} does not take connections in time.")
        return journey.failed(Failure.UNREACHABLE, f"{journey.url.host} does not take connections.")

    async def _ask(self, address: str, journey: _Journey, known: Entry | None) -> Asked | NotConnected | FetchFailed:
        headers = {"User-Agent": journey.user_agent}
        if known is not None:
            headers |= known.validators()
        machine = network_key(address)
        async with AsyncExitStack() as held:
            await journey.patience.wait(held, self._turns.of(f"address {machine}"))
            await journey.patience.wait(held, self._slots)
            if wait := self._budget.take([("address", machine)], self._now()):
                return self._over_budget(journey, wait)
            policy = await self._policy_for(journey.url.port)
            asker = Asker(policy, self._tls, self._limits.connect_timeout_s, self._limits.max_bytes)
            answer = await asker.ask(journey.url, address, headers)
        if isinstance(answer, FetchFailed):
            return replace(answer, redirects=journey.redirects)
        return answer

    def _understand(
        self, answer: Asked, address: str, journey: _Journey, known: Entry | None
    ) -> Entry | Url | FetchFailed:
        url, now = str(journey.url), self._now()
        if answer.status in REDIRECTS:
            location = answer.headers.get("Location")
            return follow(answer.status, journey.url, location, journey.been, self._limits.max_redirects)
        if answer.status == 304 and known is not None:
            page = replace(known.page, address=address, from_cache=True)
            entry = replace(known, page=page, read_at=now)
        elif answer.status == 200:
            content_type, refresh = (plain(answer.headers.get(name, "")) for name in ("Content-Type", "Refresh"))
            page = Fetched(url, 200, 0, content_type, answer.body, answer.truncated, address, refresh=refresh)
            entry = entry_of(page, answer.headers, now)
        else:
            return failed_status(answer.status, answer.headers, url, journey.redirects)
        self._cache.put(url, entry)
        return entry

    def _over_budget(self, journey: _Journey, wait_s: float) -> FetchFailed:
        words = f"{journey.url.host} has been asked enough for now."
        return journey.failed(Failure.OVER_BUDGET, words, wait_s)


def _busy(what: str, url: str) -> FetchFailed:
    sentence = f"{what} by too many others at once."
    return FetchFailed(Failure.OVER_BUDGET, sentence, retry_after_s=BUSY_RETRY_S, url=url)


def _candidates(addresses: tuple[str, ...]) -> tuple[str, ...]:
    """Return the addresses to try: the first, the first of the other family, then on in order (RFC 8305 §4)."""
    other = [address for address in addresses if (":" in address) != (":" in addresses[0])]
    return tuple(dict.fromkeys([addresses[0], *other[:1], *addresses]))[:_MAX_ATTEMPTS]
