"""The demo's table, and the demo that stays until it is told to stop; that every verdict is right is tested with the command."""

import asyncio
import io
import socket
from dataclasses import replace
from datetime import UTC, datetime

import aiohttp
import pytest
from rich.console import Console

from proxy.demo.cases import CASES
from proxy.demo.show import Seen, run_until, table
from proxy.ping import Action, Finding, Kind, Linkback, Ping, Sender, State, Verdict
from tests.waiting import until

CASE = CASES[0]
HARD = Finding("no-link", 0, "the page does not link", Action.REJECT)
SOFT = Finding("model", -3.25, "the model likes it")
DELIVERED = Ping(
    "01",
    "demo",
    State.DELIVERED,
    Linkback(Kind.PINGBACK, "http://a.example/", "http://blog.example/"),
    Sender("192.0.2.1"),
    "/xmlrpc.php",
    datetime(2026, 3, 3, tzinfo=UTC),
    Verdict(Action.APPROVE, -3.25, (SOFT,)),
)


def shown(seen: Seen) -> str:
    """Return the table as text."""
    console = Console(file=io.StringIO(), width=200)
    console.print(table([seen]))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


@pytest.mark.parametrize(
    ("ping", "as_expected", "words"),
    [
        (DELIVERED, True, ["as it should be", "delivered", "-3.2", "the model likes it", CASE.shows, "pingback"]),
        (replace(DELIVERED, state=State.HELD), False, ["should be delivered", "held"]),
        (None, False, ["should be delivered", "not recorded"]),
        (replace(DELIVERED, verdict=None), True, ["as it should be"]),
        (replace(DELIVERED, verdict=Verdict(Action.REJECT, 1, (SOFT, HARD))), True, ["the page does not link"]),
    ],
    ids=["as expected", "another end", "nothing recorded", "no verdict", "what demands comes before points"],
)
def test_a_row_tells_what_became_of_a_case(ping: Ping | None, as_expected: bool, words: list[str]) -> None:
    seen = Seen(CASE, ping)
    assert seen.as_expected is as_expected
    text = shown(seen)
    assert [word for word in words if word not in text] == []


def test_where_a_rule_demands_points_are_no_reason() -> None:
    verdict = Verdict(Action.REJECT, 1, (SOFT, HARD))
    assert "the model likes it" not in shown(Seen(CASE, replace(DELIVERED, verdict=verdict)))


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.create_server(("127.0.0.1", 0)) as one:
        port: int = one.getsockname()[1]
        return port


@pytest.mark.parametrize("port", [0, free_port()], ids=["any port", "a port"])
async def test_the_demo_stays_open_and_every_address_that_it_names_answers(port: int) -> None:
    stop = asyncio.Event()
    console = Console(file=io.StringIO(), width=200)
    assert isinstance(console.file, io.StringIO)
    task = asyncio.create_task(run_until(stop, f"127.0.0.1:{port}", "127.0.0.1:0", console))
    try:

        async def told() -> str | None:
            assert not task.done(), task.exception()
            text = console.file.getvalue()  # type: ignore[attr-defined]
            return text if "Ctrl-C" in text else None

        text = await until(told, "the last line")
        links = [
            word for line in text.splitlines() if ": " in line for word in line.split() if word.startswith("http:")
        ]
        blog, admin, api = links
        async with aiohttp.ClientSession() as http:
            headers = {"Authorization": "Bearer demo"}
            statuses = [(await http.get(url, headers=headers)).status for url in (blog, admin, api)]
            assert statuses == [200, 200, 200]
            async with http.get(blog) as answer:
                home = f"http://127.0.0.1:{port}" if port else "http://blog.example"
                assert answer.headers["X-Pingback"] == f"{home}/xmlrpc.php"
                assert answer.headers["Link"].startswith(f"<{home}/?p=")
    finally:
        stop.set()
        await asyncio.wait_for(task, 20)
