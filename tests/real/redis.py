"""A private Redis on a loopback port, keeping nothing."""

from pathlib import Path

from tests.real.parts import program
from tests.real.process import LOOPBACK, Process, free_port, listens


class Redis:
    """A running server, with its log under `directory`. It can be ended and started again at the same address."""

    def __init__(self, directory: Path) -> None:
        """Start the server."""
        directory.mkdir(parents=True, exist_ok=True)
        self._log = directory / "redis.log"
        self._server = program("redis-server", "--all")
        self.port = free_port()
        self.url = f"redis://{LOOPBACK}:{self.port}/0"
        self.start()

    def start(self) -> None:
        """Start it, empty."""
        command = [self._server, "--bind", LOOPBACK, "--port", str(self.port), "--save", "", "--appendonly", "no"]
        self._process = Process(command, self._log)
        self._process.wait_until(lambda: listens(self.port), "Redis")

    def stop(self) -> None:
        """End it; what it knew is gone."""
        self._process.kill()
