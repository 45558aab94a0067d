"""The printed configurations say what they must."""

import re

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


@pytest.fixture
def nginx() -> str:
    """The printed nginx configuration."""
    return recipes.render("nginx", CONFIG, config_file="/etc/pw.toml", root="/srv/wp", php="unix:/run/php.sock")


def test_there_are_recipes_for_nginx_and_systemd() -> None:
    assert {"nginx", "systemd"} <= set(recipes.names())


@pytest.mark.parametrize(
    "line",
    [
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
)
def test_nginx_holds(nginx: str, line: str) -> None:
    assert line in nginx


def test_nginx_sends_straight_to_php_only_what_we_would_not_read_either(nginx: str) -> None:
    straight = {re.sub(r"\\(.)", r"\1", path) for path in re.findall(r'"~\^POST /wp/(\S+)\\z" 0;', nginx)}
    assert straight == PLAIN_SCRIPTS


def test_braces_are_balanced(nginx: str) -> None:
    bare = "\n".join(line.partition("#")[0] for line in nginx.splitlines())
    assert bare.count("{") == bare.count("}")


def test_systemd_runs_the_configuration_that_was_named() -> None:
    unit = recipes.render("systemd", CONFIG, config_file="/etc/pw.toml", root="", php="")
    assert "ExecStart=/usr/bin/env pingwarden serve --config /etc/pw.toml" in unit
    assert "DynamicUser=yes" in unit


def test_fail2ban_gets_a_filter_and_a_jail_with_the_limit_in_force() -> None:
    printed = recipes.render("fail2ban", CONFIG, config_file="/etc/pw.toml", root="", php="")
    names = re.findall(r"^# === (\S+)$", printed, re.MULTILINE)
    assert names == ["/etc/fail2ban/filter.d/pingwarden.conf", "/etc/fail2ban/jail.d/pingwarden.conf"]
    assert "maxretry = 20\n" in printed
    assert "ip=<ADDR> site=" in printed
