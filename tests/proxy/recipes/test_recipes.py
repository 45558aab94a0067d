"""The printed configurations say what they must."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from proxy import recipes
from proxy.config import from_mapping
from proxy.identify import PLAIN_SCRIPTS

CONFIG = from_mapping(
    {
        "sites": [
            {
                "name": "my-blog",
                "hosts": ["blog.example", "www.blog.example"],
                "public_url": "https://blog.example/wp",
                "upstream": "http://127.0.0.1:8080",
            },
            {"name": "second", "public_url": "http://second.example:8088", "upstream": "http://127.0.0.1:8081"},
        ]
    }
)


def printed(name: str, php: str = "unix:/run/php.sock") -> str:
    """The printed configuration."""
    return recipes.render(name, CONFIG, config_file="/etc/pw.toml", root="/srv/wp", php=php)


@pytest.mark.parametrize(
    ("server", "lines"),
    {
        "nginx": [
            "server 127.0.0.1:8700;",
            "server_name blog.example www.blog.example;",
            "listen 443 ssl;",
            "listen 8088;",
            "listen 127.0.0.1:8080;",
            "listen 127.0.0.1:8081;",
            "root /srv/wp;",
            "fastcgi_pass unix:/run/php.sock;",
            r'"~^POST /wp/wp\-login\.php\z" 0;',
            "real_ip_header X-Forwarded-For;",
            "return 503",
        ],
        "apache": [
            "<VirtualHost *:443>",
            "<VirtualHost *:8088>",
            "ServerAlias www.blog.example",
            "Listen 127.0.0.1:8080",
            "Listen 127.0.0.1:8081",
            'ProxyPass "/" "http://127.0.0.1:8700/" nocanon',
            'SetHandler "proxy:unix:/run/php.sock|fcgi://localhost"',
            "RemoteIPHeader X-Forwarded-For",
            "FallbackResource /wp/index.php",
        ],
        "caddy": [
            "https://blog.example:443, https://www.blog.example:443 {",
            "http://second.example:8088 {",
            "http://:8081 {",
            "bind 127.0.0.1",
            "reverse_proxy 127.0.0.1:8700",
            "php_fastcgi unix//run/php.sock {",
            "env REMOTE_ADDR {pingwarden_client}",
        ],
        "haproxy": [
            "bind :443 ssl",
            "bind :8088\n",
            "acl host_my_blog req.hdr(Host),host_only -i blog.example www.blog.example",
            "use_backend pingwarden unless no_linkback",
            "server pingwarden 127.0.0.1:8700",
            "server wordpress 127.0.0.1:8081",
        ],
    }.items(),
)
def test_it_holds(server: str, lines: list[str]) -> None:
    found = printed(server)
    assert [line for line in lines if line not in found] == []


@pytest.mark.parametrize(
    ("server", "straight"),
    [
        ("nginx", r'"~\^POST /wp/(\S+)\\z" 0;'),
        ("apache", r'SetEnvIf Request_URI "\^/wp/(\S+)\\z" no-proxy=1'),
        ("haproxy", r"acl plain_my_blog path /wp/(\S+)"),
        ("caddy", r"not vars_regexp \{http.request.orig_uri\} \^/wp/\(\?:(\S+)\)\(\?:\\\?\|\$\)"),
    ],
)
def test_only_what_we_would_not_read_either_goes_straight_to_php(server: str, straight: str) -> None:
    found = "|".join(re.findall(straight, printed(server)))
    assert set(re.sub(r"\\(.)", r"\1", found).split("|")) == PLAIN_SCRIPTS


@pytest.mark.parametrize("server", ["nginx", "caddy"])
def test_braces_are_balanced(server: str) -> None:
    bare = "\n".join(line.partition("#")[0] for line in printed(server).splitlines())
    assert bare.count("{") == bare.count("}")


def test_php_may_listen_at_an_address() -> None:
    assert 'SetHandler "proxy:fcgi://127.0.0.1:9000"' in printed("apache", "127.0.0.1:9000")
    assert "php_fastcgi 127.0.0.1:9000 {" in printed("caddy", "127.0.0.1:9000")


@pytest.mark.parametrize(
    ("server", "expected"),
    [
        ("nginx", ["listen [::1]:8080;", "server_name second.example;"]),
        ("apache", ["Listen [::1]:8080\n", "ServerName http://second.example:8088", "Listen 8088\n"]),
        (
            "caddy",
            ["http://blog.example:8080, http://www.blog.example:8080 {", "http://second.example:8080 {", "bind [::1]"],
        ),
        ("haproxy", ["server wordpress [::1]:8080"]),
    ],
)
def test_sites_may_share_an_inner_server_told_apart_by_their_hosts(server: str, expected: list[str]) -> None:
    sites = [site.model_copy(update={"upstream": "http://[::1]:8080"}) for site in CONFIG.sites]
    shared = CONFIG.model_copy(update={"sites": tuple(sites)})
    found = recipes.render(server, shared, config_file="/etc/pw.toml", root="/srv/wp", php="unix:/run/php.sock")
    assert [line for line in expected if line not in found] == []
    assert found.count("Listen [::1]:8080\n") == (server == "apache")


def test_systemd_runs_the_configuration_that_was_named() -> None:
    unit = recipes.render("systemd", CONFIG, config_file="/etc/pw.toml", root="", php="")
    assert "ExecStart=/usr/bin/env pingwarden serve --config /etc/pw.toml" in unit
    assert "DynamicUser=yes" in unit


def test_systemd_hears_when_we_are_ready_reload_and_live() -> None:
    unit = recipes.render("systemd", CONFIG, config_file="/etc/pw.toml", root="", php="").splitlines()
    # Of two types an older systemd takes the one that it knows.
    assert [line for line in unit if line.startswith("Type=")] == ["Type=notify", "Type=notify-reload"]
    assert {"WatchdogSec=60", "KillMode=mixed", "TimeoutStopSec=30"} <= set(unit)


STATES = {
    "/var/lib/pingwarden": ["DynamicUser=yes", "StateDirectory=pingwarden", "ProtectHome=yes"],
    "/var/lib/blogs/pingwarden": ["DynamicUser=yes", "StateDirectory=blogs/pingwarden", "ProtectHome=yes"],
    "/srv/pingwarden": ["User=pingwarden", "ReadWritePaths=/srv/pingwarden", "ProtectHome=yes"],
    "/home/me/state": ["User=pingwarden", "BindPaths=/home/me/state", "ProtectHome=tmpfs"],
}


@pytest.mark.parametrize(("state_dir", "lines"), STATES.items(), ids=STATES)
def test_systemd_lets_it_write_where_its_state_is_and_nowhere_else(state_dir: str, lines: list[str]) -> None:
    config = CONFIG.model_copy(update={"state_dir": Path(state_dir)})
    unit = recipes.render("systemd", config, config_file="/etc/pw.toml", root="", php="").splitlines()
    names = ("DynamicUser", "User", "StateDirectory", "ReadWritePaths", "BindPaths", "ProtectHome")
    assert [line for line in unit if line.partition("=")[0] in names] == lines
    assert "ProtectSystem=strict" in unit


@pytest.mark.parametrize("name", recipes.names())
def test_every_one_ends_with_its_last_line(name: str) -> None:
    assert re.search(r"[^\n]\n\Z", printed(name))


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
def test_the_service_can_reach_little_of_its_machine(tmp_path: Path) -> None:
    file = tmp_path / "pingwarden.service"
    file.write_text(recipes.render("systemd", CONFIG, config_file="/etc/pw.toml", root="", php=""))
    told = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--threshold=12", str(file)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert told.returncode == 0, told.stdout + told.stderr
    assert "Overall exposure level for pingwarden.service: 1.1 OK" in told.stdout


def test_fail2ban_gets_a_filter_and_a_jail_with_the_limit_in_force() -> None:
    printed = recipes.render("fail2ban", CONFIG, config_file="/etc/pw.toml", root="", php="")
    names = re.findall(r"^# === (\S+)$", printed, re.MULTILINE)
    assert names == ["/etc/fail2ban/filter.d/pingwarden.conf", "/etc/fail2ban/jail.d/pingwarden.conf"]
    assert "maxretry = 20\n" in printed
    assert "ip=<ADDR> site=" in printed
