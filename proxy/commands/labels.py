"""`pingwarden labels`: what persons said, from files, to files, and from WordPress."""

import asyncio
from collections.abc import Sequence
from typing import BinaryIO, TextIO

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from proxy.clock import now
from proxy.commands.samples import LINES, Line, read_lines
from proxy.commands.setup import configured, looking, site_named, with_database
from proxy.config import Config, Site
from proxy.errors import ConfigError, PingwardenError
from proxy.labels import jsonl
from proxy.labels.sync import Synced, sites_of
from proxy.labels.sync import sync as sync_site
from proxy.labels.words import LabelledSample
from proxy.store import labels as kept
from proxy.store.database import Database
from proxy.upstream import Upstream

_AT_ONCE = 500  # lines in one transaction


@click.group()
def labels() -> None:
    """What persons said is spam or ham: bring it in, take it out."""


@labels.command("import")
@click.argument("file", type=LINES)
@configured
def import_(config: Config, file: BinaryIO) -> None:
    """Take in labelled lines (JSON). All of them, or none if one cannot be read."""
    read = [_labelled(line) for line in read_lines([file])]
    given = [one for one in read if one is not None]

    async def work(database: Database) -> int:
        new = 0
        with _bar() as progress:
            task = progress.add_task("labels", total=len(given))
            for start in range(0, len(given), _AT_ONCE):
                batch = given[start : start + _AT_ONCE]
                new += await database.write(kept.take_in, batch)
                progress.advance(task, len(batch))
        return new

    new = with_database(config, work)
    left_out = f", {len(read) - len(given)} lines without a label left out" if len(given) < len(read) else ""
    click.echo(f"{new} labels are new or changed, {len(given) - new} were known{left_out}", err=True)


def _labelled(line: Line) -> LabelledSample | None:
    try:
        return jsonl.read(line.data, now())
    except jsonl.BadLine as problem:
        raise PingwardenError(f"{line.where}: {problem}") from None


@labels.command()
@click.argument("file", type=click.File("w", encoding="utf-8", atomic=True), default="-")
@click.option("--site", help="Of this site only.")
@looking
def export(config: Config, file: TextIO, site: str | None) -> None:
    """Give out every label with who said it when, one JSON object a line; `labels import` takes it back."""
    if site is not None:
        site_named(config, site)
    found = with_database(config, lambda database: database.read(kept.samples, site))
    file.writelines(jsonl.line(one) + "\n" for one in found)


@labels.command()
@click.option("--site", help="This site only.")
@configured
def sync(config: Config, site: str | None) -> None:
    """Read WordPress's moderation: what is spam there, approved, or taken out of the trash."""
    wanted = sites_of(config) if site is None else [site_named(config, site)]
    if not wanted:
        raise ConfigError("no site lets labels be read: set username and application_password in [sites.wordpress]")
    done = with_database(config, lambda database: sync_all(config, database, wanted))
    for one in done:
        if not one.trouble:
            click.echo(told(one))
    trouble = "; ".join(one.trouble for one in done if one.trouble)
    if trouble:
        raise PingwardenError(trouble)


async def sync_all(config: Config, database: Database, sites: Sequence[Site]) -> list[Synced]:
    """Read WordPress's moderation of each site, with a bar on a terminal."""
    done: list[Synced] = []
    async with Upstream(config.upstream_timeout_s) as upstream:
        with _bar() as progress:
            for site in sites:
                task = progress.add_task(site.name, total=None)

                def show(looked_at: int, total: int, task: object = task) -> None:
                    progress.update(task, completed=looked_at, total=total)  # type: ignore[arg-type]

                done.append(await sync_site(database, upstream, site, show))
                await asyncio.sleep(0)
    return done


def told(one: Synced) -> str:
    """Return what a sync did, in one line."""
    taken = one.taken
    said = f"{one.site}: {one.looked_at} comments and linkbacks looked at by {one.door}; "
    said += f"{taken.spam} new words for spam, {taken.ham} for ham, {taken.taken_back} taken back"
    said += f", {taken.on_pings} of them on linkbacks that came through here"
    return said + (f"; {one.marked} marked as spam in WordPress" if one.marked else "")


def _bar() -> Progress:
    """A bar on standard error when that is a terminal, else nothing at all."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console, disable=not console.is_terminal, transient=True)
