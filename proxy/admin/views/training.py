"""The state of training, and the labels that it learns from."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from proxy.admin.plain import visible
from proxy.admin.texts import Texts
from proxy.admin.views.model import label_name, person_name, source_name, time_of
from proxy.admin.views.sentences import detail_text
from proxy.score.run import Run
from proxy.store.labels import Tally


@dataclass(frozen=True, slots=True)
class RunView:
    """The training that goes on, or how the last one ended; `heading` is empty when there was none."""

    runs: bool
    heading: str
    sentence: str
    percent: int
    started_at: datetime | None
    ended_at: datetime | None
    model: str | None


_HEADINGS = {
    "running": "A model is being trained",
    "done": "The last training",
    "failed": "The last training failed",
    "waiting": "More labels are needed",
}


def run_view(texts: Texts, run: Run) -> RunView:
    """Return the state of training."""
    heading = _HEADINGS.get(run.phase.value, "")
    sentence = texts.say("{what}, begun by {name}", what=detail_text(texts, run.what), name=person_name(texts, run.by))
    return RunView(
        run.runs,
        texts.say(heading) if heading else "",
        visible(sentence if run.runs else detail_text(texts, run.sentence), 400),
        round(100 * run.done),
        time_of(run.started_at),
        time_of(run.ended_at),
        run.model,
    )


def label_rows(texts: Texts, tally: Iterable[Tally]) -> list[tuple[str, str, str, str]]:
    """Return the labels so far as lines of a table: which, by whom, from where, how many."""
    return [
        (
            label_name(texts, one.label),
            person_name(texts, one.by),
            source_name(texts, one.source),
            texts.number(one.count),
        )
        for one in tally
    ]


def missing(texts: Texts, spam: int, ham: int, needed: int) -> str:
    """Return what labels are missing until this site can have a model of its own, empty when none."""
    if spam >= needed and ham >= needed:
        return ""
    return texts.say(
        "{spam} of {needed} spam labels and {ham} of {needed} honest labels: a model of this site's own needs both.",
        spam=spam,
        ham=ham,
        needed=needed,
    )


def new_labels(texts: Texts, new: int, after: int) -> str:
    """Return how many labels came since the last training, and when it trains by itself (*after* of 0: never)."""
    told = texts.count("{n} new label since the last training.", "{n} new labels since the last training.", new)
    if not after:
        return told
    return told + " " + texts.say("After {n} it trains by itself.", n=texts.number(after))
