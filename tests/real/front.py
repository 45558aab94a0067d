"""A site with Pingwarden in front of it: alone, or behind nginx with the configuration that it prints."""

import re
import shutil
from collections.abc import Mapping
from typing import Any

from tests.real.nginx import Nginx
from tests.real.pingwarden import Pingwarden
from tests.real.process import LOOPBACK, free_port, fresh_directory
from tests.real.wordpress import WordPress


class Front:
    """Everything that is asked at `address` passes through Pingwarden; `site` knows itself under that address."""

    def __init__(
        self,
        site: WordPress,
        *,
        nginx: bool = False,
        mode: str = "enforce",
        port: int = 0,
        **tables: Mapping[str, Any],
    ) -> None:
        """Start it. `tables`: of the configuration, beside the defaults of the tests."""
        self.site = site
        self.directory = fresh_directory()
        public, inner = port or free_port(), free_port()
        self.pingwarden = Pingwarden(
            self.directory / "pingwarden",
            f"http://{LOOPBACK}:{inner}" if nginx else site.address.removesuffix(site.subpath),
            public_url=f"http://{LOOPBACK}:{public}{site.subpath}",
            port=0 if nginx else public,
            site={"mode": mode},
            **tables,
        )
        self.address = f"http://{LOOPBACK}:{public}{site.subpath}"
        site.configure(public_url=self.address)
        self.pingwarden.start()
        self.nginx = self._nginx(public) if nginx else None

    def stop(self) -> None:
        """End it and remove its files."""
        self.pingwarden.stop()
        if self.nginx:
            self.nginx.stop()
        shutil.rmtree(self.directory, ignore_errors=True)

    def _nginx(self, port: int) -> Nginx:
        directory = self.directory / "nginx"
        directory.mkdir()
        shutil.copy("/etc/nginx/fastcgi_params", directory)
        php = f"unix:{self.site.fpm_socket}"
        root = str(self.site.directory / "www")
        printed = self.pingwarden.command("print-config", "nginx", "--root", root, "--php", php)
        # As it was printed, but for the network: the tests stay on the loopback.
        http = re.sub(rf"listen {port};", f"listen {LOOPBACK}:{port};", printed)
        return Nginx(directory, http, port=port)
