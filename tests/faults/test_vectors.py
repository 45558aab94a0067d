"""No way inside: the figure of the README, as a test."""

from ipaddress import ip_network

import pytest

from proxy.addresses import IPV4_REFUSED, IPV6_REFUSED
from tests.faults.vectors import lines, tried
from tests.proxy.fetch.test_ssrf import ANSWERS

# The IANA special-purpose registries, row by row, written down apart from the tables of the source.
IANA = [
    "0.0.0.0/8",
    "0.0.0.0/32",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.0.0/29",
    "192.0.0.8/32",
    "192.0.0.9/32",
    "192.0.0.10/32",
    "192.0.0.170/32",
    "192.0.0.171/32",
    "192.0.2.0/24",
    "192.31.196.0/24",
    "192.52.193.0/24",
    "192.88.99.0/24",
    "192.88.99.2/32",
    "192.168.0.0/16",
    "192.175.48.0/24",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "240.0.0.0/4",
    "255.255.255.255/32",
    "::1/128",
    "::/128",
    "::ffff:0:0/96",
    "64:ff9b:1::/48",
    "100::/64",
    "100:0:0:1::/64",
    "2001::/23",
    "2001::/32",
    "2001:1::1/128",
    "2001:1::2/128",
    "2001:1::3/128",
    "2001:2::/48",
    "2001:3::/32",
    "2001:4:112::/48",
    "2001:10::/28",
    "2001:20::/28",
    "2001:30::/28",
    "2001:db8::/32",
    "2002::/16",
    "2620:4f:8000::/48",
    "3fff::/20",
    "5f00::/16",
    "fc00::/7",
    "fe80::/10",
]


@pytest.mark.parametrize("row", IANA)
def test_both_ends_of_every_registered_row_are_among_what_is_tried(row: str) -> None:
    network = ip_network(row)
    assert row in {row for row, _ in IPV4_REFUSED + IPV6_REFUSED}
    assert [[str(network[0])], [str(network[-1])]] == [
        answer for end in (0, -1) for answer in [[str(network[end])]] if answer in ANSWERS
    ]


async def test_nothing_is_let_through() -> None:
    found = await tried()
    print("\n".join(lines(found)))
    assert found.through == []
    assert found.kinds.total() >= 150
    assert min(found.kinds.values()) >= 3
