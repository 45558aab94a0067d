"""`pingwarden score`: the model's opinion of lines of JSON, in the same order."""

import json
from typing import Any, BinaryIO

import click

from proxy.commands.samples import LINES, Line, read_lines
from proxy.commands.setup import configured
from proxy.config import Config
from proxy.decide import Bands, decide
from proxy.errors import ScorerUnavailable
from proxy.ping import Finding
from proxy.score import Judge, open_judge, shelf_in


@click.command()
@click.argument("file", type=LINES, default="-")
@configured
def score(config: Config, file: BinaryIO) -> None:
    """Read one linkback a line (JSON) and write one opinion a line."""
    judge = open_judge(shelf_in(config.state_dir))
    if judge.scorer is None:
        raise ScorerUnavailable(judge.trouble)
    for line in read_lines([file]):
        told = json.dumps(_opinion(judge, line), ensure_ascii=False)
        click.echo(told.encode("utf-8", "backslashreplace"))


def _opinion(judge: Judge, line: Line) -> dict[str, Any]:
    found = judge.score(line.sample)
    if found is None:
        raise ScorerUnavailable(judge.trouble)
    verdict = decide([Finding("model", found.log_odds, "")], judge.bands if judge.scorer else Bands())
    reasons = sorted(found.reasons, key=lambda reason: -abs(reason.points))
    return {
        "id": line.data.get("id"),  # as it came: a number stays one
        "spam_probability": found.probability,
        "action": verdict.action.value,
        "reasons": [{"rule": one.feature, "points": round(one.points, 6), "text": one.text} for one in reasons],
    }
