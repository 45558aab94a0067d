"""Mutated forms through the whole proxy, to sites of several layouts: nobody approves anything, so nothing may arrive.

Fewer than two thousand in all; PINGWARDEN_DIFFERENTIAL=500000 asks for a hundred times as many, PINGWARDEN_SEED for others.
"""

import os
from collections.abc import Iterator

import pytest

from tests.real.form_mutations import FormRequest, forms
from tests.real.front import Front
from tests.real.httpclient import Answer, Connection
from tests.real.park import Park
from tests.real.process import LOOPBACK, free_port
from tests.real.site import PLAIN, PRETTY, Switches

COUNT = int(os.environ.get("PINGWARDEN_DIFFERENTIAL", "5000")) // 20
SEED = int(os.environ.get("PINGWARDEN_SEED", "20050221"))


def _behind(server: str, park: Park, permalinks: str) -> tuple[Front, str]:
    site = park.wordpress("7.1")
    site.configure(flood=False, permalinks=permalinks)
    return Front(site, behind=server), ""


def _alone(park: Park) -> tuple[Front, str]:
    site = park.wordpress("6.1", "in a subdirectory", subpath="/blog")
    site.configure(flood=False)
    return Front(site), "/blog"


def _network(park: Park) -> tuple[Front, str]:
    port = free_port()
    public = Switches(public_url=f"http://{LOOPBACK}:{port}/net", flood=False)
    site = park.wordpress("7.1", "a network for forms", subpath="/net", multisite=True, switches=public)
    return Front(site, port=port), "/net/two"


LAYOUTS = {
    "behind nginx, plain": lambda park: _behind("nginx", park, PLAIN),
    "behind nginx, path info": lambda park: _behind("nginx", park, "/index.php" + PRETTY),
    "behind apache": lambda park: _behind("apache", park, PLAIN),
    "behind caddy": lambda park: _behind("caddy", park, PLAIN),
    "behind haproxy": lambda park: _behind("haproxy", park, PLAIN),
    "in a subdirectory": _alone,
    "a network": _network,
}


@pytest.fixture(params=LAYOUTS)
def layout(park: Park, request: pytest.FixtureRequest) -> Iterator[tuple[Front, str]]:
    """Each layout, and what stands before the paths of its site."""
    front, prefix = LAYOUTS[request.param](park)
    yield front, prefix
    front.stop()


def send(address: str, prefix: str, request: FormRequest) -> Answer:
    """The answer to that form."""
    connection = Connection(address)
    headers = [] if request.content_type is None else [("Content-Type", request.content_type)]
    try:
        return connection.send("POST", prefix + request.target, headers, request.body)
    finally:
        connection.close()


@pytest.mark.timeout(7200)
def test_nothing_arrives_by_a_form_that_we_did_not_judge(layout: tuple[Front, str]) -> None:
    """Through whatever door, and however it is written; and no form gets the proxy out of step."""
    front, prefix = layout
    arrived = []
    for request in forms(SEED, COUNT):
        mark = front.site.mark()
        send(front.address, prefix, request)
        if front.site.executed(mark):
            arrived.append(request)
    assert arrived == []
    assert front.pingwarden.pings()
    assert front.pingwarden.troubles() == []
