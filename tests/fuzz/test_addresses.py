"""Addresses, whatever they are: refused unless Python's own tables agree that they are global."""

from ipaddress import IPv4Address, IPv6Address

from hypothesis import example, given
from hypothesis import strategies as st

from proxy.addresses import AddressPolicy, embedded_ipv4, is_odd_spelling, is_public, network_key, parse_address

ipv4 = st.integers(0, 2**32 - 1).map(IPv4Address)
ipv6 = st.integers(0, 2**128 - 1).map(IPv6Address) | st.integers(0x2000 << 112, 2**126 - 1).map(IPv6Address)
NOWHERE = AddressPolicy.of()


@given(ipv4)
def test_no_ipv4_address_is_public_that_python_calls_otherwise(address: IPv4Address) -> None:
    """Two tables, written by different people, must both let it through."""
    if is_public(address):
        assert address.is_global
        assert not any((address.is_multicast, address.is_private, address.is_reserved))


@given(ipv6)
def test_no_ipv6_address_is_public_that_python_calls_otherwise(address: IPv6Address) -> None:
    """The same for IPv6, where what is unassigned is refused as well."""
    if is_public(address):
        assert address.is_global
        assert not any((address.is_multicast, address.is_link_local, address.is_site_local))
        assert all(is_public(inner) for inner in embedded_ipv4(address))


@given(ipv4, ipv6)
def test_what_is_carried_decides(inner: IPv4Address, outer: IPv6Address) -> None:
    """NAT64 is as public as what it carries; an ISATAP identifier never makes an address more public."""
    assert is_public(IPv6Address(int(IPv6Address("64:ff9b::")) | int(inner))) is is_public(inner)
    isatap = IPv6Address(int(outer) >> 64 << 64 | 0x5EFE << 32 | int(inner))
    assert not is_public(isatap) or is_public(inner)


@given(ipv4)
def test_a_mapped_address_is_the_address_but_never_public(address: IPv4Address) -> None:
    """The system would connect to the IPv4 address; no honest name server answers so."""
    mapped = IPv6Address(int(IPv6Address("::ffff:0:0")) | int(address))
    assert parse_address(mapped) == address
    assert not is_public(mapped)


@given(st.text(max_size=60) | st.text(alphabet="0123456789abcdefx.:%[]", max_size=45), st.integers(-1, 70_000))
@example("1." * 4000, 80)
def test_any_text_is_answered(text: str, port: int) -> None:
    """Text never raises, and only a public address on a usual port is allowed."""
    is_odd_spelling(text)
    network_key(text)
    assert not NOWHERE.allows(text, port) or (is_public(text) and port in NOWHERE.ports)


@given(ipv4 | ipv6, st.integers(1, 65535), st.booleans())
def test_an_own_endpoint_is_never_allowed(address: IPv4Address | IPv6Address, port: int, everywhere: bool) -> None:
    """Not even where everything else is."""
    own = "0.0.0.0" if everywhere else address
    policy = AddressPolicy.of(["0.0.0.0/0", "::/0"], own_endpoints=[(own, port)])
    assert not policy.allows(address, port, on_this_machine=everywhere)
