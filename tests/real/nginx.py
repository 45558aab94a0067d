"""A private nginx with whatever configuration a test gives it."""

import os
from pathlib import Path
from string import Template

from tests.real.parts import program
from tests.real.process import LOOPBACK, Process, free_port, listens

_FRAME = Template("""\
daemon off;
worker_processes 1;
pid $directory/nginx.pid;
error_log $directory/error.log;
$user
events { worker_connections 512; }
http {
    include /etc/nginx/mime.types;
    default_type application/octet-stream;
    access_log $directory/access.log;
    client_body_temp_path $directory/body;
    proxy_temp_path $directory/proxy;
    fastcgi_temp_path $directory/fastcgi;
    uwsgi_temp_path $directory/uwsgi;
    scgi_temp_path $directory/scgi;
$http
}
""")


class Nginx:
    """A running nginx; `http` is the inside of its http block, in which PORT stands for the port to listen on."""

    def __init__(self, directory: Path, http: str, *, port: int = 0, host: str = LOOPBACK) -> None:
        """Start it on `port`, or on a free one; `host` is where it is seen to listen."""
        directory.mkdir(parents=True, exist_ok=True)
        self.directory = directory
        self.port = port or free_port()
        self.address = f"http://{host}:{self.port}"
        configuration = directory / "nginx.conf"
        configuration.write_text(
            _FRAME.substitute(
                directory=directory,
                # The sockets and files of the tests belong to whoever runs them.
                user="user root;" if os.geteuid() == 0 else "",
                http=http.replace("PORT", str(self.port)),
            )
        )
        command: list[str | Path] = [program("nginx"), "-c", configuration, "-e", directory / "error.log"]
        self._process = Process(command, directory / "nginx.log")
        self._process.wait_until(lambda: listens(self.port, host), "nginx")

    def stop(self) -> None:
        """End it."""
        self._process.stop()
