"""`pingwarden score`: the model's opinion of lines of JSON, in the same order."""

import json
from typing import Any, TextIO

import click

from model.sample import Sample
from proxy.commands.samples import read_sample
from proxy.commands.setup import looking
from proxy.config import Config
from proxy.decide import Bands, decide
from proxy.errors import ScorerUnavailable
from proxy.ping import Finding
from proxy.score import Judge, open_judge, shelf_in


@click.command()
@click.argument("file", type=click.File("r", encoding="utf-8"), default="-")
@looking
def score(config: Config, file: TextIO) -> None:
    """Read one linkback a line (JSON) and write one opinion a line."""
    judge = open_judge(shelf_in(config.state_dir))
    if judge.scorer is None:
        raise ScorerUnavailable(judge.trouble)
    for number, line in enumerate(file, start=1):
        if line.strip():
            click.echo(json.dumps(_opinion(judge, read_sample(line, f"line {number}")), ensure_ascii=False))


def _opinion(judge: Judge, sample: Sample) -> dict[str, Any]:
    found = judge.score(sample)
    if found is None:
        raise ScorerUnavailable(judge.trouble)
    verdict = decide([Finding("model", found.log_odds, "")], judge.bands if judge.scorer else Bands())
    reasons = sorted(found.reasons, key=lambda reason: -abs(reason.points))
    return {
        "id": sample.id,
        "spam_probability": found.probability,
        "action": verdict.action.value,
        "reasons": [{"rule": one.feature, "points": round(one.points, 6), "text": one.text} for one in reasons],
    }
