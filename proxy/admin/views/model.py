"""The model's page: which one is in force, how well it does, and what it has learnt."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any, Protocol

from markupsafe import Markup

from proxy.admin.plain import visible
from proxy.admin.plots import Interval, intervals
from proxy.admin.texts import Texts

NEEDED_OF_EACH = 5  # as in model.site: with fewer labels of either class the shipped model stays as it is
_WORDS_SHOWN = 20
_FIGURES = {
    "roc_auc": "area under the ROC curve",
    "recall_at_0.1%": "spam found at 0.1 % false alarms",
    "recall_at_0.5%": "spam found at 0.5 % false alarms",
    "spam_rejected": "spam rejected",
    "spam_approved": "spam approved",
    "honest_rejected": "honest rejected",
    "honest_held": "honest held",
    "brier": "Brier score",
}
_SETS = {"out_of_fold": "On rows that it did not learn from (cross-validation by site)", "held_out": "On held-out rows"}


class Block(Protocol):
    """Tokens and their weights, in the same order."""

    @property
    def tokens(self) -> tuple[str, ...]:
        """The tokens."""

    @property
    def weights(self) -> tuple[float, ...]:
        """Their weights."""


@dataclass(frozen=True, slots=True)
class FigureRow:
    """One measured figure of the table."""

    name: str
    value: str
    interval: str


@dataclass(frozen=True, slots=True)
class FigureSet:
    """Figures measured on the same rows, as a plot and a table."""

    name: str
    plot: Markup
    rows: tuple[FigureRow, ...]


def figure_sets(texts: Texts, figures: Mapping[str, Any]) -> list[FigureSet]:
    """Return what the card says was measured. What is no figure with an interval is left out."""
    found = []
    for name, measured in figures.items():
        known = [
            Interval(
                texts.say(_FIGURES.get(str(key), str(key))), *(float(one[part]) for part in ("low", "value", "high"))
            )
            for key, one in (measured.items() if isinstance(measured, Mapping) else ())
            if isinstance(one, Mapping) and {"low", "value", "high"} <= set(one)
        ]
        if known:
            title = texts.say(_SETS.get(str(name), str(name)))
            found.append(FigureSet(title, intervals(known, title), tuple(_row(texts, one) for one in known)))
    return found


def _row(texts: Texts, one: Interval) -> FigureRow:
    low, high = (texts.number(100 * value, 1) for value in (one.low, one.high))
    return FigureRow(one.name, f"{texts.number(100 * one.value, 1)} %", f"{low} – {high} %")


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


def missing(texts: Texts, labels: Iterable[tuple[str, str, int]]) -> str:
    """Return what labels are missing until this site can have a model of its own, empty when none."""
    counts = {"spam": 0, "ham": 0}
    for label, _, count in labels:
        counts[label] = counts.get(label, 0) + count
    if all(counts[label] >= NEEDED_OF_EACH for label in ("spam", "ham")):
        return ""
    return texts.say(
        "{spam} of {needed} spam labels and {ham} of {needed} honest labels: a model of this site's own needs both.",
        spam=counts["spam"],
        ham=counts["ham"],
        needed=NEEDED_OF_EACH,
    )
