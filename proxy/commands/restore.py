"""`pingwarden restore`: a state as it was when it was backed up, all of it or nothing."""

from pathlib import Path

import click

from proxy.backup import unpack
from proxy.commands.setup import configured
from proxy.config import Config
from proxy.state import alone_in, put_in_place, stage


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@configured
def restore(config: Config, file: Path) -> None:
    """Put the state in FILE, which `pingwarden backup` wrote, in the place of the present one.

    The server must be stopped. The former state is kept beside it. A backup of an older version is brought up to date
    when the server starts; one of a newer version is refused.
    """
    with alone_in(config.state_dir):
        made = unpack(file, stage(config.state_dir))
        former = put_in_place(config.state_dir)
    click.echo(f"restored the state of {made.made_at} ({len(made.files)} file(s)) to {config.state_dir}", err=True)
    if former is not None:
        click.echo(f"the former state lies in {former}: remove it when you do not need it any more", err=True)
    if made.schema is None:
        click.echo("the backup held no database: restore that with its own tools", err=True)
