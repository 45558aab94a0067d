"""SIGHUP and SIGTERM to a real process under steady load: nothing fails, and what is in flight is finished."""

import asyncio
import signal
import socket
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from proxy.wire.response import success_response
from proxy.wire.xmlrpc import build_ping
from tests.served import load, served, wordpress
from tests.stage import serving
from tests.waiting import until

SECOND = '[[sites]]\nname = "two"\npublic_url = "http://two.example"\nupstream = "http://127.0.0.1:{port}"\n'
RELOADS = 6


@pytest.mark.parametrize("workers", [1, 2])
async def test_no_request_fails_while_the_configuration_changes_again_and_again(tmp_path: Path, workers: int) -> None:
    found: Counter[str] = Counter()
    async with serving(wordpress) as port, served(tmp_path, port, f"workers = {workers}\n") as here:
        good = here.file.read_text()
        async with load(here.address, found), aiohttp.ClientSession() as http:
            for number in range(1, RELOADS + 1):
                before = found.total()
                here.file.write_text(good + (SECOND.format(port=port) if number % 2 else ""))
                here.process.send_signal(signal.SIGHUP)
                await here.says("the configuration was read anew", number)
                async with http.get(here.address, headers={"Host": "two.example"}) as answer:
                    assert answer.status == (200 if number % 2 else 421)
                await until(lambda before=before: _more_than(found, before + 20), "load between two reloads")  # type: ignore[misc]
            here.file.write_text(good.replace("hosts =", "host ="))
            here.process.send_signal(signal.SIGHUP)
            await here.says("the configuration stays as it was: unknown key sites.0.host")
            async with http.get(f"{here.admin}/readyz") as answer:
                assert (await answer.json())["configuration"] == "unknown key sites.0.host"
            before = found.total()
            await until(lambda: _more_than(found, before + 20), "load after the bad one")
    assert found.keys() == {"page 200", "call 200", "ping 200"}, found
    print(f"{found.total()} requests during {RELOADS} reloads and a bad one, failed: 0")


async def _more_than(found: Counter[str], number: int) -> bool:
    return found.total() > number


async def test_systemd_hears_of_start_reload_and_end_and_that_it_lives(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        sock.bind(str(tmp_path / "notify"))
        sock.settimeout(20)
        heard: list[str] = []

        async def hear(kind: str) -> None:
            while not heard or not heard[-1].startswith(kind):
                heard.append((await asyncio.to_thread(sock.recv, 4096)).decode())

        told = {"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "300000"}
        async with serving(wordpress) as port, served(tmp_path, port, **told) as here:
            for kind in ("READY=1\nSTATUS=serving 1 site(s)", "WATCHDOG=1"):
                await hear(kind)
            here.process.send_signal(signal.SIGHUP)
            for kind in ("RELOADING=1\nMONOTONIC_USEC=", "READY=1\nSTATUS=serving 1 site(s)", "WATCHDOG=1"):
                await hear(kind)
            here.process.send_signal(signal.SIGTERM)
            await hear("STOPPING=1")


WHOLE = success_response("Pingback registered. Keep the web talking! :-)")
IN_FLIGHT = ("upload", "download", "delivery")


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("what", IN_FLIGHT)
async def test_what_is_in_flight_is_finished_before_the_end(tmp_path: Path, what: str, workers: int) -> None:
    """The half of it is done when the process is told to stop; then the other half comes."""
    begun, go = asyncio.Event(), asyncio.Event()
    got: list[bytes] = []

    async def slow(request: web.BaseRequest) -> web.StreamResponse:
        answer = web.StreamResponse(headers={"Content-Type": "text/xml"})
        if what == "upload":
            got.append(await request.content.readany())
            begun.set()
            got.append(await request.content.read())
            return web.Response(text="taken")
        await request.content.read()
        await answer.prepare(request)
        await answer.write(WHOLE[:50])
        begun.set()
        await go.wait()
        await answer.write(WHOLE[50:])
        got.append(WHOLE)
        return answer

    async def pieces() -> AsyncIterator[bytes]:
        yield WHOLE[:50]
        await go.wait()
        yield WHOLE[50:]

    async with (
        serving(slow) as port,
        served(tmp_path, port, f'answer_within_s = 20\nworkers = {workers}\npolicy.self_pings = "pass"\n') as here,
        aiohttp.ClientSession() as http,
    ):
        host = {"Host": "one.example"}
        if what == "delivery":
            body = build_ping("http://one.example/a/", "http://one.example/b/")
            request = http.post(f"{here.address}/xmlrpc.php", data=body, headers=host | {"Content-Type": "text/xml"})
        elif what == "upload":
            request = http.put(f"{here.address}/file", data=pieces(), headers=host)
        else:
            request = http.get(f"{here.address}/file", headers=host)
        asking = asyncio.ensure_future(_text(request))
        await begun.wait()
        here.process.send_signal(signal.SIGTERM)
        await here.says("stopping")
        go.set()
        told = await asking
    assert told == ("taken" if what == "upload" else WHOLE.decode())
    assert b"".join(got) == WHOLE
    assert [line for line in here.log if "state=delivered" in line] or what != "delivery"


async def _text(request: object) -> str:
    async with request as answer:  # type: ignore[attr-defined]
        return str(await answer.text())
