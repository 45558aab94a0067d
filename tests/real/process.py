"""Child processes that never outlive the tests, and waiting for conditions instead of durations."""

import atexit
import os
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

LOOPBACK = "127.0.0.1"

_IN_MEMORY = Path("/dev/shm")
_ROOM_WANTED = 2 << 30
_PORTS = range(12_000, 32_000)


def fresh_directory() -> Path:
    """A new directory: in memory where there is room, for a site is a thousand small files and a database.

    Not below pytest's own directories: their names are too long for the path of a socket.
    """
    roomy = _IN_MEMORY.is_dir() and shutil.disk_usage(_IN_MEMORY).free > _ROOM_WANTED
    directory = Path(tempfile.mkdtemp(prefix="pingwarden-real-", dir=_IN_MEMORY if roomy else None))
    # Who uses it removes it; but not what could not even start.
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
    return directory


def free_port() -> int:
    """A port of the loopback address that nobody listens on at this moment.

    None of those that the kernel lends to outgoing connections: it would be lent before it is listened on.
    """
    while True:
        port = random.choice(_PORTS)
        with socket.socket() as probe, suppress(OSError):
            probe.bind((LOOPBACK, port))
            return port


def wait_until(condition: Callable[[], T | None], what: str, *, seconds: float = 20) -> T:
    """The first answer of `condition` that is true; an AssertionError naming `what` when none comes in time."""
    deadline = time.monotonic() + seconds
    while True:
        if answer := condition():
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds:g} s in vain for {what}")
        time.sleep(0.01)


def listens(port: int, host: str = LOOPBACK) -> bool:
    """Whether a connection to that loopback port is taken."""
    with socket.socket() as probe:
        # From another address: from the same one, a probe that is given the same port would find itself.
        probe.bind(("127.77.0.1", 0))
        probe.settimeout(1)
        return probe.connect_ex((host, port)) == 0


class Process:
    """A program in the foreground, talking into a log file; the kernel ends it when the tests die."""

    def __init__(
        self,
        command: Sequence[str | Path],
        log: Path,
        *,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
    ) -> None:
        """Start `command` with `env` added to the environment."""
        self.log = log
        with log.open("ab") as output:
            self._child = subprocess.Popen(
                ["setpriv", "--pdeathsig", "TERM", *command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env={**os.environ, **(env or {})},
                cwd=cwd,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._child.pid

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self._child.poll() is None

    @property
    def status(self) -> int | None:
        """How it ended, None while it runs."""
        return self._child.poll()

    def wait_until(self, condition: Callable[[], T | None], what: str, *, seconds: float = 20) -> T:
        """Like `wait_until`, but a process that has ended fails at once, with the end of its log."""

        def alive_and_ready() -> T | None:
            if not self.alive:
                raise AssertionError(f"ended while {what} was waited for:\n{self.last_words()}")
            return condition()

        return wait_until(alive_and_ready, what, seconds=seconds)

    def last_words(self) -> str:
        """The end of its log."""
        return self.log.read_text(errors="replace")[-2000:]

    def pause(self) -> Callable[[], None]:
        """Let it and the processes that it started do nothing at all; return what lets them go on."""
        started = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        pids = [self.pid, *map(int, started)]

        def tell(what: signal.Signals) -> None:
            for pid in pids:
                with suppress(ProcessLookupError):
                    os.kill(pid, what)

        tell(signal.SIGSTOP)
        return lambda: tell(signal.SIGCONT)

    def kill(self) -> None:
        """kill -9 for it and for the processes that it started, without a chance to put anything in order."""
        with suppress(ProcessLookupError):
            os.killpg(self._child.pid, signal.SIGKILL)
        self._child.wait()

    def terminate(self) -> None:
        """Ask it to end."""
        self._child.terminate()

    def stop(self) -> None:
        """Ask it to end, and make sure of it."""
        self.terminate()
        with suppress(subprocess.TimeoutExpired):
            self._child.wait(timeout=15)
        # PHP's own web server leaves its workers behind.
        self.kill()
