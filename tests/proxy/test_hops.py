"""Who the client is, and what one hop adds and takes."""

from ipaddress import ip_network

import pytest

from proxy.hops import Networks, client_of, end_to_end, forwarded, is_trusted

TRUSTED: Networks = tuple(ip_network(text) for text in ("127.0.0.0/8", "10.0.0.0/8", "::1/128", "2001:db8:1::/48"))


@pytest.mark.parametrize(
    ("peer", "told", "client"),
    [
        ("198.51.100.7", [], "198.51.100.7"),
        ("198.51.100.7", ["203.0.113.9"], "198.51.100.7"),  # whoever speaks for himself is not believed
        ("127.0.0.1", [], "127.0.0.1"),
        ("127.0.0.1", [""], "127.0.0.1"),
        ("127.0.0.1", ["203.0.113.9"], "203.0.113.9"),
        ("127.0.0.1", ["1.2.3.4, 203.0.113.9"], "203.0.113.9"),
        ("127.0.0.1", ["1.2.3.4", "203.0.113.9"], "203.0.113.9"),
        ("127.0.0.1", ["203.0.113.9, 10.0.0.2,10.0.0.3"], "203.0.113.9"),
        ("127.0.0.1", ["1.2.3.4, 10.0.0.9, 203.0.113.9, 10.0.0.2"], "203.0.113.9"),
        ("127.0.0.1", ["10.0.0.5, 10.0.0.2"], "10.0.0.5"),  # the client is inside
        ("127.0.0.1", ["203.0.113.9, unknown"], "127.0.0.1"),
        ("127.0.0.1", ["203.0.113.9, , 10.0.0.2"], "10.0.0.2"),
        ("127.0.0.1", ["<script>"], "127.0.0.1"),
        ("127.0.0.1", ["203.0.113.9:5555"], "203.0.113.9"),
        ("127.0.0.1", ["203.0.113.9:port"], "127.0.0.1"),
        ("127.0.0.1", ["203.0.113.999"], "127.0.0.1"),
        ("127.0.0.1", ["203.0.113.009"], "127.0.0.1"),
        ("127.0.0.1", ["2001:db8::7"], "2001:db8::7"),
        ("127.0.0.1", ["2001:DB8:0::7"], "2001:db8::7"),
        ("127.0.0.1", ["[2001:db8::7]"], "2001:db8::7"),
        ("127.0.0.1", ['"[2001:db8::7]:443"'], "2001:db8::7"),
        ("127.0.0.1", ["[2001:db8::7]x"], "127.0.0.1"),
        ("127.0.0.1", ["fe80::1%eth0"], "fe80::1"),
        ("127.0.0.1", ["203.0.113.9, 2001:db8:1::5"], "203.0.113.9"),
        ("::1", ["203.0.113.9"], "203.0.113.9"),
        ("::ffff:127.0.0.1", ["203.0.113.9"], "203.0.113.9"),
        ("127.0.0.1", ["::ffff:203.0.113.9"], "203.0.113.9"),
        ("", ["203.0.113.9"], ""),
        ("127.0.0.1", [", ".join(["10.0.0.1"] * 5000)], "10.0.0.1"),
        ("127.0.0.1", ["9" * 100_000], "127.0.0.1"),
    ],
)
def test_the_client_is_the_nearest_that_no_trusted_proxy_is(peer: str, told: list[str], client: str) -> None:
    assert client_of(peer, told, TRUSTED) == client


def test_trust_is_not_remembered_for_other_networks() -> None:
    assert is_trusted("10.1.1.1", TRUSTED)
    assert not is_trusted("10.1.1.1", TRUSTED[:1])
    assert is_trusted("10.1.1.1", TRUSTED)
    for number in range(3000):
        assert not is_trusted(f"203.0.{number // 256}.{number % 256}", TRUSTED)


def test_a_connection_option_takes_its_header_away_but_not_what_others_rely_on() -> None:
    fields = [(b"Connection", b"x-A, HOST, close,,"), (b"X-a", b"1"), (b"Host", b"h"), (b"x-A", b"2"), (b"Close", b"3")]
    assert end_to_end(fields) == [(b"Host", b"h"), (b"Close", b"3")]


def test_an_empty_entry_is_replaced_and_a_missing_host_is_not_made_up() -> None:
    assert forwarded([(b"X-Forwarded-For", b"")], "::1", "https", trusts_peer=True) == [
        (b"X-Forwarded-For", b"::1"),
        (b"X-Forwarded-Proto", b"https"),
    ]
