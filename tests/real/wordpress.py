"""A real WordPress on MariaDB, php-fpm and nginx."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.real.httpclient import request
from tests.real.mariadb import MariaDB
from tests.real.nginx import Nginx
from tests.real.php import FASTCGI, PhpFpm
from tests.real.process import LOOPBACK
from tests.real.site import Site, Switches

_SERVER = """\
    server {{
        listen {host}:PORT;
        root {root};
        index index.php;
        client_max_body_size 64m;
{network}
        location / {{ try_files $uri $uri/ {subpath}/index.php?$args; }}
        location ~ [^/]\\.php(/|$) {{
            fastcgi_split_path_info ^(.+?\\.php)(/.*)$;
            set $rest $fastcgi_path_info;  # try_files empties it
            try_files $fastcgi_script_name {subpath}/index.php?$args;
            fastcgi_param PATH_INFO $rest;
            fastcgi_param SCRIPT_NAME $fastcgi_script_name;
            fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;
{fastcgi}            fastcgi_pass unix:{socket};
        }}
    }}
"""
"""The configuration that nginx users are told to write for WordPress."""

_NETWORK = """\
        if (!-e $request_filename) {{
            rewrite ^{subpath}/[_0-9a-zA-Z-]+(/wp-.*) {subpath}$1 last;
            rewrite ^{subpath}/[_0-9a-zA-Z-]+(/.*\\.php)$ {subpath}$1 last;
        }}
"""


class WordPress(Site):
    """A running WordPress; `switches` may be changed while it runs, the rest is fixed."""

    def __init__(
        self,
        tree: Path,
        mariadb: MariaDB,
        *,
        subpath: str = "",
        port: int = 0,
        host: str = LOOPBACK,
        multisite: bool = False,
        switches: Switches | None = None,
    ) -> None:
        """Copy `tree`, install it into a new database and serve it; about two seconds."""
        super().__init__(subpath=subpath, port=port, multisite=multisite, switches=switches or Switches(), host=host)
        self._mariadb = mariadb
        self._name = self.directory.name
        mariadb.create(self._name)
        _copy(tree, self.web)
        self._install()
        self._fpm = PhpFpm(self.directory / "php")
        self._nginx = Nginx(self.directory / "nginx", self._server(), port=self.port, host=host)
        # The first request compiles all of WordPress: a sender that waits two seconds should not be the one.
        for path in ("/", "/xmlrpc.php"):
            request("GET", self.address + path)

    @property
    def fpm_socket(self) -> Path:
        """Where its PHP listens, for a test that brings its own nginx."""
        return self._fpm.socket

    def query(self, sql: str) -> list[str]:
        """Run `sql` and return the first column of its rows."""
        return self._mariadb.query(sql, self._name).splitlines()

    def _database(self) -> Mapping[str, str]:
        return {"name": self._name, "host": f"localhost:{self._mariadb.socket}"}

    def _server(self) -> str:
        return _SERVER.format(
            host=self.host,
            root=self.directory / "www",
            subpath=self.subpath,
            network=_NETWORK.format(subpath=self.subpath) if self.multisite else "",
            fastcgi=FASTCGI,
            socket=self._fpm.socket,
        )

    def _stop_servers(self) -> None:
        self._nginx.stop()
        self._fpm.stop()


def _copy(tree: Path, web: Path) -> None:
    """Make a site of a WordPress tree. What is the same for all, and most of the files, is a link."""
    web.mkdir(parents=True)
    scripts = [script for script in tree.glob("*.php") if script.name != "wp-config.php"]
    # Debian's packages hold links to files of packages that are not needed here: those are left out.
    subprocess.run(["cp", "-rL", *scripts, tree / "wp-admin", web], check=False, capture_output=True)
    (web / "wp-includes").symlink_to(tree / "wp-includes")
