"""`pingwarden backup`: the whole state in one file, while the server runs."""

from pathlib import Path

import click

from proxy.backup import write_backup
from proxy.commands.setup import configured
from proxy.config import Config


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@configured
def backup(config: Config, file: Path) -> None:
    """Write database, models and keys to FILE, which must not exist yet. Safe while the server runs.

    The configuration file is not in it. A database at PostgreSQL or MariaDB is not either: use their own tools.
    """
    made = write_backup(config, file)
    click.echo(f"wrote {file}: {len(made.files)} file(s), {file.stat().st_size} bytes", err=True)
    if config.database:
        click.echo("the database is not in it: back it up with its own tools (pg_dump, mariadb-dump)", err=True)
