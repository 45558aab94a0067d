"""A private Caddy with whatever sites a test gives it."""

from pathlib import Path
from string import Template

from tests.real.parts import program
from tests.real.process import LOOPBACK, Process, free_port, listens

_FRAME = Template("""\
{
    admin off
    auto_https off
    default_bind $host
    storage file_system $directory/storage
    servers {
        protocols $protocols
    }
    log {
        output file $directory/error.log
    }
}
$sites
""")


class Caddy:
    """A running Caddy; `sites` are its site blocks, of which one is on `port`."""

    def __init__(
        self, directory: Path, sites: str, *, port: int = 0, host: str = LOOPBACK, http2: bool = False
    ) -> None:
        """Start it on `port`, or on a free one; `host` is where it is seen to listen."""
        directory.mkdir(parents=True, exist_ok=True)
        self.port = port or free_port()
        self.address = f"http://{host}:{self.port}"
        configuration = directory / "Caddyfile"
        command: list[str | Path] = [
            program("caddy", "--all"),
            "run",
            "--adapter",
            "caddyfile",
            "--config",
            configuration,
        ]
        protocols = "h1 h2c" if http2 else "h1 h2 h3"  # the latter is what Caddy speaks when nobody says
        configuration.write_text(_FRAME.substitute(host=host, directory=directory, sites=sites, protocols=protocols))
        home = {"HOME": str(directory), "XDG_DATA_HOME": str(directory), "XDG_CONFIG_HOME": str(directory)}
        self._process = Process(command, directory / "caddy.log", env=home)
        self._process.wait_until(lambda: listens(self.port, host), "Caddy")

    def stop(self) -> None:
        """End it."""
        self._process.stop()
