"""`pingwarden train`, `evaluate` and `models`: the model, from the command line."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, TextIO, cast

import click

from model.errors import ModelError
from proxy.clock import now
from proxy.commands.progress import progress
from proxy.commands.samples import read_samples
from proxy.commands.setup import configured
from proxy.config import Config
from proxy.errors import PingwardenError
from proxy.score import open_judge, shelf_in

if TYPE_CHECKING:
    from proxy.score.evaluation import Evaluation, Figures

_FILES = click.argument("files", metavar="FILE...", type=click.File("r", encoding="utf-8"), nargs=-1)


@click.command()
@_FILES
@click.option("--promote", type=click.Choice(["auto", "always", "never"]), default="auto", show_default=True)
@configured
def train(config: Config, files: tuple[TextIO, ...], promote: str) -> None:
    """Add labelled linkbacks (JSON lines) to the shipped model, and use the result if it is not worse."""
    from proxy.score.newcomer import Promote, train_newcomer

    samples = list(read_samples(files))
    try:
        with progress() as tell:
            made = train_newcomer(shelf_in(config.state_dir), samples, cast("Promote", promote), now(), tell)
    except ModelError as problem:
        raise PingwardenError(str(problem)) from None
    click.echo(f"model {made.card.model_id} learnt from {made.card.learnt_from['rows']} labels")
    click.echo(f"{'in force' if made.promoted else 'kept, not in force'}: {made.comparison.why}")


@click.command()
@_FILES
@click.option("--json", "as_json", is_flag=True, help="All figures as one JSON object.")
@click.option("--report", type=click.Path(dir_okay=False, path_type=Path), help="Write one self-contained HTML page.")
@configured
def evaluate(config: Config, files: tuple[TextIO, ...], as_json: bool, report: Path | None) -> None:
    """Say how well the model in force does on labelled linkbacks (JSON lines)."""
    from proxy.score.evaluation import measure, page

    judge = open_judge(shelf_in(config.state_dir))
    with progress() as tell:
        found = measure(judge, list(read_samples(files)), tell)
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
    """Every model, the shipped one first, with what it learnt from."""
    for one in shelf_in(config.state_dir).all():
        mark = "*" if one.in_force else " "
        made = one.card.created_at or "shipped"
        click.echo(f"{mark} {one.id:<18} {one.card.model_id}  {one.card.learnt_from.get('rows', '?')} labels  {made}")


@models.command()
@click.argument("model_id", metavar="ID")
@configured
def promote(config: Config, model_id: str) -> None:
    """Put a model in force; a running proxy takes it within a second."""
    try:
        shelf_in(config.state_dir).promote(model_id)
    except ModelError as problem:
        raise PingwardenError(str(problem)) from None


@models.command()
@configured
def rollback(config: Config) -> None:
    """Put the model before the present one in force."""
    click.echo(f"in force: {shelf_in(config.state_dir).roll_back()}")
