"""`pingwarden password`: who may sign in to the admin pages."""

import sys
from collections.abc import Sequence

import click

from proxy.admin.password import check, hashed
from proxy.admin.session import FIRST_LINK, FIRST_NAME
from proxy.clock import now
from proxy.commands.setup import configured, site_named, with_database, wrong_call
from proxy.config import Config
from proxy.store import people
from proxy.store.database import Database
from proxy.store.people import Person, Role
from proxy.store.scope import EVERYWHERE, Scope


@click.command()
@click.option("--name", default=FIRST_NAME, show_default=True, help="Who: letters, digits and . _ @ -")
@click.option(
    "--role", type=click.Choice([role.value for role in Role]), default=Role.MODERATOR.value, show_default=True,
    help="A moderator decides, a reader looks on.",
)  # fmt: skip
@click.option("--site", "sites", multiple=True, help="Only this site's things; may be given again. Without it: all.")
@configured
def password(config: Config, name: str, role: str, sites: tuple[str, ...]) -> None:
    """Set the password of the admin pages: asked for on a terminal, else the first line of standard input."""
    with wrong_call():
        person = Person(people.good_name(name), Role(role), _scope(config, sites))
    if sys.stdin.isatty():
        given = click.prompt("New password", hide_input=True, confirmation_prompt=True)
    else:
        given = sys.stdin.readline().rstrip("\r\n")
    password_hash = hashed(check(given))

    async def work(database: Database) -> None:
        await database.write(people.keep, person, password_hash, now())
        await database.write(people.forget, FIRST_LINK)

    with_database(config, work)
    sees = f" of {', '.join(sorted(sites))} alone" if sites else ""
    told = f"{person.name} ({person.role}{sees}) can sign in with the new password; older sessions are over"
    click.echo(told, err=True)


def _scope(config: Config, sites: Sequence[str]) -> Scope:
    """Return what somebody looks after. Raises `click.UsageError` for a site that there is not."""
    return Scope(frozenset(site_named(config, name).name for name in sites)) if sites else EVERYWHERE
