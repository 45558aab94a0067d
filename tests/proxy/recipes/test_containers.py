"""The printed Containerfile and compose file: readable, whole, and at one with the checkout and with each other."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from proxy import recipes
from proxy.config import from_mapping

ROOT = Path(__file__).parents[3]
CONFIG = from_mapping(
    {
        "listen": "0.0.0.0:8700",
        "admin_listen": "0.0.0.0:8701",
        "trusted_proxies": ["172.30.0.0/24"],
        "sites": [
            {"name": "blog", "public_url": "https://blog.example", "upstream": "http://nginx:8080"},
            {"name": "second", "public_url": "http://second.example:8088", "upstream": "http://nginx:8081"},
        ],
    }
)


def printed(name: str) -> str:
    """The printed file."""
    return recipes.render(name, CONFIG, config_file="/etc/pw.toml", root="/var/www/html", php="unix:/not/here")


@pytest.fixture
def compose() -> Any:
    """The compose file, read."""
    return yaml.safe_load(printed("compose"))


def test_what_the_containerfile_copies_is_there() -> None:
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", printed("container"), re.MULTILINE)
    assert copied
    assert [name for names in copied for name in names.split() if not (ROOT / name).exists()] == []


def test_the_containerfile_runs_what_is_installed() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    text = printed("container")
    assert 'ENTRYPOINT ["pingwarden"]' in text
    assert "pingwarden" in project["scripts"]
    extras = re.search(r"'\.\[(.+)\]'", text)
    assert extras
    assert set(extras[1].split(",")) <= set(project["optional-dependencies"])
    assert "EXPOSE 8700 8701" in text
    assert "USER 10001:10001" in text


def test_the_compose_file_holds_everything_that_it_names(compose: Any) -> None:
    services = compose["services"]
    assert set(services) == {"db", "wordpress", "pingwarden", "nginx"}
    for service in services.values():
        assert set(service.get("depends_on", ())) <= set(services)
        assert set(service.get("secrets", ())) <= set(compose["secrets"])
        named = {volume.partition(":")[0] for volume in service.get("volumes", ())}
        assert {name for name in named if not name.startswith("./")} <= set(compose["volumes"])
        assert service.get("image", "docker.io/").startswith("docker.io/"), "podman asks no registry that is not named"


def test_only_the_web_server_can_be_reached_and_our_pages_from_this_machine(compose: Any) -> None:
    ports = {name: service["ports"] for name, service in compose["services"].items() if "ports" in service}
    assert ports == {"nginx": ["443:443", "8088:8088"], "pingwarden": ["127.0.0.1:8701:8701"]}


def test_the_image_is_asked_for_its_health_by_a_word_without_spaces(compose: Any) -> None:
    [_, *command] = compose["services"]["pingwarden"]["healthcheck"]["test"]
    assert command[:2] == ["python", "-c"]
    assert not re.search(r"\s", command[2]), "podman 4.3 takes an argument with spaces apart"
    compile(command[2], "healthcheck", "eval")


def test_nginx_finds_the_others_and_believes_their_network_alone(compose: Any) -> None:
    nginx = printed("compose-nginx")
    assert "server pingwarden:8700;" in nginx
    assert "listen 8080;" in nginx
    assert "listen 8081;" in nginx
    assert "fastcgi_pass wordpress:9000;" in nginx
    [subnet] = compose["networks"]["default"]["ipam"]["config"]
    assert set(re.findall(r"set_real_ip_from (\S+);", nginx)) == {subnet["subnet"]}
    assert "./nginx.conf:/etc/nginx/conf.d/default.conf:ro" in compose["services"]["nginx"]["volumes"]
