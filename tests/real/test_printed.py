"""What is printed for many sites is taken by each server's own check: ports and inner servers of their own or shared."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from proxy import recipes
from proxy.config import from_mapping
from tests.real.parts import needed_parts, program

CONFIG = from_mapping(
    {
        "sites": [
            {
                "name": "my-blog",
                "hosts": ["blog.example", "www.blog.example"],
                "public_url": "http://blog.example:8088/wp",
                "upstream": "http://127.0.0.1:8080",
            },
            {"name": "shares", "public_url": "http://second.example:8088", "upstream": "http://127.0.0.1:8080"},
            {"name": "apart", "public_url": "http://third.example", "upstream": "http://[::1]:8081"},
        ]
    }
)
_MODULES = (
    "mpm_event", "authz_core", "dir", "headers", "proxy", "proxy_fcgi", "proxy_http", "remoteip", "rewrite", "setenvif",
)  # fmt: skip


def _nginx(printed: str, directory: Path) -> list[str]:
    file = directory / "nginx.conf"
    (directory / "fastcgi_params").write_text(Path("/etc/nginx/fastcgi_params").read_text())
    file.write_text(f"pid {directory}/pid;\nevents {{}}\nhttp {{\n{printed}\n}}\n")
    return [program("nginx"), "-t", "-q", "-e", str(directory / "error.log"), "-c", str(file)]


def _apache(printed: str, directory: Path) -> list[str]:
    file = directory / "apache.conf"
    modules = "\n".join(f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so" for name in _MODULES)
    file.write_text(f"ServerRoot {directory}\nServerName check\nErrorLog {directory}/error.log\n{modules}\n{printed}")
    return [program("apache2", "--all"), "-t", "-f", str(file)]


def _caddy(printed: str, directory: Path) -> list[str]:
    file = directory / "Caddyfile"
    file.write_text(printed)
    return [program("caddy", "--all"), "validate", "--adapter", "caddyfile", "--config", str(file)]


def _haproxy(printed: str, directory: Path) -> list[str]:
    file = directory / "haproxy.cfg"
    file.write_text(printed)
    return [program("haproxy", "--all"), "-c", "-q", "-f", str(file)]


@pytest.mark.parametrize(
    ("server", "check"), [("nginx", _nginx), ("apache", _apache), ("caddy", _caddy), ("haproxy", _haproxy)]
)
def test_the_server_itself_finds_nothing_wrong(
    server: str, check: Callable[[str, Path], list[str]], tmp_path: Path
) -> None:
    printed = recipes.render(
        server, CONFIG, config_file="/etc/pw.toml", root=str(tmp_path), php="unix:/run/php/php.sock"
    )
    with needed_parts():
        command = check(printed, tmp_path)
    environment = {"HOME": str(tmp_path), "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    quiet = ('"level":"info"', "not formatted", "only on the HTTP port")
    said = re.findall(r"(?i)^.*\b(?:warn|warning|emerg|error)\b.*$", done.stderr + done.stdout, re.MULTILINE)
    assert [line for line in said if not any(harmless in line for harmless in quiet)] == []
