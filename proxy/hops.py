"""What one hop takes from a message's headers and adds to them, and who the client is. Pure.

Headers are pairs of bytes as they came: their spelling, order and number are the sender's affair. There is no Via:
web servers compress less for requests that carry one, and the answer would no longer be the one without us.
"""

from collections.abc import Container, Iterable
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from proxy.addresses import is_plain_ipv4

Fields = list[tuple[bytes, bytes]]
Networks = tuple[IPv4Network | IPv6Network, ...]

# RFC 9110 §7.6.1. "Trailer" goes because trailers are dropped (§6.5.1 lets us); "Expect" is not among them.
_HOP_BY_HOP = frozenset(
    {b"connection", b"keep-alive", b"proxy-connection", b"te", b"trailer", b"transfer-encoding", b"upgrade"}
)
# What "Connection" must not take away, whoever names it there: how the body is read, and who is asking for what.
_KEPT = frozenset(
    {
        b"host", b"content-length", b"content-type", b"content-encoding",
        b"forwarded", b"x-real-ip", b"x-forwarded-for", b"x-forwarded-proto", b"x-forwarded-host",
    }
)  # fmt: skip
_REMEMBERED = 1024
_LONGEST_ENTRY = 80  # an IPv6 address with its zone, brackets and port is shorter
_FOR, _PROTO, _HOST = b"X-Forwarded-For", b"X-Forwarded-Proto", b"X-Forwarded-Host"


def end_to_end(fields: Iterable[tuple[bytes, bytes]]) -> Fields:
    """Return *fields* without those that concern one connection only (RFC 9110 §7.6.1)."""
    kept: Fields = []
    named: set[bytes] = set()
    for field in fields:
        name = field[0].lower()
        if name not in _HOP_BY_HOP:
            kept.append(field)
        elif name == b"connection":
            named.update(token.strip().lower() for token in field[1].split(b","))
    named -= _KEPT
    named -= _HOP_BY_HOP
    named -= {b"close", b""}
    return [field for field in kept if field[0].lower() not in named] if named else kept


def forwarded(fields: Fields, peer: str, scheme: str, *, trusts_peer: bool) -> Fields:
    """Return *fields* with what the next hop must know about the client's side.

    Our peer is added to the end of X-Forwarded-For. What is said of scheme and host stays if a trusted peer said it.
    """
    told = {_PROTO.lower(), _HOST.lower()}
    new: Fields = []
    last_for = -1
    host = b""
    seen: set[bytes] = set()
    for field in fields:
        name = field[0].lower()
        if name in told:
            if not trusts_peer:
                continue
            seen.add(name)
        elif name == b"x-forwarded-for":
            last_for = len(new)
        elif name == b"host":
            host = field[1]
        new.append(field)
    address = peer.encode()
    if last_for < 0:
        new.append((_FOR, address))
    else:
        name, before = new[last_for]
        new[last_for] = (name, before + b", " + address if before else address)
    if b"x-forwarded-proto" not in seen:
        new.append((_PROTO, scheme.encode()))
    if host and b"x-forwarded-host" not in seen:
        new.append((_HOST, host))
    return new


def accepting(fields: Fields, codings: Container[str]) -> Fields:
    """Return *fields* with an Accept-Encoding (RFC 9110 §12.5.3) that names none but *codings*."""
    return [
        (name, _named(value, codings)) if name.lower() == b"accept-encoding" else (name, value)
        for name, value in fields
    ]


def _named(value: bytes, codings: Container[str]) -> bytes:
    offers = value.split(b",")
    kept = [one for one in offers if one.partition(b";")[0].strip().lower().decode("latin-1") in codings]
    # "*" goes too. Where nothing is left the client still takes what is not encoded at all.
    return value if len(kept) == len(offers) else b",".join(kept).strip() or b"identity"


def client_of(peer: str, told: Iterable[str], trusted: Networks) -> str:
    """Return the client's address: going from *peer* towards the client, the first that is no trusted proxy's.

    *told* are the values of X-Forwarded-For. An entry that is no address ends the walk, for whoever wrote it knew no
    better; then the nearest proxy stands for the client.
    """
    address = _plain(peer)
    if is_trusted(peer, trusted):
        for entry in reversed(",".join(told).split(",")):
            nearer = _plain(entry[:_LONGEST_ENTRY], "")
            if not nearer:
                break
            address = nearer
            if not is_trusted(nearer, trusted):
                break
    return address


_trust: dict[str, tuple[Networks, bool]] = {}  # by address: the same few ask again and again


def is_trusted(address: str, trusted: Networks) -> bool:
    """True when *address* lies in one of the trusted networks."""
    known = _trust.get(address)
    if known is not None and known[0] is trusted:
        return known[1]
    found = _lies_in(address[:_LONGEST_ENTRY], trusted)
    if len(_trust) >= _REMEMBERED:
        _trust.clear()
    _trust[address[:_LONGEST_ENTRY]] = trusted, found
    return found


def _lies_in(address: str, trusted: Networks) -> bool:
    if is_plain_ipv4(address):  # by numbers, for a flood comes from ever new ones, and networks are slow to search
        first, second, third, fourth = map(int, address.split("."))
        number = first << 24 | second << 16 | third << 8 | fourth
        return any(number & mask == network for network, mask in _ipv4_of(trusted))
    parsed = _parsed(address)
    return parsed is not None and any(parsed in network for network in trusted if network.version == parsed.version)


_at_hand: list[tuple[Networks, tuple[tuple[int, int], ...]]] = [((), ())]


def _ipv4_of(trusted: Networks) -> tuple[tuple[int, int], ...]:
    """Return the IPv4 networks as numbers with their masks; those that were asked for last are at hand."""
    if _at_hand[0][0] is not trusted:
        numbers = tuple((int(one.network_address), int(one.netmask)) for one in trusted if one.version == 4)
        _at_hand[0] = trusted, numbers
    return _at_hand[0][1]


@lru_cache(maxsize=_REMEMBERED)
def _plain(entry: str, otherwise: str | None = None) -> str:
    """Return the address in an entry in its usual spelling; the entry itself, or *otherwise*, when it holds none."""
    if is_plain_ipv4(entry):
        return entry
    parsed = _parsed(entry)
    if parsed is None:
        return entry if otherwise is None else otherwise
    return str(parsed)


def _parsed(entry: str) -> IPv4Address | IPv6Address | None:
    """Return the address in an entry, which may carry a port, brackets, quotes or a zone; None when it holds none."""
    text = entry.strip().strip('"')
    if text.startswith("["):
        text, _, after = text[1:].partition("]")
        if after and not _is_port(after):
            return None
    elif text.count(":") == 1:
        text, _, port = text.partition(":")
        if not port.isascii() or not port.isdigit():
            return None
    try:
        parsed = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return parsed.ipv4_mapped or parsed if isinstance(parsed, IPv6Address) else parsed


def _is_port(text: str) -> bool:
    return text.startswith(":") and text[1:].isascii() and text[1:].isdigit()
