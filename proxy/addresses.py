"""Which addresses may be fetched: the public internet, minus everything that IANA set apart, minus ourselves.

The tables are the IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890, RFC 8190), with the multicast
blocks and a few neighbours that stand in other registries. A row is refused even where its registry calls it
globally reachable (anycast of PCP, TURN, AS112, AMT): no page is served from there. Python's own `ipaddress` is not
asked, because its tables change with the Python that happens to run us.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_PLAIN_IPV4 = re.compile(rf"{_OCTET}(?:\.{_OCTET}){{3}}")

IPV4_REFUSED: tuple[tuple[str, str], ...] = (
    ("0.0.0.0/8", "this host on this network: RFC 791 §3.2, RFC 1122 §3.2.1.3"),
    ("0.0.0.0/32", "this host: RFC 1122 §3.2.1.3"),
    ("10.0.0.0/8", "private use: RFC 1918"),
    ("100.64.0.0/10", "shared address space of carrier NAT: RFC 6598"),
    ("127.0.0.0/8", "loopback: RFC 1122 §3.2.1.3"),
    ("168.63.129.16/32", "Azure's platform endpoint, public by number only: Microsoft's documentation"),
    ("169.254.0.0/16", "link local, clouds' metadata: RFC 3927"),
    ("172.16.0.0/12", "private use: RFC 1918"),
    ("192.0.0.0/24", "IETF protocol assignments: RFC 6890 §2.1"),
    ("192.0.0.0/29", "IPv4 service continuity: RFC 7335"),
    ("192.0.0.8/32", "dummy address: RFC 7600"),
    ("192.0.0.9/32", "PCP anycast: RFC 7723"),
    ("192.0.0.10/32", "TURN anycast: RFC 8155"),
    ("192.0.0.170/32", "NAT64 discovery: RFC 8880, RFC 7050 §2.2"),
    ("192.0.0.171/32", "NAT64 discovery: RFC 8880, RFC 7050 §2.2"),
    ("192.0.2.0/24", "documentation, TEST-NET-1: RFC 5737"),
    ("192.31.196.0/24", "AS112-v4: RFC 7535"),
    ("192.52.193.0/24", "AMT: RFC 7450"),
    ("192.88.99.0/24", "6to4 relay anycast, deprecated: RFC 7526"),
    ("192.88.99.2/32", "6a44 relay anycast: RFC 6751"),
    ("192.168.0.0/16", "private use: RFC 1918"),
    ("192.175.48.0/24", "direct delegation AS112: RFC 7534"),
    ("198.18.0.0/15", "benchmarking: RFC 2544"),
    ("198.51.100.0/24", "documentation, TEST-NET-2: RFC 5737"),
    ("203.0.113.0/24", "documentation, TEST-NET-3: RFC 5737"),
    ("224.0.0.0/4", "multicast: RFC 5771"),
    ("240.0.0.0/4", "reserved: RFC 1112 §4"),
    ("255.255.255.255/32", "limited broadcast: RFC 8190, RFC 919 §7"),
)

IPV6_REFUSED: tuple[tuple[str, str], ...] = (
    ("::/128", "unspecified: RFC 4291 §2.5.2"),
    ("::1/128", "loopback: RFC 4291 §2.5.3"),
    ("::/96", "IPv4-compatible, deprecated: RFC 4291 §2.5.5.1"),
    ("::ffff:0:0/96", "IPv4-mapped: RFC 4291 §2.5.5.2"),
    ("::ffff:0:0:0/96", "IPv4-translated: RFC 2765 §2.1"),
    ("64:ff9b:1::/48", "local-use IPv4/IPv6 translation: RFC 8215"),
    ("100::/64", "discard only: RFC 6666"),
    ("100:0:0:1::/64", "dummy prefix: RFC 9780"),
    ("2001::/23", "IETF protocol assignments: RFC 2928"),
    ("2001::/32", "Teredo: RFC 4380, RFC 8190"),
    ("2001:1::1/128", "PCP anycast: RFC 7723"),
    ("2001:1::2/128", "TURN anycast: RFC 8155"),
    ("2001:1::3/128", "DNS-SD SRP anycast: RFC 9665"),
    ("2001:2::/48", "benchmarking: RFC 5180, RFC erratum 1752"),
    ("2001:3::/32", "AMT: RFC 7450"),
    ("2001:4:112::/48", "AS112-v6: RFC 7535"),
    ("2001:10::/28", "ORCHID, deprecated: RFC 4843"),
    ("2001:20::/28", "ORCHIDv2: RFC 7343"),
    ("2001:30::/28", "drone remote identification: RFC 9374"),
    ("2001:db8::/32", "documentation: RFC 3849"),
    ("2002::/16", "6to4: RFC 3056, deprecated by RFC 7526"),
    ("2620:4f:8000::/48", "direct delegation AS112: RFC 7534"),
    ("3ffe::/16", "6bone, returned: RFC 3701"),
    ("3fff::/20", "documentation: RFC 9637"),
    ("5f00::/16", "segment routing SIDs: RFC 9602"),
    ("fc00::/7", "unique local: RFC 4193, RFC 8190"),
    ("fe80::/10", "link local: RFC 4291 §2.5.6"),
    ("fec0::/10", "site local, deprecated: RFC 3879"),
    ("ff00::/8", "multicast: RFC 4291 §2.7"),
)

# What IANA hands out to anyone; all other IPv6 space is unassigned and so refused (RFC 4291 §2.4, RFC 3587).
_GLOBAL_UNICAST = IPv6Network("2000::/3")
# The one prefix outside of it behind which public hosts stand: on an IPv6-only network DNS64 answers with it for
# every IPv4 host (RFC 6052 §2.1, RFC 6147). It is as public as the IPv4 address that it carries.
_NAT64 = IPv6Network("64:ff9b::/96")

_MAPPED = IPv6Network("::ffff:0:0/96")
_LOW_32_BITS = (
    _MAPPED,
    _NAT64,
    IPv6Network("::/96"),
    IPv6Network("::ffff:0:0:0/96"),
    IPv6Network("64:ff9b:1::/48"),
)
_SIX_TO_FOUR = IPv6Network("2002::/16")
_TEREDO = IPv6Network("2001::/32")
# RFC 5214 §6.1: an interface identifier ::0:5efe:a.b.c.d, or ::200:5efe:a.b.c.d with the universal bit set.
_ISATAP_IDS = (0x00005EFE, 0x02005EFE)

_IPV4_TABLE = tuple(IPv4Network(row) for row, _ in IPV4_REFUSED)
_IPV6_TABLE = tuple(IPv6Network(row) for row, _ in IPV6_REFUSED)

_WEB_PORTS = frozenset({80, 443})

_NUMBER = re.compile(r"[0-9]+|0[xX][0-9A-Fa-f]*")


def is_plain_ipv4(text: str) -> bool:
    """True when *text* is an IPv4 address in its usual spelling; many times faster than to parse it."""
    return _PLAIN_IPV4.fullmatch(text) is not None


@lru_cache(maxsize=4096)  # one fetch asks for the same one half a dozen times
def parse_address(address: str | Address) -> Address | None:
    """Return *address* as a value without IPv4-mapping, or None for anything but a plain canonical address.

    Scoped addresses (`fe80::1%eth0`, RFC 4007 §11) are None: a zone is a matter of this machine alone.
    """
    if isinstance(address, str):
        try:
            address = ip_address(address)
        except ValueError:
            return None
    if isinstance(address, IPv6Address):
        if address.scope_id is not None:
            return None
        return _low_ipv4(address) if address in _MAPPED else address
    return address


@lru_cache(maxsize=4096)
def is_public(address: str | Address) -> bool:
    """Return whether *address* is an ordinary address of the public internet.

    False for every row of the tables above, for unassigned IPv6 space, for text that is no address, for scoped
    addresses, and for an IPv6 address that carries an IPv4 address which is not public itself.
    """
    if isinstance(address, str):
        try:
            address = ip_address(address)
        except ValueError:
            return False
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _IPV4_TABLE)
    if address.scope_id is not None or any(address in network for network in _IPV6_TABLE):
        return False
    if address not in _GLOBAL_UNICAST and address not in _NAT64:
        return False
    return all(is_public(inner) for inner in embedded_ipv4(address))


def embedded_ipv4(address: IPv6Address) -> tuple[IPv4Address, ...]:
    """Return every IPv4 address to which a packet for *address* could be carried on by a tunnel or translator."""
    number = int(address)
    found = []
    if any(address in network for network in _LOW_32_BITS):
        found.append(_low_ipv4(address))
    if address in _SIX_TO_FOUR:  # RFC 3056 §2: bits 16 to 47
        found.append(IPv4Address(number >> 80 & 0xFFFFFFFF))
    if address in _TEREDO:  # RFC 4380 §4: the server, and the client with every bit turned over
        found += [IPv4Address(number >> 64 & 0xFFFFFFFF), IPv4Address(~number & 0xFFFFFFFF)]
    if (number >> 32 & 0xFFFFFFFF) in _ISATAP_IDS:
        found.append(_low_ipv4(address))
    return tuple(found)


def _low_ipv4(address: IPv6Address) -> IPv4Address:
    return IPv4Address(int(address) & 0xFFFFFFFF)


def is_odd_spelling(host: str) -> bool:
    """Return whether *host* is an IPv4 address in a spelling other than four plain decimal numbers.

    `2130706433`, `0x7f.1`, `0177.0.0.1` and `127.1` are addresses to inet_aton and to browsers (a host is one when
    its last label is a number: WHATWG URL §3.5), but nobody writes a blog's address in that way.
    """
    labels = host.rstrip(".").split(".")
    if not _NUMBER.fullmatch(labels[-1]):
        return False
    return not isinstance(parse_address(host), IPv4Address)


def network_key(address: str) -> str:
    """Return what counts as one machine when it comes to sparing it: an IPv4 address, or the /64 of an IPv6 one.

    One machine can answer on a whole /64 (RFC 4291 §2.5.4), so that its single addresses are no measure.
    """
    parsed = parse_address(address)
    if isinstance(parsed, IPv6Address) and parsed not in _NAT64:
        return str(IPv6Network((int(parsed) >> 64 << 64, 64)))
    return str(parsed)


@dataclass(frozen=True, slots=True)
class AddressPolicy:
    """What may be asked: public addresses on the usual ports, the owner's exceptions on any port, never ourselves.

    `own_endpoints` are the addresses and ports of our listeners, of the upstreams and of the admin page; one with
    an unspecified address (`0.0.0.0`, `::`) stands for every address of this machine.
    """

    allow_networks: tuple[Network, ...] = ()
    ports: frozenset[int] = frozenset({80, 443, 8080})
    own_endpoints: frozenset[tuple[Address, int]] = frozenset()

    @classmethod
    def of(
        cls,
        allow_networks: Iterable[str | Network] = (),
        ports: Iterable[int] = (80, 443, 8080),
        own_endpoints: Iterable[tuple[str | Address, int]] = (),
    ) -> "AddressPolicy":
        """Return the policy for networks and endpoints as a configuration writes them.

        Raises ValueError for a network that is none; an endpoint whose host is a name must be resolved before.
        """
        own = set()
        for host, port in own_endpoints:
            address = parse_address(host)
            if address is None:
                raise ValueError(f"{host!r} is not an address")
            own.add((address, port))
        networks = tuple(n if isinstance(n, Network) else ip_network(n) for n in allow_networks)
        return cls(networks, frozenset(ports), frozenset(own))

    def allows(self, address: str | Address, port: int, *, on_this_machine: bool = False) -> bool:
        """Return whether a connection to *address* and *port* may be opened.

        *on_this_machine* says that the caller found the address among this machine's own; loopback always is. A
        public address of this machine is asked on the web's own ports only: from here no firewall stands before the
        others, while a neighbour site on the same server is an honest source.
        """
        parsed = parse_address(address)
        if parsed is None or parsed.is_unspecified or not 0 < port < 65536:
            return False  # connecting to the unspecified address reaches this machine
        if self._is_ours(parsed, port, on_this_machine=on_this_machine or parsed.is_loopback):
            return False
        if any(parsed in network for network in self.allow_networks):
            return True
        if on_this_machine and port not in _WEB_PORTS:
            return False
        return port in self.ports and is_public(address)

    def _is_ours(self, address: Address, port: int, *, on_this_machine: bool) -> bool:
        names: set[Address] = {address}
        if isinstance(address, IPv6Address):
            names.update(embedded_ipv4(address))
        return any(
            port == own_port and (own in names or (own.is_unspecified and on_this_machine))
            for own, own_port in self.own_endpoints
        )
