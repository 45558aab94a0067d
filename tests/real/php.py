"""PHP's own reading of a request, behind a real nginx: what our form reader is compared with."""

import base64
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from tests.real.httpclient import Connection
from tests.real.nginx import Nginx
from tests.real.parts import program
from tests.real.process import Process

HERE = Path(__file__).parent

FASTCGI = """\
            fastcgi_param QUERY_STRING $query_string;
            fastcgi_param REQUEST_METHOD $request_method;
            fastcgi_param CONTENT_TYPE $content_type;
            fastcgi_param CONTENT_LENGTH $content_length;
            fastcgi_param REQUEST_URI $request_uri;
            fastcgi_param DOCUMENT_URI $document_uri;
            fastcgi_param DOCUMENT_ROOT $document_root;
            fastcgi_param SERVER_PROTOCOL $server_protocol;
            fastcgi_param REQUEST_SCHEME $scheme;
            fastcgi_param REMOTE_ADDR $remote_addr;
            fastcgi_param REMOTE_PORT $remote_port;
            fastcgi_param SERVER_ADDR $server_addr;
            fastcgi_param SERVER_PORT $server_port;
            fastcgi_param SERVER_NAME $server_name;
            # Debian's fastcgi_params gives PHP the Host without its port; WordPress then redirects for ever.
            fastcgi_param HTTP_HOST $http_host;
            fastcgi_param HTTP_PROXY "";
            fastcgi_param REDIRECT_STATUS 200;
            fastcgi_read_timeout 120;
"""
"""What PHP is told about a request; the script's own parameters and fastcgi_pass are still to be added."""

_POOL = """\
[global]
daemonize = no
error_log = {directory}/fpm.log
[www]
{user}
listen = {socket}
pm = dynamic
pm.max_children = 12
pm.start_servers = 2
pm.min_spare_servers = 1
pm.max_spare_servers = 6
catch_workers_output = yes
request_terminate_timeout = {patience_s}
php_admin_value[error_log] = {directory}/php.log
php_admin_flag[log_errors] = on
php_admin_flag[display_errors] = off
php_admin_value[upload_tmp_dir] = {directory}
"""


class PhpFpm:
    """A running php-fpm with one pool, listening on `socket`."""

    def __init__(self, directory: Path, *, patience_s: int = 0) -> None:
        """Start it. A request that takes longer than `patience_s` is ended; 0 stands for never."""
        directory.mkdir(parents=True, exist_ok=True)
        self.socket = directory / "fpm.sock"
        as_root = os.geteuid() == 0
        user = "user = root\ngroup = root" if as_root else ""
        configuration = directory / "fpm.conf"
        configuration.write_text(
            _POOL.format(directory=directory, socket=self.socket, user=user, patience_s=patience_s)
        )
        command = [program("php-fpm8.2"), *(["-R"] if as_root else []), "--fpm-config", str(configuration)]
        self._process = Process(command, directory / "fpm.out")
        self._process.wait_until(self.socket.exists, "php-fpm")

    def stop(self) -> None:
        """End it."""
        self._process.stop()


PhpValue = bytes | dict[bytes, "PhpValue"]


@dataclass(frozen=True)
class PhpRequest:
    """A request as a PHP script finds it. Every text is bytes; arrays are dicts, as in PHP."""

    query: dict[bytes, PhpValue]
    form: dict[bytes, PhpValue]
    files: tuple[bytes, ...]
    uri: bytes

    @classmethod
    def of(cls, dumped: dict[str, Any]) -> Self:
        """From what dump.php prints."""
        return cls(
            query=_bytes(dumped["get"]),
            form=_bytes(dumped["post"]),
            files=tuple(_bytes(dumped["files"]).values()),
            uri=base64.b64decode(dumped["uri"]),
        )


def _bytes(value: Any) -> Any:
    if isinstance(value, str):
        return base64.b64decode(value)
    return {base64.b64decode(key): _bytes(inner) for key, inner in value}


_READER = """\
    server {{
        listen 127.0.0.1:PORT;
        client_max_body_size 0;
        # One connection for the whole session, however long it lies idle between two tests.
        keepalive_timeout 1d;
        keepalive_requests 100000000;
        location / {{
{fastcgi}            fastcgi_param SCRIPT_FILENAME {script};
            fastcgi_pass unix:{socket};
        }}
    }}
"""


class PhpReader:
    """An nginx with one PHP script that answers every request with how PHP reads it."""

    def __init__(self, directory: Path) -> None:
        """Start both."""
        self._fpm = PhpFpm(directory / "php")
        script = HERE / "php" / "dump.php"
        self._nginx = Nginx(
            directory / "nginx",
            _READER.format(fastcgi=FASTCGI, script=script, socket=self._fpm.socket),
        )
        self._connection = Connection(self._nginx.address)

    def read(self, body: bytes, content_type: str | None, *, target: str = "/") -> PhpRequest | None:
        """How PHP reads a POST of `body`; None where nginx refuses the request."""
        headers = [] if content_type is None else [("Content-Type", content_type)]
        answer = self._connection.send("POST", target, headers, body)
        return PhpRequest.of(answer.json()) if answer.status == 200 else None

    def stop(self) -> None:
        """End both."""
        self._connection.close()
        self._nginx.stop()
        self._fpm.stop()
