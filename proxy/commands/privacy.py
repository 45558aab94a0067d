"""`pingwarden privacy`: what is held about a host or an address, and erasing it."""

import click

from proxy.commands.setup import looking, with_database
from proxy.commands.values import ADDRESS
from proxy.config import Config
from proxy.errors import MalformedPing
from proxy.privacy import about_address, addresses_of
from proxy.store import privacy as rows
from proxy.store.database import Database
from proxy.store.privacy import About, Held
from proxy.urls import ascii_host

_AT_ONCE = 100
_SHOWN = 100


@click.group()
def privacy() -> None:
    """Show or erase what is held about the host of a source or the address of a sender."""


@privacy.command()
@click.option("--host", help="The host of sources, for example spam.example.")
@click.option("--address", type=ADDRESS, help="The address of a sender.")
@looking
def show(config: Config, host: str | None, address: str | None) -> None:
    """Say what is held."""
    about = _about(config, host, address)

    async def work(database: Database) -> tuple[Held, list[str]]:
        return await database.read(rows.held_about, about), await database.read(rows.pings_about, about, _SHOWN)

    held, ids = with_database(config, work)
    _tell(held, "held")
    for ping_id in ids:
        click.echo(f"ping {ping_id}")
    if held.pings > len(ids):
        click.echo(f"and {held.pings - len(ids)} more")


@privacy.command()
@click.option("--host", help="The host of sources, for example spam.example.")
@click.option("--address", type=ADDRESS, help="The address of a sender.")
@looking
def erase(config: Config, host: str | None, address: str | None) -> None:
    """Erase it: pings, their events, evidence and labels. Your own rules stay."""
    about = _about(config, host, address)

    async def work(database: Database) -> Held:
        held = await database.read(rows.held_about, about)
        await database.write(rows.erase_rest, about)
        while ids := await database.read(rows.pings_about, about, _AT_ONCE):
            await database.write(rows.erase_pings, ids)
        return held

    _tell(with_database(config, work), "erased")
    click.echo("not erased: copies of pages that a running server keeps in memory, until it is restarted", err=True)
    click.echo("not erased: what is in backups, in logs, and in WordPress itself", err=True)


def _about(config: Config, host: str | None, address: str | None) -> About:
    if (host is None) == (address is None):
        raise click.UsageError("give either --host or --address")
    if host is not None:
        try:
            return About(host=ascii_host(host.lower()))
        except MalformedPing:
            raise click.UsageError(f'--host = {host[:200]!r} must be a host such as "spam.example"') from None
    if config.privacy.addresses == "shortened":
        click.echo("addresses are kept shortened: this is about all of the address's network", err=True)
    return about_address(addresses_of(config), str(address))


def _tell(held: Held, done: str) -> None:
    click.echo(f"{done}: {held.pings} ping(s) with their evidence, {held.events} event(s)")
    click.echo(f"{done}: {held.labels} label(s), {held.comments} note(s) on WordPress's comments")
    click.echo(f"{done}: {held.undos} action(s) that could be taken back")
    for rule in held.rules:
        click.echo(f"your own rule, which stays: {rule}")
