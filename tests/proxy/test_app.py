"""Starting and stopping: what is opened, what is refused, and that nothing stays behind."""

import asyncio
import re
from pathlib import Path

import aiohttp
import pytest

from proxy import app
from proxy.app import running
from proxy.config import from_mapping
from proxy.errors import StoreUnavailable
from proxy.ping import Failure, State
from proxy.store.database import Database
from tests.databases import put_empty
from tests.real.process import free_port
from tests.stage import LINKS, on_stage, settings


async def test_both_listeners_answer_on_the_ports_that_are_told_and_are_gone_afterwards(tmp_path: Path) -> None:
    async with on_stage(tmp_path) as stage:
        addresses = [stage.proxy.address, stage.proxy.admin_address]
        assert all(port > 0 for _, port in addresses)
        assert addresses[0] != addresses[1]
        assert (await stage.http.get(f"{stage.admin}/healthz")).status == 200
        assert (await stage.http.get(stage.address + "/", headers={"Host": "blog.example"})).status == 200
    for address in addresses:
        with pytest.raises(OSError, match=r"[Cc]onnect"):
            await asyncio.open_connection(*address)
    assert [task for task in asyncio.all_tasks() if task is not asyncio.current_task()] == []


async def test_the_state_directory_is_made_for_our_eyes_only(tmp_path: Path) -> None:
    state = tmp_path / "deep" / "state"
    async with running(from_mapping(settings(state, 9, {}))):
        assert state.stat().st_mode & 0o777 == 0o700


async def test_while_nobody_can_sign_in_a_link_says_where_the_first_password_is_set(tmp_path: Path) -> None:
    put_empty(tmp_path)
    for public_url in ("", "https://admin.example/here"):
        config = from_mapping(settings(tmp_path, 9, {"admin": {"public_url": public_url}}))
        async with running(config) as proxy, aiohttp.ClientSession() as http:
            own = "http://{}:{}".format(*proxy.admin_address)
            assert proxy.first_link is not None
            assert proxy.first_link.startswith(public_url or own)
            assert (await http.get(proxy.first_link.replace(public_url, own) if public_url else proxy.first_link)).ok


async def test_nobody_is_told_that_it_is_ready_while_it_still_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A database that went away at this moment stopped a proxy that had said that it was ready."""
    put_empty(tmp_path)
    config = from_mapping(settings(tmp_path, 9, {"admin_listen": f"127.0.0.1:{free_port()}"}))

    async def last_step(_database: Database) -> None:
        with pytest.raises(OSError, match=r"[Cc]onnect"):
            await asyncio.open_connection(*config.admin_listen.split(":"))

    monkeypatch.setattr(app, "first_link", last_step)
    async with running(config) as proxy, aiohttp.ClientSession() as http:
        assert (await http.get("http://{}:{}/readyz".format(*proxy.admin_address))).status == 200


@pytest.mark.parametrize(("listener", "workers"), [("listen", 1), ("admin_listen", 1), ("listen", 2)])
async def test_a_port_that_is_taken_stops_the_start_and_nothing_stays_open(
    tmp_path: Path, listener: str, workers: int
) -> None:
    put_empty(tmp_path)
    taken = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    async with taken:
        host, port = taken.sockets[0].getsockname()
        config = from_mapping(settings(tmp_path, 9, {listener: f"{host}:{port}", "workers": workers}))
        told = f'{listener} = "{host}:{port}" must be a free address of this machine: address already in use'
        with pytest.raises(OSError, match=re.escape(told)):
            async with running(config):
                pytest.fail("it started")
    assert [task for task in asyncio.all_tasks() if task is not asyncio.current_task()] == []


async def test_a_database_that_cannot_be_opened_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "pingwarden.sqlite3").mkdir()
    with pytest.raises(StoreUnavailable, match=r"pingwarden\.sqlite3 cannot be opened"):
        async with running(from_mapping(settings(tmp_path, 9, {}))):
            pytest.fail("it started")


@pytest.mark.parametrize("own", ["public", "admin", "upstream"])
async def test_our_own_listeners_and_upstream_are_never_fetched_under_whatever_name(tmp_path: Path, own: str) -> None:
    async with on_stage(tmp_path) as stage:
        upstream = int(stage.proxy.config.sites[0].upstream.rpartition(":")[2])
        ports = {"public": stage.proxy.address[1], "admin": stage.proxy.admin_address[1], "upstream": upstream}
        await stage.pingback(f"http://bread.example:{ports[own]}/from-inside")
        [ping] = await stage.settled(State.REJECTED)
        assert ping.evidence is not None
        assert ping.evidence.failure is Failure.NOT_PUBLIC
        assert not any("from-inside" in got.path for got in stage.wordpress.received)


async def test_what_was_held_or_waits_is_still_there_after_a_new_start(tmp_path: Path) -> None:
    async with on_stage(tmp_path) as stage:
        stage.web.pages["bread.example/a"] = LINKS
        await stage.pingback(stage.web.url("bread.example/a"))
        before = await stage.settled(State.DELIVERED)
    async with on_stage(tmp_path) as stage:
        assert await stage.settled(State.DELIVERED) == before
