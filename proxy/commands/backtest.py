"""`pingwarden backtest`: what another model or other thresholds would have changed in the stored history."""

import json
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from model.errors import ModelError
from proxy.clock import now
from proxy.commands.setup import looking, with_database
from proxy.config import Config
from proxy.errors import PingwardenError, ScorerUnavailable
from proxy.ping import Action, Label
from proxy.score import Judge, open_judge, shelf_in
from proxy.score.backtest import Candidate, Row
from proxy.score.backtest import backtest as decide_again
from proxy.score.judge import judge_of
from proxy.score.shelf import Shelf
from proxy.store import history

_MOST = 50_000
_SHOWN = 200
_BEST_FOR = {Label.SPAM: Action.REJECT, Label.HAM: Action.APPROVE}


@click.command()
@click.option("--model", "model_id", metavar="ID", help="This model instead of the one in force (`models list`).")
@click.option("--approve-below", type=float, help="Approve below so many points.")
@click.option("--reject-above", type=float, help="Reject from so many points on.")
@click.option("--days", type=click.IntRange(1, 3650), default=30, show_default=True, help="How far back.")
@click.option("--json", "as_json", is_flag=True, help="Each changed linkback as a line of JSON.")
@looking
def backtest(
    config: Config,
    model_id: str | None,
    approve_below: float | None,
    reject_above: float | None,
    days: int,
    as_json: bool,
) -> None:
    """Decide the linkbacks of the last days again, and say which would have gone another way."""
    if approve_below is not None and reject_above is not None and approve_below > reject_above:
        raise click.UsageError(f"--approve-below {approve_below:g} must not be above --reject-above {reject_above:g}")
    shelf = shelf_in(config.state_dir)
    present = open_judge(shelf)
    if present.scorer is None:
        raise ScorerUnavailable(present.trouble)
    judge = present if model_id is None else _judge(shelf, model_id)
    candidate = Candidate(present, judge, approve_below, reject_above)
    policies = {site.name: site.policy for site in config.sites}
    since = now() - timedelta(days=days)
    past = with_database(config, lambda database: database.read(history.since, since, _MOST))
    rows = list(decide_again(candidate, past, policies))
    changed = [row for row in rows if row.changed]
    if as_json:
        for row in changed:
            click.echo(json.dumps(row.to_json(), ensure_ascii=False))
        return
    _show(changed)
    click.echo(_summary(len(rows), changed, judge))


def _judge(shelf: Shelf, model_id: str) -> Judge:
    found = shelf.named(model_id)
    try:
        return judge_of(found.load())
    except ModelError as problem:
        raise PingwardenError(str(problem)) from None


def _summary(examined: int, changed: Sequence[Row], judge: Judge) -> str:
    ways = Counter((row.before, row.after) for row in changed)
    told = ", ".join(f"{count} from {before} to {after}" for (before, after), count in ways.most_common())
    labelled = [row for row in changed if row.label is not None]
    better = sum(row.after is _BEST_FOR[row.label] for row in labelled if row.label)
    worse = sum(row.before is _BEST_FOR[row.label] for row in labelled if row.label)
    line = f"model {judge.model_id}: of {examined} linkbacks {len(changed)} would have gone another way"
    line += f": {told}" if told else ""
    persons = f"; by what persons said of them, {better} to where they belong and {worse} away from there"
    return line + (persons if labelled else "")


def _show(changed: Sequence[Row]) -> None:
    if not changed:
        return
    table = Table(title="What would have gone another way")
    for name in ("id", "source", "from", "to", "points", "label"):
        table.add_column(name, overflow="fold", justify="right" if name == "points" else "left")
    for row in changed[:_SHOWN]:
        points = f"{row.points_before:+.1f} → {row.points_after:+.1f}"
        table.add_row(row.ping_id, escape(row.source_url), row.before, row.after, points, row.label or "")
    Console().print(table)
    if len(changed) > _SHOWN:
        click.echo(f"… and {len(changed) - _SHOWN} more; --json gives all")
