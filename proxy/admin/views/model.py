"""A model as its page shows it: how well it does, what it learnt, and how it stands beside the one in force."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Protocol

from markupsafe import Markup

from proxy.admin.curves import Spot, calibration, curve
from proxy.admin.plain import visible
from proxy.admin.plots import Interval, intervals
from proxy.admin.texts import Texts
from proxy.admin.views.sentences import detail_text, sign_text
from proxy.admin.views.words import points_text
from proxy.score.changes import Moved
from proxy.score.portrait import Bin, Comparison, CurvePoint, Entry, Figure, LearntFrom, Portrait

_WORDS_SHOWN = 20
_KNOWN = {
    "roc_auc": "area under the ROC curve",
    "recall_at_0.1%": "spam found at 0.1 % false alarms",
    "recall_at_0.5%": "spam found at 0.5 % false alarms",
    "spam_rejected": "spam rejected",
    "spam_approved": "spam approved",
    "honest_rejected": "honest rejected",
    "honest_held": "honest held",
    "brier": "Brier score",
}
_IN_THE_LIST = ("roc_auc", "recall_at_0.5%")
_NAMES = {
    "spam": "spam",
    "ham": "ham",
    "trackback": "trackback",
    "pingback": "pingback",
    "comment": "comment",
    "other": "other",
}
_SOURCES = {
    "admin": "these pages",
    "wordpress": "WordPress's moderation",
    "import": "imported files",
    "file": "files",
}
_NOT_PERSONS = {
    "wordpress": "WordPress's moderation",
    "api": "the API",
    "command line": "the command line",
    "schedule": "itself, after enough new labels",
}


class Block(Protocol):
    """Tokens and their weights, in the same order."""

    @property
    def tokens(self) -> tuple[str, ...]:
        """The tokens."""

    @property
    def weights(self) -> Sequence[float]:
        """Their weights."""


@dataclass(frozen=True, slots=True)
class FigureRow:
    """One measured figure, and the same of the model in force where they are compared."""

    name: str
    value: str
    interval: str
    beside: str = ""
    beside_interval: str = ""


@dataclass(frozen=True, slots=True)
class Plot:
    """A plot and the rows of its table."""

    plot: Markup
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class ModelRow:
    """One model in the list. `state` is what it is: in force, refused, or nothing of it."""

    id: str
    model_id: str
    made_at: datetime | None
    in_force: bool
    refused: bool
    shipped: bool
    labels: str
    figures: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class ModelView:
    """All of one model."""

    row: ModelRow
    sha256: str
    note: str
    parent: str
    bands: tuple[str, str]
    rows_learnt: int
    learnt_from: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    figures: tuple[FigureRow, ...]
    plot: Markup
    compared: tuple[str, ...]
    calibration: Plot | None
    curve: Plot | None
    moved_up: tuple[tuple[str, str, str], ...]
    moved_down: tuple[tuple[str, str, str], ...]
    versions: tuple[tuple[str, str], ...]


def model_row(texts: Texts, one: Entry) -> ModelRow:
    """Return a model as the list shows it."""
    measured = {figure.name: figure for figure in one.figures}
    reason = one.broken or (detail_text(texts, one.reason) if one.reason else "")
    return ModelRow(
        one.id,
        visible(one.model_id, 24),
        time_of(one.created_at),
        one.in_force,
        one.refused,
        one.shipped,
        ", ".join(f"{label_name(texts, name)} {count}" for name, count in _counts(texts, one.labels)),
        tuple(_percent(texts, measured[name].value) if name in measured else "–" for name in _IN_THE_LIST),
        visible(reason, 400),
    )


def model_view(texts: Texts, told: Portrait, beside: Portrait | None = None) -> ModelView:
    """Return all of a model; its figures stand beside those of the one in force, if it is another."""
    figures = figure_rows(texts, told.entry.figures, beside.entry.figures if beside else ())
    return ModelView(
        model_row(texts, told.entry),
        visible(told.sha256, 64),
        visible(told.note),
        visible(told.entry.parent or "", 24),
        (points_text(texts, told.approve_below), points_text(texts, told.reject_above)),
        told.learnt_from.rows,
        learnt_from(texts, told.learnt_from),
        figures,
        _figure_plot(texts, told.entry.figures, beside.entry.figures if beside else ()),
        compared(texts, told.comparison),
        _calibration(texts, told.reliability),
        _curve(texts, told.learning_curve),
        tuple(moved(texts, one) for one in told.moved_up),
        tuple(moved(texts, one) for one in told.moved_down),
        tuple((visible(name, 40), visible(version, 40)) for name, version in sorted(told.versions.items())),
    )


def figure_rows(texts: Texts, figures: Sequence[Figure], beside: Sequence[Figure]) -> tuple[FigureRow, ...]:
    """Return the table of figures."""
    other = {figure.name: figure for figure in beside}
    return tuple(
        FigureRow(
            _figure_name(texts, one),
            _percent(texts, one.value),
            _interval(texts, one),
            _percent(texts, other[one.name].value) if one.name in other else "",
            _interval(texts, other[one.name]) if one.name in other else "",
        )
        for one in figures
    )


def _figure_plot(texts: Texts, figures: Sequence[Figure], beside: Sequence[Figure]) -> Markup:
    title = texts.say("On labels that it did not learn from (cross-validation by site)")
    other = {figure.name: figure for figure in beside}
    rows = []
    for one in figures:
        rows.append(Interval(_figure_name(texts, one), one.low, one.value, one.high))
        if one.name in other:
            rows.append(Interval(texts.say("in force"), *_of(other[one.name]), style="other"))
    return intervals(rows, title) if rows else Markup("")


def _of(one: Figure) -> tuple[float, float, float]:
    return one.low, one.value, one.high


def _figure_name(texts: Texts, one: Figure) -> str:
    return visible(texts.say(_KNOWN.get(one.name, one.name)), 60)


def _percent(texts: Texts, share: float) -> str:
    return texts.number(100 * share, 1) + " %"


def _interval(texts: Texts, one: Figure) -> str:
    return f"{texts.number(100 * one.low, 1)} – {texts.number(100 * one.high, 1)} %"


def compared(texts: Texts, one: Comparison | None) -> tuple[str, ...]:
    """Return how a candidate did beside the model that was in force when it was made, in sentences."""
    if one is None:
        return ()
    losses = texts.say(
        "On {n} labels that neither had seen its log-loss is {candidate}, that of the present model {current}: "
        "a difference of {difference} (95 % interval {low} to {high}; below 0 it is better).",
        n=texts.number(one.samples),
        candidate=texts.number(one.candidate_loss, 3),
        current=texts.number(one.current_loss, 3),
        difference=texts.number(one.difference.value, 3, sign=True),
        low=texts.number(one.difference.low, 3, sign=True),
        high=texts.number(one.difference.high, 3, sign=True),
    )
    rejected = texts.say(
        "It rejects {newly} honest ones that the present model does not, and no longer rejects {no_longer} others.",
        newly=texts.number(one.honest_newly_rejected),
        no_longer=texts.number(one.honest_no_longer_rejected),
    )
    return losses, rejected


def _calibration(texts: Texts, bins: Sequence[Bin]) -> Plot | None:
    if not bins:
        return None
    spots = [Spot(one.said, one.true, one.count) for one in bins]
    title = texts.say("Calibration: what it says against what is so")
    plot = calibration(spots, title, texts.say("said"), texts.say("was spam"))
    rows = tuple((_percent(texts, one.said), _percent(texts, one.true), texts.number(one.count)) for one in bins)
    return Plot(plot, rows)


def _curve(texts: Texts, points: Sequence[CurvePoint]) -> Plot | None:
    if not points:
        return None
    title = texts.say("Learning curve: spam found at 0.5 % false alarms")
    plot = curve([Spot(one.labels, one.recall) for one in points], title, texts.say("labels"), texts.say("spam found"))
    return Plot(plot, tuple((texts.number(one.labels), _percent(texts, one.recall)) for one in points))


def moved(texts: Texts, one: Moved) -> tuple[str, str, str]:
    """Return what a word or sign says, how far it moved, and from where to where."""
    before, after = points_text(texts, one.before), points_text(texts, one.after)
    said = visible(sign_text(texts, one.says, one.value), 120)
    return said, points_text(texts, one.by), texts.say("{before} before, {after} now", before=before, after=after)


def learnt_from(texts: Texts, told: LearntFrom) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """Return how many labels of what, of whom and from where a model learnt; what is not known is left out."""
    groups = (
        (texts.say("Labels"), told.by_label, label_name),
        (texts.say("Kinds"), told.by_kind, label_name),
        (texts.say("From"), told.by_source, source_name),
        (texts.say("By"), told.by_person, person_name),
    )
    return tuple(
        (title, tuple((named(texts, name), count) for name, count in _counts(texts, counts)))
        for title, counts, named in groups
        if counts
    )


def _counts(texts: Texts, counts: Mapping[str, int]) -> list[tuple[str, str]]:
    found = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return [(name, texts.number(count)) for name, count in found]


def label_name(texts: Texts, name: str) -> str:
    """Return the name of a label or a kind for reading."""
    return _named(texts, name, _NAMES)


def source_name(texts: Texts, name: str) -> str:
    """Return where labels came from."""
    return _named(texts, name, _SOURCES)


def person_name(texts: Texts, name: str) -> str:
    """Return who labelled or trained; programs have names of their own that no person can have."""
    return _named(texts, name, _NOT_PERSONS)


def _named(texts: Texts, name: str, known: Mapping[str, str]) -> str:
    return texts.say(known[name]) if name in known else visible(name, 64)


def time_of(told: str | None) -> datetime | None:
    """Return the time that an RFC 3339 text says, None when it says none."""
    try:
        return datetime.fromisoformat(told) if told else None
    except ValueError:
        return None


def strongest_words(texts: Texts, blocks: Mapping[str, Block]) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Return the words of titles and excerpts that weigh most for spam and most against it."""
    pairs = sorted(
        set(
            chain.from_iterable(
                _pairs(block) for name, block in blocks.items() if name in {"title:words", "excerpt:words"}
            )
        ),
        key=lambda pair: pair[1],
    )
    told = [(visible(word, 40), texts.number(weight, 1, sign=True)) for word, weight in pairs]
    heavy = sum(weight > 0 for _, weight in pairs)
    return told[len(told) - min(heavy, _WORDS_SHOWN) :][::-1], told[: min(len(told) - heavy, _WORDS_SHOWN)]


def _pairs(block: Block) -> Iterable[tuple[str, float]]:
    return zip(block.tokens, block.weights, strict=True)
