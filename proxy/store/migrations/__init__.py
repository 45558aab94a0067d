"""From any released schema forward to the newest; a newer one is refused."""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from proxy.errors import StoreUnavailable

NEWEST = "0008"


def present(connection: Connection) -> str | None:
    """Return the revision of the database, None when it is empty."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def upgrade(connection: Connection) -> None:
    """Bring the schema to `NEWEST`. Raises `StoreUnavailable` for a schema that this version does not know."""
    revision = present(connection)
    if revision == NEWEST:
        return
    # Alembic is imported only here: a start with an up-to-date schema does without it.
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("path_separator", "os")
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if revision is not None and revision not in known:
        raise StoreUnavailable(
            f"the database has schema {revision}, which is newer than this version of pingwarden: "
            "install the newer version again, or restore a backup"
        )
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
