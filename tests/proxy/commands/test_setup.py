"""Which configuration options and environment mean, and the database that a command works in."""

from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from proxy.commands.setup import chosen, configured, with_database
from proxy.config import Config
from proxy.errors import ConfigError, UnknownThing
from proxy.store import pings
from proxy.store.database import Database


@pytest.fixture(autouse=True)
def _nothing_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PINGWARDEN_CONFIG", raising=False)
    monkeypatch.delenv("PINGWARDEN_STATE_DIR", raising=False)


def test_a_file_is_meant(config: Path, tmp_path: Path) -> None:
    meant = chosen(config, None)
    assert (meant.sites[0].name, meant.state_dir) == ("blog", tmp_path)
    assert chosen(config, tmp_path / "other").state_dir == tmp_path / "other"
    assert chosen(config, tmp_path / "other").sites == meant.sites


def test_a_state_directory_alone_is_enough(tmp_path: Path) -> None:
    meant = chosen(None, tmp_path)
    assert (meant.state_dir, len(meant.sites)) == (tmp_path, 1)


def test_the_environment_counts_where_no_option_does(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PINGWARDEN_CONFIG", str(config))
    assert chosen(None, None).sites[0].name == "blog"
    monkeypatch.setenv("PINGWARDEN_STATE_DIR", str(tmp_path / "other"))
    assert chosen(None, None).state_dir == tmp_path / "other"
    assert chosen(None, tmp_path / "third").state_dir == tmp_path / "third"
    monkeypatch.setenv("PINGWARDEN_CONFIG", "")
    assert chosen(None, None).sites[0].name == "site"


def test_without_any_that_is_said() -> None:
    with pytest.raises(ConfigError, match="say which site is meant: --config FILE or --state-dir DIR"):
        chosen(None, None)


def test_a_configured_command_is_handed_what_its_options_mean(config: Path) -> None:
    @click.command()
    @click.argument("word")
    @configured
    def say(config: Config, word: str) -> None:
        """Say it."""
        click.echo(f"{word} {config.sites[0].name}")

    assert CliRunner().invoke(say, ["hello", "--config", str(config)]).output == "hello blog\n"
    assert "--state-dir" in CliRunner().invoke(say, ["--help"]).output


def test_the_database_is_made_where_it_is_not_for_our_eyes_only_and_closed_in_the_end(tmp_path: Path) -> None:
    meant = chosen(None, tmp_path / "deep" / "state")
    kept: list[Database] = []

    async def work(database: Database) -> dict[str, int]:
        kept.append(database)
        return await database.read(pings.counts)

    assert set(with_database(meant, work).values()) == {0}
    assert (tmp_path / "deep" / "state").stat().st_mode & 0o777 == 0o700

    async def broken(database: Database) -> None:
        kept.append(database)
        await database.read(pings.get, "NOSUCH")

    with pytest.raises(UnknownThing):
        with_database(meant, broken)
    assert [database._task is not None and database._task.done() for database in kept] == [True, True]
