"""`pingwarden train`, `evaluate` and `models`: the model, from the command line."""

import asyncio
import json
from collections.abc import Callable, Coroutine, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar

import click

from model.errors import ModelError
from proxy.commands.labels import sync_all, told
from proxy.commands.progress import Tell, progress
from proxy.commands.samples import LINES, read_lines
from proxy.commands.setup import configured, with_database
from proxy.config import Config
from proxy.errors import ConfigError, PingwardenError
from proxy.labels import jsonl
from proxy.labels.sync import sites_of
from proxy.score import open_judge, share, shelf_in
from proxy.score.examples import Example, example_of
from proxy.score.portrait import Entry, entries
from proxy.score.shelf import Shelf
from proxy.store.database import Database

if TYPE_CHECKING:
    from proxy.score.evaluation import Evaluation, Figures
    from proxy.score.newcomer import Newcomer
    from proxy.score.training import Order

_FILES = click.argument("files", metavar="FILE...", type=LINES, nargs=-1)
_BY = "command line"
T = TypeVar("T")


@click.command()
@_FILES
@click.option("--from-history", is_flag=True, help="Learn from what persons said of linkbacks here.")
@click.option("--from-wordpress", is_flag=True, help="The same, after a look at WordPress's own moderation.")
@click.option(
    "--promote", type=click.Choice(["auto", "always", "never"]), default="auto", show_default=True,
    help="Put it in force: if it is not worse, or in any case, or not.",
)  # fmt: skip
@configured
def train(config: Config, files: tuple[BinaryIO, ...], from_history: bool, from_wordpress: bool, promote: Any) -> None:
    """Add labels to the shipped model, and use the result if it is not worse. FILEs hold labelled JSON lines."""
    from proxy.score.training import Order

    if not (files or from_history or from_wordpress):
        raise click.UsageError("say what to learn from: FILE..., --from-history or --from-wordpress")
    order = Order(_BY, promote, from_history or from_wordpress, _examples(files), bool(config.database))
    with progress() as tell:
        made = with_database(config, lambda database: _train(config, database, order, from_wordpress, tell))
    click.echo(f"model {made.card.model_id} learnt from {made.card.learnt_from['rows']} labels")
    click.echo(made.sentence)


async def _train(config: Config, database: Database, order: "Order", from_wordpress: bool, tell: Tell) -> "Newcomer":
    from proxy.score.training import train as train_once

    if from_wordpress:
        await _sync(config, database)
    return await train_once(database, shelf_in(config.state_dir), order, progress=tell)


async def _sync(config: Config, database: Database) -> None:
    sites = sites_of(config)
    if not sites:
        raise ConfigError("no site lets labels be read: set username and application_password in [sites.wordpress]")
    for one in await sync_all(config, database, sites):
        if one.trouble:
            raise PingwardenError(one.trouble)
        click.echo(told(one))


def _examples(files: Iterable[BinaryIO]) -> Iterator[Example]:
    """Yield the labelled lines of files. Without a time they are older than any other word on the same thing."""
    for line in read_lines(files):
        try:
            one = jsonl.read(line.data, datetime.min.replace(tzinfo=UTC))
        except jsonl.BadLine as problem:
            raise PingwardenError(f"{line.where}: {problem}") from None
        found = None if one is None else example_of(one, timed="at" in line.data)
        if found is not None:
            yield found


@click.command()
@_FILES
@click.option("--json", "as_json", is_flag=True, help="All figures as one JSON object.")
@click.option("--report", type=click.Path(dir_okay=False, path_type=Path), help="Write one self-contained HTML page.")
@configured
def evaluate(config: Config, files: tuple[BinaryIO, ...], as_json: bool, report: Path | None) -> None:
    """Say how well the model in force does on labelled linkbacks (JSON lines)."""
    from proxy.score.evaluation import measure, page

    if not files:
        raise click.UsageError("say what to measure by: FILE... (- is standard input)")
    judge = open_judge(shelf_in(config.state_dir))
    with progress() as tell:
        found = measure(judge, [line.sample for line in read_lines(files)], tell)
    if report is not None:
        report.write_text(page(judge, found), encoding="utf-8")
    if as_json:
        click.echo(json.dumps(found.to_json(), ensure_ascii=False))
        return
    _show(found)


def _show(found: "Evaluation") -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(title="How well the model in force does")
    for name in ("", "spam", "ham", "ROC-AUC", "recall at 0.5 %", "recall at 0.1 %", "Brier"):
        table.add_column(name, justify="left" if not name else "right")

    def row(name: str, one: "Figures") -> None:
        values = (one.roc_auc, one.recall_at_half_percent, one.recall_at_tenth_percent, one.brier)
        table.add_row(name, str(one.spam), str(one.ham), *(f"{value.value:.3f}" for value in values))

    for name, one in {"all": found.overall, **found.parts, **found.evasions}.items():
        row(name, one)
    Console().print(table)


@click.group()
def models() -> None:
    """The models of a state directory."""


@models.command("list")
@configured
def list_(config: Config) -> None:
    """Every model, the shipped one first, with what it learnt from and why it was refused."""
    _on_the_shelf(config, share.follow)
    for one in entries(shelf_in(config.state_dir)):
        click.echo(_line(one))


def _line(one: Entry) -> str:
    made, mark = one.created_at or "shipped", "*" if one.in_force else " "
    line = f"{mark} {one.id:<18} {one.model_id:<12}  {sum(one.labels.values())} labels  {made}"
    ordered = f"in force as ordered: {one.reason}" if one.ordered else ""
    trouble = one.broken or ordered or (f"refused: {one.reason}" if one.refused else "")
    return f"{line}  {trouble}" if trouble else line


@models.command()
@click.argument("model_id", metavar="ID")
@configured
def promote(config: Config, model_id: str) -> None:
    """Put the model ID of `models list` (either column) in force; a running proxy takes it within a second."""
    try:
        _on_the_shelf(config, lambda common, shelf: share.promote(common, shelf, model_id))
    except ModelError as problem:
        raise PingwardenError(str(problem)) from None


@models.command()
@configured
def rollback(config: Config) -> None:
    """Put the model before the present one in force."""
    click.echo(f"in force: {_on_the_shelf(config, share.roll_back)}")


def _on_the_shelf(config: Config, work: Callable[[Database | None, Shelf], Coroutine[Any, Any, T]]) -> T:
    """Do something with the models of this node, or with those that several nodes share in their database."""
    shelf = shelf_in(config.state_dir)
    if config.database:
        return with_database(config, lambda database: work(database, shelf))
    return asyncio.run(work(None, shelf))
