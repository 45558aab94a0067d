"""The web servers that may stand before Pingwarden, each with the configuration that Pingwarden prints for it.

As it was printed, but for the network: the tests stay on the loopback.
"""

import re
import shutil
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Protocol

from tests.real.apache import Apache
from tests.real.caddy import Caddy
from tests.real.haproxy import HAProxy
from tests.real.nginx import Nginx
from tests.real.pingwarden import Pingwarden
from tests.real.process import LOOPBACK


class Server(Protocol):
    """A running web server."""

    def stop(self) -> None:
        """End it."""


def _printed(pingwarden: Pingwarden, server: str, root: Path, php: Path) -> str:
    return pingwarden.command("print-config", server, "--root", str(root), "--php", f"unix:{php}")


def _nginx_in(directory: Path, http: str, port: int) -> Nginx:
    directory.mkdir(parents=True)
    shutil.copy("/etc/nginx/fastcgi_params", directory)
    return Nginx(directory, http, port=port)


def _nginx(
    directory: Path, pingwarden: Pingwarden, root: Path, php: Path, port: int, *, http2: bool = False
) -> list[Server]:
    printed = _printed(pingwarden, "nginx", root, php)
    listen = f"listen {LOOPBACK}:{port}{' http2' if http2 else ''};"
    return [_nginx_in(directory, re.sub(rf"listen {port};", listen, printed), port)]


def _apache(
    directory: Path, pingwarden: Pingwarden, root: Path, php: Path, port: int, *, http2: bool = False
) -> list[Server]:
    printed = _printed(pingwarden, "apache", root, php)
    # Apache serves as somebody else than whoever runs the tests.
    for private in (root.parent, php.parent):
        private.chmod(0o711)
    php.chmod(0o666)
    directory.mkdir(parents=True)
    at_home = printed.replace(f"*:{port}", f"{LOOPBACK}:{port}").replace(f"Listen {port}\n", "")
    return [Apache(directory, at_home, port=port, http2=http2)]


def _caddy(
    directory: Path, pingwarden: Pingwarden, root: Path, php: Path, port: int, *, http2: bool = False
) -> list[Server]:
    return [Caddy(directory, _printed(pingwarden, "caddy", root, php), port=port, http2=http2)]


def _haproxy(
    directory: Path, pingwarden: Pingwarden, root: Path, php: Path, port: int, *, http2: bool = False
) -> list[Server]:
    """HAProxy, and as the web server behind it the inner server of nginx."""
    _, _, inner = _printed(pingwarden, "nginx", root, php).partition("# 3. The inner server")
    shared, _, _ = _printed(pingwarden, "nginx", root, php).partition("# 2. The public server")
    printed = _printed(pingwarden, "haproxy", root, php)
    inner_port = int(re.findall(rf"server wordpress {LOOPBACK}:(\d+)", printed)[0])
    behind = _nginx_in(directory / "behind", f"{shared}#{inner}", inner_port)
    bind = f"bind {LOOPBACK}:{port}{' proto h2' if http2 else ''}"
    front = HAProxy(directory / "front", printed.replace(f"bind :{port}", bind), port=port)
    return [front, behind]


Start = Callable[[Path, Pingwarden, Path, Path, int], list[Server]]

SERVERS: Mapping[str, Start] = {
    "nginx": _nginx,
    "apache": _apache,
    "caddy": _caddy,
    "haproxy": _haproxy,
}
"""Each starts in a directory, before a Pingwarden, for the WordPress at a root with its php-fpm, on a port."""

HTTP2: Mapping[str, Start] = {
    "nginx": partial(_nginx, http2=True),
    "apache": partial(_apache, http2=True),
    "caddy": partial(_caddy, http2=True),
    "haproxy": partial(_haproxy, http2=True),
}
"""The same, speaking HTTP/2 without TLS to whoever begins with it."""
