"""Which addresses a URL leads to, if every one of them may be asked."""

from collections.abc import Iterable
from dataclasses import replace

from proxy.addresses import Address, AddressPolicy, is_odd_spelling, parse_address
from proxy.fetch.answer import FetchFailed
from proxy.fetch.ask import may_ask
from proxy.fetch.limits import FetchLimits
from proxy.fetch.names import Names
from proxy.ping import Failure
from proxy.urls import Url


class Destinations:
    """Knows the policy, and our own endpoints also by name: an upstream called `wordpress` may move."""

    def __init__(self, limits: FetchLimits, own_endpoints: Iterable[tuple[str | Address, int]], names: Names) -> None:
        self._policy = AddressPolicy.of(limits.allow_networks, limits.ports)
        self._own_names: set[tuple[str, int]] = set()
        self._own_known: dict[str, tuple[str, ...]] = {}
        self._names = names
        for host, port in own_endpoints:
            self.refuse(host, port)

    def allow(self, limits: FetchLimits) -> None:
        """Lead where *limits* allow from now on."""
        self._policy = AddressPolicy.of(limits.allow_networks, limits.ports, self._policy.own_endpoints)

    def refuse(self, host: str | Address, port: int) -> None:
        """Never lead to *host* (a name or an address) at *port* from now on: it is one of our own."""
        name = str(host).strip("[]").lower().rstrip(".")
        address = parse_address(name)
        if address is None:
            self._own_names.add((name, port))
        else:
            own = self._policy.own_endpoints | {(address, port)}
            self._policy = replace(self._policy, own_endpoints=own)

    async def of(self, url: Url) -> tuple[str, ...] | FetchFailed:
        """Return the addresses of *url*'s host, in order of preference.

        A single one that may not be asked spoils all: no honest host has public and private addresses mixed, and
        picking the good one would let a name server try again and again. Raises `QueueFull`.
        """
        if is_odd_spelling(url.host) or (url.host, url.port) in self._own_names:
            return _failed(Failure.NOT_PUBLIC, f"{url.host} is never fetched.", url)
        try:
            literal = parse_address(url.host) is not None
            addresses = (url.host,) if literal else await self._names.ask(url.host)
        except TimeoutError:
            return _failed(Failure.TIMEOUT, f"Looking up {url.host} took too long.", url)
        except OSError:
            return _failed(Failure.UNREACHABLE, f"{url.host} has no address.", url)
        policy = await self.policy_for(url.port)
        if not all(may_ask(policy, address, url.port) for address in addresses):
            words = f"{url.host} port {url.port} is not a public address on a usual port."
            return _failed(Failure.NOT_PUBLIC, words, url)
        return addresses

    async def policy_for(self, port: int) -> AddressPolicy:
        """Return the policy with what our own endpoints' names resolve to, where *port* makes that matter.

        A name that does not resolve just now stands for what it last resolved to.
        """
        own: set[tuple[Address, int]] = set()
        for name, own_port in tuple(self._own_names):
            if own_port == port:
                known = await self._names.recent(name) or self._own_known.get(name, ())
                self._own_known[name] = known
                own |= {(address, port) for address in map(parse_address, known) if address is not None}
        if not own:
            return self._policy
        return replace(self._policy, own_endpoints=self._policy.own_endpoints | own)


def candidates(addresses: tuple[str, ...], limit: int) -> tuple[str, ...]:
    """Return the addresses to try: the first, the first of the other family, then on in order (RFC 8305 §4)."""
    other = [address for address in addresses if (":" in address) != (":" in addresses[0])]
    return tuple(dict.fromkeys([addresses[0], *other[:1], *addresses]))[:limit]


def _failed(failure: Failure, sentence: str, url: Url) -> FetchFailed:
    return FetchFailed(failure, sentence, url=str(url))
