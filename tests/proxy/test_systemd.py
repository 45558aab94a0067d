"""What systemd hears, and when it hears nothing."""

import asyncio
import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from proxy.systemd import Systemd, started_by

NOBODY = Systemd()
HERE = str(os.getpid())
STARTED: dict[str, tuple[dict[str, str], Systemd]] = {
    "by a person": ({}, NOBODY),
    "by systemd": ({"NOTIFY_SOCKET": "/run/n"}, Systemd("/run/n")),
    "with an abstract socket": ({"NOTIFY_SOCKET": "@n"}, Systemd("@n")),
    "with a socket of another kind": ({"NOTIFY_SOCKET": "vsock:2:1"}, NOBODY),
    "with a watchdog": ({"NOTIFY_SOCKET": "/n", "WATCHDOG_USEC": "3000000", "WATCHDOG_PID": HERE}, Systemd("/n", 3.0)),
    "with a watchdog for all": ({"NOTIFY_SOCKET": "/n", "WATCHDOG_USEC": "500000"}, Systemd("/n", 0.5)),
    "with a watchdog for another": ({"NOTIFY_SOCKET": "/n", "WATCHDOG_USEC": "1", "WATCHDOG_PID": "1"}, Systemd("/n")),
    "with a watchdog that is none": ({"NOTIFY_SOCKET": "/n", "WATCHDOG_USEC": "-1"}, Systemd("/n")),
    "without a socket to tell": ({"WATCHDOG_USEC": "3000000"}, NOBODY),
}


@pytest.mark.parametrize(("environment", "expected"), STARTED.values(), ids=STARTED.keys())
def test_who_started_us(environment: dict[str, str], expected: Systemd) -> None:
    assert started_by(environment) == expected


@pytest.fixture(params=["file", "abstract"])
def listening(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, socket.socket]]:
    """The socket of a systemd, with its name."""
    name = str(tmp_path / "n") if request.param == "file" else f"@pingwarden-test-{HERE}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        sock.bind(name.replace("@", "\0"))
        sock.settimeout(5)
        yield name, sock


def test_the_story_of_a_process(listening: tuple[str, socket.socket]) -> None:
    name, sock = listening
    systemd = Systemd(name)
    before = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
    systemd.ready("serving 1 site(s)\nREADY=0")
    systemd.reloading()
    systemd.stopping()
    assert sock.recv(4096) == b"READY=1\nSTATUS=serving 1 site(s) READY=0"  # one line, whatever it says
    kind, _, usec = sock.recv(4096).partition(b"\nMONOTONIC_USEC=")
    assert kind == b"RELOADING=1"
    assert before <= int(usec) <= time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
    assert sock.recv(4096) == b"STOPPING=1\nSTATUS=finishing what is in flight"


async def test_signs_of_life_end_when_something_stands_still(listening: tuple[str, socket.socket]) -> None:
    name, sock = listening
    answers = iter([True, True, False, False])
    silent = asyncio.Event()

    def moves() -> bool:
        moving = next(answers, None)
        if moving is None:
            silent.set()
        return bool(moving)

    watching = asyncio.create_task(Systemd(name, 0.03).watch(moves))
    await silent.wait()
    watching.cancel()
    sock.setblocking(False)
    assert [sock.recv(4096) for _ in range(2)] == [b"WATCHDOG=1"] * 2
    with pytest.raises(BlockingIOError):
        sock.recv(4096)


async def test_nobody_is_told_when_nobody_listens(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    NOBODY.ready("")
    await NOBODY.watch(lambda: True)  # which ends at once: nobody waits for a sign
    assert caplog.text == ""
    Systemd(str(tmp_path / "gone")).stopping()
    assert "systemd could not be told STOPPING=1" in caplog.text
