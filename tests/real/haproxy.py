"""A private HAProxy with whatever configuration a test gives it."""

from pathlib import Path

from tests.real.parts import program
from tests.real.process import LOOPBACK, Process, free_port, listens


class HAProxy:
    """A running HAProxy; `configuration` is all of it, with a frontend on `port`."""

    def __init__(self, directory: Path, configuration: str, *, port: int = 0, host: str = LOOPBACK) -> None:
        """Start it on `port`, or on a free one; `host` is where it is seen to listen."""
        directory.mkdir(parents=True, exist_ok=True)
        self.port = port or free_port()
        self.address = f"http://{host}:{self.port}"
        file = directory / "haproxy.cfg"
        command: list[str | Path] = [program("haproxy", "--all"), "-db", "-f", file]
        file.write_text(configuration)
        self._process = Process(command, directory / "haproxy.log")
        self._process.wait_until(lambda: listens(self.port, host), "HAProxy")

    def stop(self) -> None:
        """End it."""
        self._process.stop()
