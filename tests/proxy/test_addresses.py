"""Addresses: every range that IANA set apart is refused at both ends, its neighbours are not, and so on."""

from ipaddress import ip_address, ip_network

import pytest

from proxy.addresses import (
    IPV4_REFUSED,
    IPV6_REFUSED,
    AddressPolicy,
    embedded_ipv4,
    is_odd_spelling,
    is_plain_ipv4,
    is_public,
    network_key,
    parse_address,
)

words = str.split

# Written down from the registries once more, on purpose: a row lost in the source is missed here.
RANGES = words(
    """
0.0.0.0/8 0.0.0.0/32 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 168.63.129.16/32 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24
192.0.0.0/29 192.0.0.8/32 192.0.0.9/32 192.0.0.10/32 192.0.0.170/32 192.0.0.171/32 192.0.2.0/24 192.31.196.0/24
192.52.193.0/24 192.88.99.0/24 192.88.99.2/32 192.168.0.0/16 192.175.48.0/24 198.18.0.0/15 198.51.100.0/24
203.0.113.0/24 224.0.0.0/4 224.0.0.0/24 232.0.0.0/8 233.252.0.0/24 239.0.0.0/8 240.0.0.0/4 255.255.255.255/32
::1/128 ::/128 ::ffff:0:0/96 ::/96 ::ffff:0:0:0/96 64:ff9b:1::/48 100::/64 100:0:0:1::/64 2001::/23 2001::/32
2001:1::1/128 2001:1::2/128 2001:1::3/128 2001:2::/48 2001:3::/32 2001:4:112::/48 2001:10::/28 2001:20::/28
2001:30::/28 2001:db8::/32 2002::/16 2620:4f:8000::/48 3ffe::/16 3fff::/20 5f00::/16 fc00::/7 fc00::/8 fd00::/8
fe80::/10 fec0::/10 ff00::/8 ff02::/16 ff0e::/16
0200::/7 0400::/6 0800::/5 1000::/4 4000::/3 6000::/3 8000::/3 a000::/3 c000::/3 e000::/4 f000::/5 f800::/6 fe00::/9
"""
)

ENDS = [(text, str(end)) for text in RANGES for end in (ip_network(text)[0], ip_network(text)[-1])]
MIDDLES = [str(ip_network(text)[ip_network(text).num_addresses // 3]) for text in RANGES]


@pytest.mark.parametrize(("network", "address"), ENDS)
def test_both_ends_of_a_special_range_are_refused(network: str, address: str) -> None:
    """The first and the last address of every range set apart are not public."""
    assert is_public(address) is False


@pytest.mark.parametrize("address", MIDDLES)
def test_the_inside_of_a_special_range_is_refused(address: str) -> None:
    """An address somewhere inside is not public either."""
    assert is_public(ip_address(address)) is False


def test_no_row_is_untested() -> None:
    """Whatever row the source gains, this file must name it too."""
    rows = {row for row, _ in IPV4_REFUSED + IPV6_REFUSED}
    assert rows - set(RANGES) == set()


@pytest.mark.parametrize(("row", "why"), IPV4_REFUSED + IPV6_REFUSED)
def test_every_row_says_why(row: str, why: str) -> None:
    """A row is a network, not an address with host bits, and names its source."""
    assert ip_network(row, strict=True)
    assert "RFC " in why or "documentation" in why


# One below and one above the ranges, where that is public.
NEIGHBOURS = words(
    """
1.0.0.0 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0 168.63.129.15 168.63.129.17
169.253.255.255 169.255.0.0 172.15.255.255 172.32.0.0 191.255.255.255 192.0.1.0 192.0.1.255 192.0.3.0 192.31.195.255
192.31.197.0 192.52.192.255 192.52.194.0 192.88.98.255 192.88.100.0 192.167.255.255 192.169.0.0 192.175.47.255
192.175.49.0 198.17.255.255 198.20.0.0 198.51.99.255 198.51.101.0 203.0.112.255 203.0.114.0 223.255.255.255
8.8.8.8 1.1.1.1 93.184.215.14 151.101.1.195
2000:: 2000:ffff:ffff:ffff:ffff:ffff:ffff:ffff 2001:200:: 2001:db7:ffff:ffff:ffff:ffff:ffff:ffff 2001:db9::
2001:ffff:ffff:ffff:ffff:ffff:ffff:ffff 2003:: 2620:4f:7fff:ffff:ffff:ffff:ffff:ffff 2620:4f:8001::
3ffd:ffff:ffff:ffff:ffff:ffff:ffff:ffff 3fff:1000:: 3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff
2606:4700:4700::1111 2a00:1450:4001:810::200e 2001:4860:4860::8888
64:ff9b::808:808 64:ff9b::5db8:d70e 64:ff9b::1.1.1.1
"""
)


@pytest.mark.parametrize("address", NEIGHBOURS)
def test_ordinary_addresses_and_next_neighbours_are_public(address: str) -> None:
    """The tables end where the registries say, so that no honest page is shut out."""
    assert is_public(address) is True


CARRIERS = {
    "mapped": "::ffff:{dotted}",
    "compatible": "::{dotted}",
    "translated": "::ffff:0:{dotted}",
    "NAT64": "64:ff9b::{dotted}",
    "local NAT64": "64:ff9b:1::{dotted}",
    "local NAT64 of a site": "64:ff9b:1:7::{dotted}",
    "6to4": "2002:{high}:{low}::1",
    "Teredo client": "2001:0:808:808:0:0:{not_high}:{not_low}",
    "Teredo server": "2001:0:{high}:{low}:0:ffff:f7f7:f7f7",
    "ISATAP": "2a00:1450:1:1:0:5efe:{dotted}",
    "ISATAP, universal": "2a00:1450:1:1:200:5efe:{dotted}",
}
INSIDE = ["127.0.0.1", "10.1.2.3", "169.254.169.254", "192.168.0.1", "172.31.255.255", "100.100.100.200", "0.0.0.0"]


def carried(form: str, dotted: str) -> str:
    number = int(ip_address(dotted))
    return form.format(
        dotted=dotted,
        high=f"{number >> 16:x}",
        low=f"{number & 0xFFFF:x}",
        not_high=f"{~number >> 16 & 0xFFFF:x}",
        not_low=f"{~number & 0xFFFF:x}",
    )


@pytest.mark.parametrize("dotted", INSIDE)
@pytest.mark.parametrize("carrier", CARRIERS)
def test_an_inside_address_cannot_be_carried_in(carrier: str, dotted: str) -> None:
    """IPv4 inside IPv6 is found, and refused when it is not public."""
    address = ip_address(carried(CARRIERS[carrier], dotted))
    assert ip_address(dotted) in embedded_ipv4(address)
    assert is_public(address) is False


@pytest.mark.parametrize("carrier", ["NAT64", "ISATAP", "ISATAP, universal"])
def test_a_public_address_may_be_carried(carrier: str) -> None:
    """On IPv6-only networks every IPv4 host is reached through NAT64."""
    assert is_public(carried(CARRIERS[carrier], "93.184.215.14")) is True


NOT_ADDRESSES = [
    "",
    " ",
    "localhost",
    "127.1",
    "2130706433",
    "0x7f000001",
    "0177.0.0.1",
    "8.8.8.08",
    "1.2.3",
    "8.8.8.8 ",
]
SCOPED = ["fe80::1%eth0", "2606:4700:4700::1111%eth0", "2606:4700:4700::1111%1", "::1%lo", "[::1]", "8.8.8.8%eth0"]


@pytest.mark.parametrize("text", NOT_ADDRESSES + SCOPED)
def test_text_that_is_no_plain_address_is_refused(text: str) -> None:
    """Nothing is guessed from other spellings, and a scoped address is a matter of this machine."""
    assert is_public(text) is False
    assert parse_address(text) is None
    assert AddressPolicy.of(["0.0.0.0/0", "::/0"]).allows(text, 80) is False


ODD = [
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "127.1",
    "127.0.1",
    "0177.0.0.1",
    "017700000001",
    "0x7f.0.0.1",
    "127.0.0.01",
]
ODD += [
    "0",
    "0x",
    "1.2.3.4.5",
    "256.1.1.1",
    "blog.example.1",
    "0X7F.1",
    "2852039166",
    "127.0.0.0x1",
    "blog.0x10",
    "127.1.",
]
PLAIN = ["127.0.0.1", "blog.example", "1.example", "0x7f.example", "x1", "8.8.8.8", "3com", "0x7g", "blog.example.a1"]


@pytest.mark.parametrize("host", ODD)
def test_numbers_that_are_addresses_to_some_are_odd(host: str) -> None:
    """Whatever inet_aton or a browser would take for an address in another spelling is recognised."""
    assert is_odd_spelling(host) is True


@pytest.mark.parametrize("host", PLAIN)
def test_names_and_plain_addresses_are_not_odd(host: str) -> None:
    """Digits in a name do no harm."""
    assert is_odd_spelling(host) is False


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("8.8.8.8", "8.8.8.8"),
        ("::ffff:8.8.8.8", "8.8.8.8"),
        ("2a00:1450:4001:810::200e", "2a00:1450:4001:810::/64"),
        ("2a00:1450:4001:810:ffff::1", "2a00:1450:4001:810::/64"),
        ("64:ff9b::808:808", "64:ff9b::808:808"),
    ],
)
def test_what_counts_as_one_machine(address: str, key: str) -> None:
    """An IPv4 address is one; so is a whole IPv6 /64, unless it stands for IPv4 hosts."""
    assert network_key(address) == key


def test_ports_of_public_addresses_are_the_usual_ones() -> None:
    """Anything else would make us a port scanner."""
    policy = AddressPolicy.of()
    assert [port for port in range(-1, 70_000) if policy.allows("8.8.8.8", port)] == [80, 443, 8080]


def test_an_allowed_network_may_be_asked_on_any_port() -> None:
    """A laboratory's network is named by its owner; its neighbour was not."""
    policy = AddressPolicy.of(["10.7.0.0/16", "fd00:7::/32"])
    assert policy.allows("10.7.0.1", 12345)
    assert policy.allows("::ffff:10.7.0.1", 12345)
    assert policy.allows("fd00:7::1", 81)
    assert not policy.allows("10.8.0.1", 80)
    assert not policy.allows("64:ff9b::10.7.0.1", 80)
    assert not policy.allows("fd00:8::1", 80)


@pytest.mark.parametrize(
    ("own", "address", "port"),
    [
        ("127.0.0.1", "127.0.0.1", 8701),
        ("127.0.0.1", "::ffff:127.0.0.1", 8701),
        ("127.0.0.1", "64:ff9b::127.0.0.1", 8701),
        ("::1", "::1", 8701),
        ("::ffff:127.0.0.1", "127.0.0.1", 8701),
        ("0.0.0.0", "127.0.0.1", 8701),
        ("0.0.0.0", "127.9.8.7", 8701),
        ("::", "127.0.0.1", 8701),
        ("::", "::1", 8701),
        ("0.0.0.0", "::1", 8701),
        ("127.0.0.1", "0.0.0.0", 8701),
        ("127.0.0.1", "::", 8701),
    ],
)
def test_our_own_endpoints_are_refused_even_in_allowed_networks(own: str, address: str, port: int) -> None:
    """The demo allows loopback; its admin page is on loopback too."""
    policy = AddressPolicy.of(["0.0.0.0/0", "::/0"], own_endpoints=[(own, port)])
    assert not policy.allows(address, port)


def test_own_endpoints_are_compared_by_address_and_port() -> None:
    """Another port or another loopback address is somebody else."""
    policy = AddressPolicy.of(["127.0.0.0/8"], own_endpoints=[("127.0.0.1", 8701)])
    assert policy.allows("127.0.0.1", 8702)
    assert policy.allows("127.0.0.2", 8701)


def test_a_listener_on_all_addresses_is_found_on_a_public_one() -> None:
    """Whether an address is this machine's own is for the caller to find out."""
    policy = AddressPolicy.of(own_endpoints=[("0.0.0.0", 80)])
    assert policy.allows("8.8.8.8", 80)
    assert not policy.allows("8.8.8.8", 80, on_this_machine=True)


def test_this_machines_own_public_address_is_asked_on_the_webs_ports_only() -> None:
    """From here, no firewall stands before the others."""
    policy = AddressPolicy.of()
    assert [p for p in (80, 443, 8080) if policy.allows("8.8.8.8", p, on_this_machine=True)] == [80, 443]


def test_a_bad_endpoint_or_network_is_an_error() -> None:
    """A configuration that is wrong is not half in force."""
    with pytest.raises(ValueError, match="is not an address"):
        AddressPolicy.of(own_endpoints=[("wordpress", 80)])
    with pytest.raises(ValueError, match="not appear"):
        AddressPolicy.of(["lab"])


@pytest.mark.parametrize("text", ["0.0.0.0", "1.2.3.4", "9.99.100.199", "200.249.250.255", "127.0.0.1"])
def test_the_usual_spelling_is_what_the_library_would_write(text: str) -> None:
    assert is_plain_ipv4(text)
    assert str(ip_address(text)) == text


@pytest.mark.parametrize(
    "text",
    ["", "1.2.3", "1.2.3.4.5", "01.2.3.4", "256.1.1.1", "1.2.3.4 ", "1.2.3.4\n", "1.2.3.٤", "::1", "1.2.3.4:80"],
)
def test_any_other_spelling_is_not_the_usual_one(text: str) -> None:
    assert not is_plain_ipv4(text)
