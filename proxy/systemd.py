"""What systemd is told of us (sd_notify(3)), and the watchdog that it keeps (WatchdogSec= in the unit).

Without systemd there is no NOTIFY_SOCKET, and nothing is told to anybody.
"""

import asyncio
import logging
import os
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

_log = logging.getLogger("pingwarden.systemd")


@dataclass(frozen=True, slots=True)
class Systemd:
    """Whoever started us. `address` is its socket ("" for nobody), `watchdog_s` the time without a sign of life."""

    address: str = ""
    watchdog_s: float = 0.0

    def ready(self, status: str) -> None:
        """Say that the start, or a reload, is done."""
        self._tell("READY=1", f"STATUS={status}")

    def reloading(self) -> None:
        """Say that a reload began; `ready` ends it."""
        self._tell("RELOADING=1", f"MONOTONIC_USEC={time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000}")

    def stopping(self) -> None:
        """Say that what is in flight is being finished."""
        self._tell("STOPPING=1", "STATUS=finishing what is in flight")

    async def watch(self, moves: Callable[[], bool]) -> None:
        """Give a sign of life, for ever, as long as this loop turns and *moves* says that the rest moves too."""
        while self.watchdog_s:
            if moves():
                self._tell("WATCHDOG=1")
            await asyncio.sleep(self.watchdog_s / 3)

    def _tell(self, *lines: str) -> None:
        if not self.address:
            return
        name = "\0" + self.address[1:] if self.address.startswith("@") else self.address
        said = "\n".join(line.replace("\n", " ") for line in lines).encode()
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sock:
                sock.setblocking(False)
                sock.sendto(said, name)
        except OSError as problem:
            _log.warning("systemd could not be told %s: %s", lines[0], problem)


def started_by(environment: Mapping[str, str]) -> Systemd:
    """Return the systemd that *environment* names, or nobody."""
    address = environment.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")):
        return Systemd()
    usec = environment.get("WATCHDOG_USEC", "")
    meant = environment.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
    return Systemd(address, int(usec) / 1e6 if meant and usec.isascii() and usec.isdigit() else 0.0)
