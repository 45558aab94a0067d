"""`pingwarden move`: everything from one database to another engine."""

import asyncio

import click

from proxy.commands.progress import progress
from proxy.commands.setup import configured, wrong_call
from proxy.config import Config
from proxy.errors import PingwardenError
from proxy.score import Shelf, share, shelf_in
from proxy.state import alone_in
from proxy.store.database import Database, open_database
from proxy.store.move import TABLES, copy_table, count_rows, used_tables


@click.command()
@click.argument("to", metavar="URL")
@configured
def move(config: Config, to: str) -> None:
    """Copy the whole database to the empty one at URL (postgresql:// or mysql://). Stop the server before.

    The present database is left as it is. The models are copied too; keys stay in
    the state directory.
    """
    with wrong_call():
        target_url = config.model_copy(update={"database": to}).database_url
    if target_url == config.database_url:
        raise PingwardenError("that is the database in use")
    with alone_in(config.state_dir):
        moved = asyncio.run(_move(config.database_url, target_url, shelf_in(config.state_dir)))
    rows = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in moved.items() if count)
    click.echo(f"copied {rows or 'nothing: the database is empty'}", err=True)
    click.echo('set "database" in the configuration to that URL, and start the server again', err=True)


async def _move(source_url: str, target_url: str, shelf: Shelf) -> dict[str, int]:
    source = await open_database(source_url)
    try:
        target = await open_database(target_url)
        try:
            moved = await _copy(source, target)
            await share.bring(target, shelf)
            return moved
        finally:
            await target.close()
    finally:
        await source.close()


async def _copy(source: Database, target: Database) -> dict[str, int]:
    used = await target.read(used_tables)
    if used:
        raise PingwardenError(f"the database to move to is not empty: there is something in {', '.join(used)}")
    wanted = await source.read(count_rows)
    with progress() as tell:
        for table in TABLES:
            done = 0
            async for count in copy_table(source, target, table):
                done += count
                tell(table.name, done / max(done, wanted[table.name]))
    found = await target.read(count_rows)
    if found != await source.read(count_rows):
        raise PingwardenError("the database changed while it was copied: stop the server, empty the new one, try again")
    return found
