"""`pingwarden print-config`: complete configurations for the servers around us."""

import re
from pathlib import Path

import pytest

from proxy import recipes
from tests.proxy.commands.running import call


@pytest.mark.parametrize("server", recipes.names())
def test_a_printed_configuration_is_complete(config: Path, server: str) -> None:
    done = call("print-config", server, "--config", str(config))
    assert done.exit_code == 0, done.stderr
    assert not re.search(r"\{\{ *(?:config|site|root|php|script)|\{%", done.stdout)  # others write {{ too
    assert str(config) in done.stdout or server == "grafana"  # JSON has no comments


def test_options_stand_in_it_and_the_environment_names_the_file(config: Path) -> None:
    done = call(
        "print-config", "nginx", "--root", "/srv/wp", "--php", "unix:/run/x.sock", PINGWARDEN_CONFIG=str(config)
    )
    assert done.exit_code == 0, done.stderr
    assert "/srv/wp" in done.stdout
    assert "unix:/run/x.sock" in done.stdout


def test_a_state_directory_beside_the_file_is_served_from(config: Path) -> None:
    done = call("print-config", "systemd", "--state-dir", "/srv/state", PINGWARDEN_CONFIG=str(config))
    assert done.exit_code == 0, done.stderr
    assert f"pingwarden serve --config {config} --state-dir /srv/state\n" in done.stdout
    assert "ReadWritePaths=/srv/state\n" in done.stdout
    own = call("print-config", "systemd", "--config", str(config), PINGWARDEN_STATE_DIR="/srv/state").stdout
    assert f"pingwarden serve --config {config}\n" in own


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [(["nginx"], "say which configuration is meant: --config FILE"), (["iis"], "'iis' is not one of")],
)
def test_a_wrong_call_is_said(arguments: list[str], sentence: str) -> None:
    done = call("print-config", *arguments)
    assert done.exit_code == 2
    assert sentence in done.stderr
