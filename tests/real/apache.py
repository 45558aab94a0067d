"""A private Apache with whatever virtual hosts a test gives it."""

import os
from pathlib import Path
from string import Template

from tests.real.parts import program
from tests.real.process import LOOPBACK, Process, free_port, listens

_FRAME = Template("""\
ServerRoot $directory
DefaultRuntimeDir $directory
Mutex file:$directory default
PidFile $directory/apache.pid
ErrorLog $directory/error.log
LogFormat "%h %m %U%q %>s" short
CustomLog $directory/access.log short
ServerName $host
TypesConfig /etc/mime.types
$user
$modules
Listen $host:$port
$sites
""")
_MODULES = (
    "mpm_event", "authz_core", "dir", "headers", "mime", "proxy", "proxy_fcgi", "proxy_http", "remoteip", "reqtimeout",
    "rewrite", "setenvif",
)  # fmt: skip


class Apache:
    """A running Apache; `sites` are its virtual hosts, of which one is on `port`."""

    def __init__(
        self, directory: Path, sites: str, *, port: int = 0, host: str = LOOPBACK, http2: bool = False
    ) -> None:
        """Start it on `port`, or on a free one; `host` is where it is seen to listen."""
        directory.mkdir(parents=True, exist_ok=True)
        self.port = port or free_port()
        self.address = f"http://{host}:{self.port}"
        configuration = directory / "apache.conf"
        command: list[str | Path] = [program("apache2", "--all"), "-D", "FOREGROUND", "-f", configuration]
        configuration.write_text(
            _FRAME.substitute(
                directory=directory,
                host=host,
                port=self.port,
                # Apache does not serve as root, so what it serves must be readable by others.
                user="User www-data\nGroup www-data" if os.geteuid() == 0 else "",
                modules="\n".join(
                    f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so"
                    for name in (*_MODULES, *(["http2"] if http2 else []))
                ),
                sites=("Protocols h2c http/1.1\n" if http2 else "") + sites,
            )
        )
        self._process = Process(command, directory / "apache.log")
        self._process.wait_until(lambda: listens(self.port, host), "Apache")

    def stop(self) -> None:
        """End it."""
        self._process.stop()
