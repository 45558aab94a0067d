"""`pingwarden pings`: list, show, approve, reject."""

import json

import click

from proxy.admin.json import ping_json
from proxy.clock import now
from proxy.commands.setup import looking, with_database
from proxy.config import Config
from proxy.errors import PingwardenError
from proxy.ping import Label, Ping, State
from proxy.store import pings as rows
from proxy.store.database import Database

_BY = "command line"


@click.group()
def pings() -> None:
    """Look at linkbacks, approve or reject them."""


@pings.command("list")
@click.option("--state", type=click.Choice([state.value for state in State]), help="In this state only.")
@click.option("--site", metavar="NAME", help="Of this site only.")
@click.option("--text", help="Look for this in URLs and texts.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True, help="At most so many.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@looking
def list_(config: Config, state: str | None, site: str | None, text: str | None, limit: int, as_json: bool) -> None:
    """The newest linkbacks first."""
    wanted = rows.Filter(State(state) if state else None, None, site, text)
    found, _ = with_database(config, lambda database: database.read(rows.list_page, wanted, limit))
    for ping in found:
        click.echo(json.dumps(ping_json(ping), ensure_ascii=False) if as_json else _line(ping))
    if not found and not as_json:
        click.echo("no linkbacks", err=True)


def _line(ping: Ping) -> str:
    points = f"{ping.verdict.points:+6.1f}" if ping.verdict else "      "
    when = ping.received_at.strftime("%Y-%m-%d %H:%M")
    return f"{ping.id}  {when}  {ping.state:<9}  {points}  {ping.linkback.source_url} -> {ping.linkback.target_url}"


@pings.command()
@click.argument("ping_id", metavar="ID")
@looking
def show(config: Config, ping_id: str) -> None:
    """One linkback with its reasons, its evidence and its story, as JSON."""
    ping = with_database(config, lambda database: database.read(rows.get, ping_id))
    click.echo(json.dumps(ping_json(ping), indent=2, ensure_ascii=False))


@pings.command()
@click.argument("ping_ids", metavar="ID...", nargs=-1, required=True)
@looking
def approve(config: Config, ping_ids: tuple[str, ...]) -> None:
    """Approve linkbacks: the running proxy delivers them."""
    _say(config, ping_ids, State.APPROVED, Label.HAM)


@pings.command()
@click.argument("ping_ids", metavar="ID...", nargs=-1, required=True)
@looking
def reject(config: Config, ping_ids: tuple[str, ...]) -> None:
    """Reject linkbacks."""
    _say(config, ping_ids, State.REJECTED, Label.SPAM)


def _say(config: Config, ping_ids: tuple[str, ...], wanted: State, label: Label) -> None:
    async def work(database: Database) -> list[PingwardenError]:
        refused: list[PingwardenError] = []
        for ping_id in ping_ids:
            try:
                ping = await database.write(rows.word, ping_id, wanted, label, _BY, now())
                click.echo(_line(ping))
            except PingwardenError as problem:
                refused.append(problem)
        return refused

    refused = with_database(config, work)
    if refused:
        raise PingwardenError("; ".join(str(problem) for problem in refused))
