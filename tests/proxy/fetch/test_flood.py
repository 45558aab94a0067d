"""Nobody can be flooded through us, and flooding us costs little."""

import asyncio
import gc
import time
from collections import Counter
from typing import Any

from aiohttp import web

from proxy.fetch import Fetched, Fetcher
from proxy.fetch.spending import OwnSpending
from proxy.ping import Failure

BLOG = "https://blog.example/"
STRICT = {"per_address_per_minute": 10, "per_domain_per_minute": 10}


async def hello(request: web.Request) -> web.Response:
    await asyncio.sleep(0.01)
    return web.Response(text="hello")


async def flood(fetcher: Fetcher, urls: list[str]) -> Counter[str]:
    """Fetch all at once and count the outcomes."""
    outcomes = await asyncio.gather(*(fetcher.fetch(url, public_url=BLOG) for url in urls))
    return Counter("fetched" if isinstance(outcome, Fetched) else outcome.failure for outcome in outcomes)


async def test_ten_thousand_pings_naming_one_host_cost_it_ten_requests(internet: Any, open_fetcher: Any) -> None:
    """One at a time; the rest is told at once when to come back, and an honest host is fetched meanwhile."""
    victim = await internet.serve(hello)
    honest = await internet.serve(hello, address="127.0.1.2")
    internet.names |= {"victim.example": ["127.0.1.1"], "honest.example": ["127.0.1.2"]}
    fetcher = open_fetcher(**STRICT)
    flooding = asyncio.create_task(flood(fetcher, [victim.url("victim.example", f"/{n}") for n in range(10_000)]))
    await asyncio.sleep(0)
    started = time.monotonic()
    assert isinstance(await fetcher.fetch(honest.url("honest.example"), public_url=BLOG), Fetched)
    assert time.monotonic() - started < 3
    assert await flooding == {"fetched": 10, Failure.OVER_BUDGET: 9_990}
    assert (len(victim.hits), victim.most_at_once) == (10, 1)


async def test_the_minute_slides(internet: Any, open_fetcher: Any, clock: Any) -> None:
    """Ping after ping for ten minutes: no more than ten requests in any of them, and each refusal says how long."""
    victim = await internet.serve(hello)
    internet.names["victim.example"] = ["127.0.1.1"]
    fetcher, times = open_fetcher(**STRICT), []
    for number in range(300):
        clock.time += 2.0
        outcome = await fetcher.fetch(victim.url("victim.example", f"/{number}"), public_url=BLOG)
        if isinstance(outcome, Fetched):
            times.append(clock.time)
        else:
            assert outcome.failure is Failure.OVER_BUDGET
            assert 0 < outcome.retry_after_s <= 65
    assert len(times) == len(victim.hits) >= 90
    assert all(later - earlier >= 60 for earlier, later in zip(times, times[10:], strict=False))


async def test_many_names_of_one_address_cost_it_ten_requests(internet: Any, open_fetcher: Any) -> None:
    """An attacker has names enough; the address behind them is one."""
    victim = await internet.serve(hello)
    internet.names |= {f"www.evil{n}.example": ["127.0.1.1"] for n in range(2000)}
    fetcher = open_fetcher(**STRICT)
    for start in range(0, 2000, 200):
        await flood(fetcher, [victim.url(f"www.evil{n}.example") for n in range(start, start + 200)])
    assert (len(victim.hits), victim.most_at_once) == (10, 1)


async def test_many_hosts_of_one_domain_cost_it_ten_requests(internet: Any, open_fetcher: Any) -> None:
    """Nor does it help to invent hosts: the domain's servers and its name servers see ten."""
    servers = [await internet.serve(hello, address=f"127.0.1.{n}") for n in range(1, 4)]
    for number in range(999):
        internet.names[f"h{number}.victim.co.uk"] = [servers[number % 3].address]
    fetcher = open_fetcher(**STRICT)
    urls = [servers[n % 3].url(f"h{n}.victim.co.uk") for n in range(999)]
    assert (await flood(fetcher, urls))["fetched"] == 10
    assert sum(len(server.hits) for server in servers) == 10
    assert len(internet.looked_up) == 10


async def test_names_that_do_not_resolve_are_not_looked_up_without_end(internet: Any, open_fetcher: Any) -> None:
    """Invented hosts of a victim's domain would flood its name servers."""
    fetcher = open_fetcher(**STRICT)
    outcomes = await flood(fetcher, [f"http://h{n}.victim.example/" for n in range(1000)])
    assert outcomes == {Failure.UNREACHABLE: 10, Failure.OVER_BUDGET: 990}
    assert len(internet.looked_up) == 10


async def test_redirects_are_charged_to_where_they_lead(internet: Any, open_fetcher: Any) -> None:
    """Pages of an attacker that all redirect to one victim do not get around its budget."""
    victim = await internet.serve(hello, address="127.0.1.99")
    internet.names["victim.example"] = ["127.0.1.99"]

    async def bounce(request: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": victim.url("victim.example", request.path_qs)})

    urls = []
    for number in range(20):
        server = await internet.serve(bounce, address=f"127.0.1.{number + 1}")
        internet.names[f"evil{number}.example"] = [server.address]
        urls += [server.url(f"evil{number}.example", f"/{number}/{page}") for page in range(10)]
    outcomes = await flood(open_fetcher(**STRICT, timeout_s=5.0), urls)
    assert outcomes["fetched"] == 10
    assert (len(victim.hits), victim.most_at_once) == (10, 1)


async def test_failed_connections_are_charged(internet: Any, open_fetcher: Any) -> None:
    """Otherwise we were a port scanner at full speed."""
    tried = []

    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tried.append(1)

    victim = await internet.serve_raw(hang_up)
    internet.names |= {f"www.evil{n}.example": ["127.0.1.1"] for n in range(50)}
    outcomes = await flood(open_fetcher(**STRICT), [victim.url(f"www.evil{n}.example") for n in range(50)])
    assert outcomes == {Failure.UNREACHABLE: 10, Failure.OVER_BUDGET: 40}
    assert len(tried) == 10


async def test_all_hosts_together_have_a_limit(internet: Any, open_fetcher: Any) -> None:
    """Both at a time and by the minute."""
    at_once = most = 0

    async def counted(request: web.Request) -> web.Response:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        await asyncio.sleep(0.02)
        at_once -= 1
        return web.Response(text="x")

    servers = [await internet.serve(counted, address=f"127.0.1.{n}") for n in range(1, 101)]
    for number, server in enumerate(servers):
        internet.names[f"host{number}.example"] = [server.address]
    fetcher = open_fetcher(**STRICT, max_concurrent=7, in_all_per_minute=60)
    outcomes = await flood(fetcher, [server.url(f"host{n}.example") for n, server in enumerate(servers)])
    assert outcomes == {"fetched": 60, Failure.OVER_BUDGET: 40}
    assert most == 7


async def test_ten_thousand_hosts_leave_nothing_behind(internet: Any, open_fetcher: Any, clock: Any) -> None:
    """Queues, flights, turns and budgets are empty a minute later; caches are within their bounds."""
    servers = [await internet.serve(hello, address=f"127.0.1.{n}") for n in range(1, 51)]
    for number in range(10_000):
        internet.names[f"www.h{number}.example"] = [servers[number % 50].address]
    fetcher = open_fetcher(per_address_per_minute=40, cache_entries=100)
    urls = [servers[n % 50].url(f"www.h{n}.example") for n in range(10_000)]
    gc.collect()
    outcomes = await flood(fetcher, urls)
    assert outcomes["fetched"] > 100
    assert outcomes["fetched"] + outcomes[Failure.OVER_BUDGET] == 10_000
    assert len(fetcher._flights) == len(fetcher._turns) == 0
    assert len(fetcher._cache) == 100
    assert fetcher._names._asking == {}
    clock.time += 66
    assert isinstance(fetcher._spending, OwnSpending)
    assert await fetcher._spending.wait_s([]) == 0.0
    assert len(fetcher._spending) == 0


async def test_a_slow_host_makes_nobody_else_wait(internet: Any, open_fetcher: Any) -> None:
    """Whoever queues for it is told in time; the queue is short."""

    async def never(request: web.Request) -> web.Response:
        await asyncio.Event().wait()
        raise AssertionError

    slow = await internet.serve(never)
    quick = await internet.serve(hello, address="127.0.1.2")
    internet.names |= {"slow.example": ["127.0.1.1"], "quick.example": ["127.0.1.2"]}
    fetcher = open_fetcher(timeout_s=0.5)
    flooding = asyncio.create_task(flood(fetcher, [slow.url("slow.example", f"/{n}") for n in range(500)]))
    await slow.was_asked.wait()
    assert sum(not flight.done() for flight in fetcher._flights.values()) <= 21
    assert isinstance(await fetcher.fetch(quick.url("quick.example"), public_url=BLOG), Fetched)
    started = time.monotonic()
    outcomes = await flooding
    assert time.monotonic() - started < 3
    assert outcomes[Failure.TIMEOUT] >= 1
    assert outcomes[Failure.TIMEOUT] + outcomes[Failure.OVER_BUDGET] == 500
    assert len(slow.hits) <= 3
