"""Where a URL leads: all of an answer must be fit, and ourselves we are under any name."""

from typing import Any

import pytest

from proxy import urls
from proxy.fetch.answer import FetchFailed
from proxy.fetch.destinations import Destinations, candidates
from proxy.fetch.limits import FetchLimits
from proxy.fetch.names import Names
from proxy.ping import Failure

LAB = FetchLimits(allow_networks=("127.0.1.0/24",))


def destinations(internet: Any, clock: Any, own: Any = (), limits: FetchLimits = LAB) -> Destinations:
    return Destinations(limits, own, Names(internet.resolve, 0.2, clock))


@pytest.mark.parametrize(
    "answer",
    [
        ["127.0.1.1", "127.0.0.1"],
        ["127.0.0.1", "127.0.1.1"],
        ["8.8.8.8", "1.1.1.1", "10.0.0.1"],
        ["8.8.8.8", "::1"],
        ["8.8.8.8", "::ffff:8.8.8.8"],
        ["2606:4700:4700::1111", "fe80::1"],
        ["2606:4700:4700::1111", "2606:4700:4700::1111%2"],
        ["8.8.8.8", "nonsense"],
        ["8.8.8.8", "0.0.0.0"],
        ["64:ff9b::a00:1"],
        ["8.8.8.8", "169.254.169.254"],
    ],
)
async def test_a_mixed_answer_is_refused_whole(internet: Any, clock: Any, answer: list[str]) -> None:
    """The good address in it is not asked either."""
    internet.names["a.example"] = answer
    refused = await destinations(internet, clock).of(urls.parse("http://a.example/"))
    assert isinstance(refused, FetchFailed)
    assert refused.failure is Failure.NOT_PUBLIC


@pytest.mark.parametrize("answer", [["8.8.8.8"], ["2606:4700:4700::1111", "1.1.1.1"], ["64:ff9b::808:808"]])
async def test_a_public_answer_is_given_back(internet: Any, clock: Any, answer: list[str]) -> None:
    """In the order in which it came."""
    internet.names["a.example"] = answer
    assert await destinations(internet, clock).of(urls.parse("https://a.example/")) == tuple(answer)


async def test_the_port_counts(internet: Any, clock: Any) -> None:
    """A public address is asked on the usual ports only."""
    internet.names["a.example"] = ["8.8.8.8"]
    refused = await destinations(internet, clock).of(urls.parse("http://a.example:22/"))
    assert isinstance(refused, FetchFailed)
    assert refused.failure is Failure.NOT_PUBLIC


async def test_a_name_without_an_address_is_unreachable(internet: Any, clock: Any) -> None:
    """It may have one later."""
    failed = await destinations(internet, clock).of(urls.parse("http://a.example/"))
    assert isinstance(failed, FetchFailed)
    assert failed.failure is Failure.UNREACHABLE


OWN = [("127.0.1.1", 8700), ("::1", 8700), ("wordpress", 80), ("LOCALHOST.", 8701), ("[::]", 9000)]


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.1.1:8700/",
        "http://any.example:8700/",
        "http://wordpress/",
        "http://WordPress./",
        "http://alias.example/",
        "http://localhost:8701/",
        "http://looped.example:8701/",
        "http://looped.example:9000/",
    ],
)
async def test_our_own_endpoints_are_refused_under_any_name(internet: Any, clock: Any, url: str) -> None:
    """By address, by the name in the configuration, and by other names for what that resolves to."""
    internet.names |= {"any.example": ["127.0.1.1"], "wordpress": ["127.0.1.80"], "alias.example": ["127.0.1.80"]}
    internet.names |= {"localhost": ["127.0.0.1", "127.0.1.3"], "looped.example": ["127.0.1.3"]}
    refused = await destinations(internet, clock, OWN).of(urls.parse(url))
    assert isinstance(refused, FetchFailed)
    assert refused.failure is Failure.NOT_PUBLIC


async def test_others_on_the_same_address_are_not_us(internet: Any, clock: Any) -> None:
    """The demo has its whole web on loopback."""
    internet.names |= {"wordpress": ["127.0.1.80"], "localhost": ["127.0.0.1"], "a.example": ["127.0.1.80"]}
    assert await destinations(internet, clock, OWN).of(urls.parse("http://a.example:81/")) == ("127.0.1.80",)


async def test_an_upstream_that_moves_is_followed_and_one_that_vanishes_is_remembered(
    internet: Any, clock: Any
) -> None:
    """Containers change their addresses; a name server that fails opens nothing."""
    internet.names |= {"wordpress": ["127.0.1.80"], "a.example": ["127.0.1.80"], "b.example": ["127.0.1.81"]}
    where = destinations(internet, clock, OWN)
    assert isinstance(await where.of(urls.parse("http://a.example/")), FetchFailed)
    assert await where.of(urls.parse("http://b.example/")) == ("127.0.1.81",)
    clock.time += 61
    internet.names["wordpress"] = ["127.0.1.81"]
    assert isinstance(await where.of(urls.parse("http://b.example/")), FetchFailed)
    clock.time += 61
    internet.names["wordpress"] = []
    assert isinstance(await where.of(urls.parse("http://b.example/")), FetchFailed)


def test_the_second_address_to_try_is_of_the_other_family() -> None:
    """Whoever has no IPv6 finds the way in two steps."""
    assert candidates(("2::1", "2::2", "2::3", "8.8.8.8"), 3) == ("2::1", "8.8.8.8", "2::2")
    assert candidates(("8.8.8.8",), 3) == ("8.8.8.8",)
    assert candidates(("8.8.8.8", "1.1.1.1"), 3) == ("8.8.8.8", "1.1.1.1")
