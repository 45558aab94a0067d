"""From an empty database and from each released schema to the newest; never from a newer one."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, create_engine, inspect, text

from proxy.errors import StoreUnavailable
from proxy.store import migrations
from proxy.store.migrations import NEWEST, present, upgrade
from proxy.store.schema import metadata
from tests.databases import put_empty

_SCRIPTS = Path(migrations.__file__).parent
RELEASED = sorted(path.name[:4] for path in (_SCRIPTS / "versions").glob("[0-9]*.py"))


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    """A connection to an empty file."""
    engine = create_engine(f"sqlite:///{tmp_path}/p.sqlite3")
    with engine.begin() as opened:
        yield opened
    engine.dispose()


def old(connection: Connection, revision: str) -> None:
    """Bring an empty database to an older schema."""
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def test_an_empty_database_has_no_revision_and_gets_the_newest(connection: Connection) -> None:
    assert present(connection) is None
    upgrade(connection)
    assert present(connection) == NEWEST
    assert set(metadata.tables) <= set(inspect(connection).get_table_names())


def test_every_index_is_made(connection: Connection) -> None:
    upgrade(connection)
    for table in metadata.tables.values():
        meant = {str(index.name): [column.name for column in index.columns] for index in table.indexes}
        made = {str(index["name"]): index["column_names"] for index in inspect(connection).get_indexes(table.name)}
        assert made == meant, table.name


def test_the_newest_is_the_last_script() -> None:
    assert RELEASED[-1] == NEWEST


@pytest.mark.parametrize("revision", RELEASED[:-1])
def test_what_an_older_schema_holds_is_still_there_in_the_newest(connection: Connection, revision: str) -> None:
    old(connection, revision)
    connection.execute(text("INSERT INTO paces (site, next_at) VALUES ('blog', 5)"))
    upgrade(connection)
    assert present(connection) == NEWEST
    assert connection.execute(text("SELECT site, next_at FROM paces")).all() == [("blog", 5)]
    for table in metadata.tables.values():
        columns = {column["name"] for column in inspect(connection).get_columns(table.name)}
        assert columns == set(table.columns.keys()), table.name


def test_a_schema_that_this_version_does_not_know_is_left_as_it_is(connection: Connection) -> None:
    upgrade(connection)
    connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreUnavailable, match="schema 9999, which is newer"):
        upgrade(connection)
    assert present(connection) == "9999"


def test_the_newest_schema_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = shutil.copy(put_empty(tmp_path), tmp_path / "again.sqlite3")
    engine = create_engine(f"sqlite:///{path}")
    monkeypatch.setattr(command, "upgrade", lambda *_: pytest.fail("nothing was to be done"))
    with engine.begin() as opened:
        upgrade(opened)
    engine.dispose()
