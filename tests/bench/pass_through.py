"""Passing a small XML-RPC call through: Pingwarden beside what one could use instead, in turns, in one run.

    python -m tests.bench pass-through

All talk to the same upstream and are asked by the same clients. The bare one is what one would write in ten minutes:
web.Application, ClientSession, and lxml to look into the body.
"""

import sys
from dataclasses import dataclass, field
from statistics import median

from tests.bench.figure import Figure, at_least, at_most
from tests.bench.loads import Seen, as_fast_as_possible, at_a_pace, median_ratio, run
from tests.bench.served import Program, Server, mitmproxy, nginx

ROUNDS = 7
SECONDS = 1.0
CONNECTIONS = 16
PACED_S = 3.0
CALL = (
    b"<?xml version='1.0'?>\n<methodCall>\n<methodName>wp.getUsersBlogs</methodName>\n<params>\n"
    b"<param>\n<value><string>admin</string></value>\n</param>\n"
    b"<param>\n<value><string>a long password of an application</string></value>\n</param>\n</params>\n</methodCall>\n"
)
# Written so that it has to be read by both readers in full.
ODD_CALL = CALL.replace(b"<params>", b"<params><!-- -->")


def request(path: bytes, call: bytes = CALL) -> bytes:
    """Return a call as a client sends it."""
    return (
        b"POST %s HTTP/1.1\r\nHost: blog.example\r\nUser-Agent: Python-xmlrpc/3.11\r\nAccept-Encoding: gzip\r\n"
        b"Content-Type: text/xml\r\nX-Forwarded-For: 203.0.113.9\r\nX-Forwarded-Proto: https\r\n"
        b"Content-Length: %d\r\n\r\n%s" % (path, len(call), call)
    )


@dataclass(slots=True)
class Contender:
    """One of those that are asked, and what was seen of it."""

    server: Server | Program
    request: bytes
    rates: list[float] = field(default_factory=list)
    cpu_us: list[float] = field(default_factory=list)

    def round(self) -> None:
        """Ask it for a while, as fast as it answers."""
        before = self.server.cpu_s()
        seen = run(as_fast_as_possible(self.server.port, lambda: self.request, SECONDS, CONNECTIONS))
        assert not seen.failed, "a request failed"
        self.rates.append(seen.rate)
        self.cpu_us.append((self.server.cpu_s() - before) / len(seen.waits) * 1e6)

    def paced(self, per_second: float) -> Seen:
        """Ask it at a pace."""
        return run(at_a_pace(self.server.port, lambda: self.request, PACED_S, per_second, CONNECTIONS * 4))


def measure() -> list[Figure]:
    """Compare all in turns."""
    upstream = Server("upstream")
    bare, ours = Server("bare", upstream.url), Server("pingwarden", upstream.url)
    others = {"an nginx hop": nginx(upstream.port), "mitmproxy": mitmproxy(upstream.port)}
    call = request(b"/xmlrpc.php")
    asked = {
        "the upstream alone": Contender(upstream, call),
        "bare aiohttp": Contender(bare, call),
        "Pingwarden": Contender(ours, call),
        "Pingwarden, a call that both readers read": Contender(ours, request(b"/xmlrpc.php", ODD_CALL)),
        "Pingwarden, at no door": Contender(ours, request(b"/wp-json/")),
    } | {name: Contender(server, call) for name, server in others.items() if server is not None}
    try:
        return _compare(asked)
    finally:
        for server in {id(one.server): one.server for one in asked.values()}.values():
            server.stop()


def _compare(asked: dict[str, Contender]) -> list[Figure]:
    for contender in asked.values():  # the first round warms them
        contender.round()
        contender.rates.clear()
        contender.cpu_us.clear()
    for _ in range(ROUNDS):
        for contender in asked.values():
            contender.round()
    for name, one in asked.items():
        print(f"  {name:<44}{median(one.rates):>8.0f}/s{median(one.cpu_us):>8.0f} µs of CPU each", file=sys.stderr)
    return [*_ratios(asked), *_latency(asked)]


def _ratios(asked: dict[str, Contender]) -> list[Figure]:
    ours, bare = asked["Pingwarden"], asked["bare aiohttp"]

    def against(peer: Contender, one: Contender = ours) -> tuple[float, str]:
        rate, cpu = median_ratio(one.rates, peer.rates), median_ratio(peer.cpu_us, one.cpu_us)
        return min(rate, cpu), f"{rate:.2f} by calls/s, {cpu:.2f} by CPU"

    small = "a small XML-RPC call passed through"
    figures = [at_least(f"{small}, against bare aiohttp", against(bare)[0], 0.95, against(bare)[1])]
    odd = asked["Pingwarden, a call that both readers read"]
    figures.append(Figure(f"{small}, written oddly, against bare aiohttp", against(bare, odd)[1]))
    if "mitmproxy" in asked:
        worst, seen = against(asked["mitmproxy"])
        figures.append(at_least(f"{small}, against mitmproxy", worst, 5, seen))
    if "an nginx hop" in asked:
        figures.append(Figure(f"{small}, against an nginx hop", against(asked["an nginx hop"])[1]))
    return figures


def _latency(asked: dict[str, Contender]) -> list[Figure]:
    """What is added to the upstream's own time, while as many come as half of what Pingwarden takes."""
    pace = median(asked["Pingwarden"].rates) / 2
    alone, ours, bare = [], [], []
    for _ in range(3):
        alone.append(asked["the upstream alone"].paced(pace))
        ours.append(asked["Pingwarden"].paced(pace))
        bare.append(asked["bare aiohttp"].paced(pace))

    def added(share: float, whose: list[Seen]) -> float:
        return median(one.p_ms(share) - base.p_ms(share) for one, base in zip(whose, alone, strict=True))

    p99 = added(0.99, ours)
    seen = (
        f"p50 {added(0.5, ours):.2f} ms, p99 {p99:.2f} ms at {pace:.0f}/s"
        f" (bare aiohttp at the same pace: {added(0.5, bare):.2f} and {added(0.99, bare):.2f})"
    )
    return [at_most("latency added to a small call at half load", p99, 3, seen, " ms")]
