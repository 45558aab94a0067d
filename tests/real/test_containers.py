"""The nginx of the printed compose file, run outside of its container: real nginx takes its configuration as it stands."""

import re
from pathlib import Path

import pytest

from tests.real.httpclient import request
from tests.real.nginx import Nginx
from tests.real.parts import needed_parts
from tests.real.pingwarden import Pingwarden
from tests.real.process import LOOPBACK, free_port


@pytest.fixture
def configuration(short_directory: Path) -> str:
    """What is printed for the nginx of the compose file; the other containers are nowhere."""
    (short_directory / "containers").mkdir()
    described = Pingwarden(
        short_directory / "described",
        "http://nginx:8080",
        public_url=f"http://{LOOPBACK}:8088",
    )
    content = described.command("print-config", "compose-nginx", "--root", str(short_directory / "containers"))
    nobody = f"{LOOPBACK}:{free_port()}"
    content = re.sub(r"pingwarden:\d+", nobody, content).replace("wordpress:9000", nobody)
    return content.replace("listen 8088;", f"listen {LOOPBACK}:PORT;").replace(
        "listen 8080;", f"listen {LOOPBACK}:{free_port()};"
    )


def test_nginx_takes_the_configuration_of_the_compose_file(short_directory: Path, configuration: str) -> None:
    with needed_parts():
        directory = short_directory / "compose"
        directory.mkdir()
        (directory / "fastcgi_params").write_text(Path("/etc/nginx/fastcgi_params").read_text())
        nginx = Nginx(directory, configuration)
    linkback = request("POST", f"{nginx.address}/xmlrpc.php", [("Content-Type", "text/xml")], b"<methodCall/>")
    page = request("GET", f"{nginx.address}/nosuch")
    nginx.stop()
    assert (linkback.status, linkback.header("Retry-After")) == (503, "120")
    assert page.status == 404
