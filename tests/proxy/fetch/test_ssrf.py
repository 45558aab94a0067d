"""Every way known to us of naming a place inside, against the fetcher as it is delivered: not one socket is opened."""

import asyncio
from ipaddress import ip_address, ip_network
from typing import Any

import pytest

from proxy.addresses import IPV4_REFUSED, IPV6_REFUSED
from proxy.fetch import Fetcher, FetchFailed, FetchLimits
from proxy.ping import Failure

words = str.split

GENEROUS = FetchLimits(per_address_per_minute=10**6, per_domain_per_minute=10**6, in_all_per_minute=10**6)

# Loopback and clouds' metadata addresses as attackers spell them. The system's own resolver reads the numbers.
SPELLINGS = words(
    """
http://127.0.0.1/ http://127.0.0.1:80/ http://127.0.0.1:443/ http://127.0.0.1:8080/ https://127.0.0.1/ http://127.0.0.1./
http://localhost/ http://LOCALHOST/ http://localhost./ http://LocalHost:8080/ https://localhost/
http://127.1/ http://127.0.1/ http://127.255.255.254/ http://127.127.127.127/ http://0/ http://0.0.0.0/ http://00/ http://0.0/
http://2130706433/ http://02130706433/ http://017700000001/ http://0177.0.0.1/ http://0177.0.0.01/ http://00177.1/
http://0x7f000001/ http://0x7F000001/ http://0x7f.0x0.0x0.0x1/ http://0x7f.1/ http://0x7f.0.1/ http://0x0000007f.1/
http://127.0.0.0x1/ http://127.0x1/ http://127.0.01/ http://127.00.00.01/ http://0x07f.0.0.1/ http://4294967295/ http://0xffffffff/
http://169.254.169.254/ http://169.254.169.254/latest/meta-data/ http://169.254.169.254./ http://2852039166/ http://0xa9fea9fe/
http://0xa9.0xfe.0xa9.0xfe/ http://0251.0376.0251.0376/ http://025177524776/ http://169.254.43518/ http://169.16689662/
http://0251.254.169.254/ http://0xA9FEA9FE:80/ http://100.100.100.200/ http://192.0.0.192/ http://168.63.129.16/
http://10.0.0.1/ http://10.1/ http://0xa.1/ http://012.1/ http://167772161/ http://192.168.1.1/ http://192.168.257/
http://0xc0.0xa8.1.1/ http://3232235777/ http://172.16.0.1/ http://172.1048577/ http://1.2.3.4.5/ http://999.1.1.1/
http://[::1]/ http://[::]/ http://[0:0:0:0:0:0:0:1]/ http://[::ffff:127.0.0.1]/ http://[::ffff:7f00:1]/ http://[::127.0.0.1]/
http://[64:ff9b::7f00:1]/ http://[2002:7f00:1::]/ http://[fd00:ec2::254]/ http://[fe80::1%25lo]/ http://[::ffff:169.254.169.254]/
http://１２７.０.０.１/ http://127。0。0。1/ http://127．0．0．1/ http://①②⑦.⓪.⓪.①/ http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/ http://ｌｏｃａｌｈｏｓｔ/ http://localhoſt/
http://127%2e0%2e0%2e1/ http://%31%32%37.0.0.1/ http://localhos%74/ http://127.0.0.1%00.example/ http://127.0.0.1%23@a.example/
http://a.example@127.0.0.1/ http://a.example:80@127.0.0.1/ http://127.0.0.1@a.example/ http://:@127.0.0.1/ http://@127.0.0.1/
http://127.0.0.1:22/ http://127.0.0.1:6379/ http://127.0.0.1:0/ http://127.0.0.1:65536/ http://127.0.0.1:8701/
http:127.0.0.1/ http:/127.0.0.1/ http:///127.0.0.1/ //127.0.0.1/ http:\\\\127.0.0.1\\ http://a.example\\@127.0.0.1/ http://127.0.0.1\\.example/
http://127.0.0.1#.example/ http://127.0.0.1?.example/ http://127.0.0.1;a.example/ http://127.0.0.1,8.8.8.8/ http://8.8.8.8,127.0.0.1/
ftp://127.0.0.1/ file:///etc/passwd gopher://127.0.0.1:6379/_x dict://127.0.0.1:11211/ jar:http://127.0.0.1!/ data:text/html,x
ldap://127.0.0.1/ tftp://127.0.0.1/ javascript:0 unix:/var/run/docker.sock ws://127.0.0.1/ HTTP://127.0.0.1/ hTTp://LOCALHOST/
"""
)

# What a name server may answer: both ends and the inside of every row, each alone and beside a public address.
ROWS = [row for row, _ in IPV4_REFUSED + IPV6_REFUSED]
ENDS = sorted({str(ip_network(row)[place]) for row in ROWS for place in (0, -1)})
ANSWERS = [[end] for end in ENDS] + [["8.8.8.8", end] for end in ENDS] + [[end, "2606:4700::1"] for end in ENDS]
ANSWERS += [[f"64:ff9b::{end}"] for end in ENDS if ip_address(end).version == 4]
ANSWERS += [[f"::ffff:{end}"] for end in ENDS if ip_address(end).version == 4]
ANSWERS += [[f"2a00:1450:1:1::5efe:{end}"] for end in ENDS if ip_address(end).version == 4]
ANSWERS += [["fe80::1%lo"], ["2606:4700::1%lo"], ["not an address"], ["127.1"], ["0x7f.1"], [""]]


@pytest.fixture
def connections(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Notes, and prevents, every connection that the event loop is asked for."""
    tried: list[Any] = []

    async def no_connection(loop: Any, sock: Any, address: Any) -> None:
        tried.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(asyncio.SelectorEventLoop, "sock_connect", no_connection)
    return tried


def test_there_are_enough_of_them() -> None:
    """The figure in the README."""
    assert len(set(SPELLINGS)) >= 100
    assert len(ANSWERS) >= 200


@pytest.mark.parametrize("url", SPELLINGS)
async def test_no_spelling_opens_a_socket(connections: list[Any], url: str) -> None:
    """Whatever the system's resolver or the URL parser make of it."""
    async with Fetcher(GENEROUS) as fetcher:
        failed = await fetcher.fetch(url, public_url="https://blog.example")
    assert connections == []
    assert isinstance(failed, FetchFailed)
    assert failed.failure is Failure.NOT_PUBLIC


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_no_answer_of_a_name_server_opens_a_socket(connections: list[Any], scheme: str) -> None:
    """Alone, mixed with public addresses in any order, or carried inside another address."""
    answers = {f"h{number}.example": answer for number, answer in enumerate(ANSWERS)}

    async def resolve(host: str) -> list[str]:
        return answers[host]

    async with Fetcher(GENEROUS, resolver=resolve) as fetcher:
        for host, answer in answers.items():
            failed = await fetcher.fetch(f"{scheme}://{host}/", public_url="https://blog.example")
            assert connections == [], answer
            assert isinstance(failed, FetchFailed), answer
            assert failed.failure is Failure.NOT_PUBLIC, answer


@pytest.mark.parametrize("answer", [["8.8.8.8"], ["2606:4700::1"], ["64:ff9b::808:808"], ["8.8.8.8", "1.1.1.1"]])
async def test_the_net_would_have_caught_something(connections: list[Any], answer: list[str]) -> None:
    """A public address does reach the point where the others must not."""

    async def resolve(host: str) -> list[str]:
        return answer

    async with Fetcher(GENEROUS, resolver=resolve) as fetcher:
        failed = await fetcher.fetch("http://a.example/", public_url="https://blog.example")
    assert [address[0] for address in connections] == answer
    assert isinstance(failed, FetchFailed)
    assert failed.failure is Failure.UNREACHABLE
