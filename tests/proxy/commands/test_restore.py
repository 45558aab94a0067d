"""`pingwarden restore`: there and back again, and never under a running server."""

from pathlib import Path

import pytest

from proxy.state import StateInUse, alone_in, working_in
from tests.proxy.commands.running import call
from tests.proxy.commands.test_pings import kept
from tests.stage import on_stage


@pytest.fixture
def backup(config: Path, tmp_path: Path) -> Path:
    """A backup with one ping in it."""
    kept(config, "a.example/")
    assert call("backup", str(tmp_path / "b.tar.gz"), "--config", str(config)).exit_code == 0
    return tmp_path / "b.tar.gz"


def sources(config: Path) -> int:
    """How many pings there are."""
    return call("pings", "list", "--json", "--config", str(config)).stdout.count("source_url")


def test_the_state_is_as_it_was_and_the_former_one_is_kept(config: Path, backup: Path, tmp_path: Path) -> None:
    kept(config, "b.example/", "c.example/")
    assert sources(config) == 3
    done = call("restore", str(backup), "--config", str(config))
    assert done.exit_code == 0
    assert "restored the state of 20" in done.stderr
    assert f"the former state lies in {tmp_path / 'before-restore-1'}" in done.stderr
    assert sources(config) == 1
    assert (tmp_path / "before-restore-1" / "pingwarden.sqlite3").exists()
    assert config.exists()


def test_into_an_empty_directory_too(backup: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    assert call("restore", str(backup), "--state-dir", str(other)).exit_code == 0
    listed = call("pings", "list", "--json", "--state-dir", str(other))
    assert listed.stdout.count("source_url") == 1
    assert (other / "pingwarden.sqlite3").stat().st_mode & 0o777 == 0o600


def test_under_a_running_server_nothing_is_touched(config: Path, backup: Path, tmp_path: Path) -> None:
    kept(config, "b.example/")
    with working_in(tmp_path):
        done = call("restore", str(backup), "--config", str(config))
    assert (done.exit_code, done.stderr) == (1, f"pingwarden: a server works in {tmp_path}: stop it first\n")
    assert sources(config) == 2


def test_a_backup_that_is_not_whole_changes_nothing(config: Path, backup: Path) -> None:
    backup.write_bytes(backup.read_bytes()[:-200])
    done = call("restore", str(backup), "--config", str(config))
    assert (done.exit_code, done.stderr.count("\n")) == (1, 1)
    assert "is not a whole backup" in done.stderr
    assert sources(config) == 1


async def test_a_running_server_holds_its_state(tmp_path: Path) -> None:
    async with on_stage(tmp_path):
        with pytest.raises(StateInUse, match="a server works in"), alone_in(tmp_path):
            pass
    with alone_in(tmp_path):
        pass
