"""A site with Pingwarden in front of it: alone, or behind a web server with the configuration that it prints."""

import shutil
from collections.abc import Mapping
from typing import Any

from tests.real.pingwarden import Pingwarden
from tests.real.process import LOOPBACK, free_port, fresh_directory
from tests.real.servers import SERVERS
from tests.real.wordpress import WordPress


class Front:
    """Everything that is asked at `address` passes through Pingwarden; `site` knows itself under that address."""

    def __init__(
        self,
        site: WordPress,
        *,
        behind: str = "",
        mode: str = "enforce",
        port: int = 0,
        **tables: Mapping[str, Any],
    ) -> None:
        """Start it. `behind`: one of SERVERS. `tables`: of the configuration, beside the defaults of the tests."""
        self.site = site
        self.directory = fresh_directory()
        public, inner = port or free_port(), free_port()
        self.inner = f"http://{LOOPBACK}:{inner}"
        self.pingwarden = Pingwarden(
            self.directory / "pingwarden",
            self.inner if behind else site.address.removesuffix(site.subpath),
            public_url=f"http://{LOOPBACK}:{public}{site.subpath}",
            port=0 if behind else public,
            site={"mode": mode},
            **tables,
        )
        self.address = f"http://{LOOPBACK}:{public}{site.subpath}"
        site.configure(public_url=self.address)
        self.pingwarden.start()
        self.servers = (
            SERVERS[behind](self.directory / behind, self.pingwarden, site.directory / "www", site.fpm_socket, public)
            if behind
            else []
        )

    def stop(self) -> None:
        """End it and remove its files."""
        for server in self.servers:
            server.stop()
        self.pingwarden.stop()
        shutil.rmtree(self.directory, ignore_errors=True)
