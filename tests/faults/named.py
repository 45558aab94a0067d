"""The real command line, with the system's resolver in the harness's hands:

    python -m tests.faults.named FILE serve --config …

Every name under .example is at 127.0.0.1 while FILE says "well", and nobody answers while it says "dead". A further
line "PATTERN ADDRESS" puts such names elsewhere on loopback. FILE.clock, where it is there, says by how many seconds the
clock is wrong. How many asyncio tasks there are is
noted in FILE.tasks every few seconds.
"""

import asyncio
import socket
import sys
import threading
import time
from contextlib import suppress
from datetime import timedelta
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from proxy import clock

_DEAD_S = 3.0
_COUNT_EVERY_S = 5.0
_getaddrinfo = socket.getaddrinfo


def _looked_up(file: Path, host: str) -> str:
    state, *lines = file.read_text(encoding="ascii").splitlines()
    if state == "dead":
        time.sleep(_DEAD_S)
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
    for name, address in (line.split() for line in lines):
        if fnmatchcase(host, name):
            return address
    return "127.0.0.1"


def _step_s(file: Path) -> float:
    try:
        return float(file.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return 0.0


def _count_tasks(file: Path) -> None:
    while True:
        time.sleep(_COUNT_EVERY_S)
        # From another thread there is no public name for the tasks of all loops.
        alive = [task for task in list(asyncio.tasks._all_tasks) if not task.done()]  # type: ignore[attr-defined]
        with suppress(OSError):  # whoever reads it finds a whole number
            file.with_suffix(".next").write_text(f"{len(alive)}\n")
            file.with_suffix(".next").replace(file)


def main() -> None:
    """Run the command line."""
    file = Path(sys.argv.pop(1))

    def lookup(host: Any, port: Any, *rest: Any, **named: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else str(host)
        return _getaddrinfo(_looked_up(file, name) if name.endswith(".example") else host, port, *rest, **named)

    socket.getaddrinfo = lookup
    now = clock.now  # the one place where the time of day is read; nobody has imported it yet
    clock.now = lambda: now() + timedelta(seconds=_step_s(file.with_name(f"{file.name}.clock")))
    threading.Thread(target=_count_tasks, args=[file.with_name(f"{file.name}.tasks")], daemon=True).start()
    from proxy.commands import main as command_line

    command_line()


if __name__ == "__main__":
    main()
