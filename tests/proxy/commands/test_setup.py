"""Which configuration options and environment mean, and the database that a command works in."""

from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from proxy.commands.setup import (
    chosen,
    configured,
    file_named,
    known_sites,
    one_site,
    site_named,
    with_database,
    wrong_call,
)
from proxy.config import Config
from proxy.errors import UnknownThing
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
    assert (meant.state_dir, known_sites(meant)) == (tmp_path, ())


def test_where_only_a_file_will_do_the_environments_counts_beside_a_state_directory(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert file_named(None, tmp_path) is None
    monkeypatch.setenv("PINGWARDEN_CONFIG", "/etc/other.toml")
    assert file_named(None, tmp_path) == file_named(None, None) == Path("/etc/other.toml")
    assert file_named(config, tmp_path) == config


def test_a_site_is_named_or_it_is_said_which_there_are(config: Path, tmp_path: Path) -> None:
    assert site_named(chosen(config, None), "blog").name == "blog"
    for meant, allowed in ((config, "must be one of blog"), (None, "needs --config FILE")):
        with pytest.raises(click.UsageError, match=f"--site = 'nosuch' {allowed}"):
            site_named(chosen(meant, None if meant else tmp_path), "nosuch")


def test_what_is_wrong_in_a_value_of_the_call_is_a_wrong_call() -> None:
    with pytest.raises(click.UsageError, match="there is no rule 5"), wrong_call():
        raise UnknownThing("rule", "5")
    with pytest.raises(click.UsageError, match=r"^upstream = 'x': must look like"):
        one_site({}, "x")


def test_the_environment_counts_where_no_option_does(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PINGWARDEN_CONFIG", str(config))
    assert chosen(None, None).sites[0].name == "blog"
    monkeypatch.setenv("PINGWARDEN_STATE_DIR", str(tmp_path / "other"))
    assert chosen(None, None).state_dir == tmp_path / "other"
    assert chosen(None, tmp_path / "third").state_dir == tmp_path / "third"
    assert chosen(config, None).state_dir == tmp_path
    monkeypatch.setenv("PINGWARDEN_CONFIG", "")
    assert chosen(None, None).sites[0].name == "site"


def test_without_any_that_is_said() -> None:
    with pytest.raises(click.UsageError, match="say which site is meant: --config FILE or --state-dir DIR"):
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
