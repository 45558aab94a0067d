"""An evaluation as one self-contained HTML page: no script, no font and no picture from elsewhere."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Final

from model.card import ModelCard
from model.evaluate import Evaluation, Figures, Mistake, Point
from model.figures import Interval

_WIDTH, _HEIGHT, _EDGE = 320, 240, 36

_STYLE: Final = """
body { font: 16px/1.5 system-ui, sans-serif; color: #1c1c1c; background: #fff; max-width: 62rem; margin: 2rem auto;
       padding: 0 1rem }
table { border-collapse: collapse; margin: .5rem 0 1.5rem } th, td { padding: .2rem .8rem; text-align: right;
       border-bottom: 1px solid #ccc } th:first-child, td:first-child { text-align: left }
figure { display: inline-block; margin: 0 1rem 1rem 0 } figcaption { font-weight: 600 }
small { color: #555 } .case { border-left: 4px solid #888; padding: 0 1rem; margin: 1rem 0; overflow-wrap: anywhere }
.line { fill: none; stroke: #0b5cad; stroke-width: 2 } .axis { stroke: #777 }
.even { stroke: #aaa; stroke-dasharray: 4 }
"""


def to_html(evaluation: Evaluation, card: ModelCard, title: str = "How well the model does") -> str:
    """The whole page as text, to be written as UTF-8."""
    parts = [
        f"<h1>{escape(title)}</h1>",
        f"<p>{_judged(evaluation, card)}</p>",
        "<h2>Figures</h2>",
        _figures_table({"all": evaluation.overall, **evaluation.parts}),
        "<h2>Curves</h2>",
        _plot("ROC", "honest refused", "spam found", evaluation.roc),
        _plot("Precision and recall", "spam found", "precision", evaluation.precision_recall),
        _plot("Calibration", "said", "true", [(said, true) for said, true, _ in evaluation.calibration], even=True),
        _learning(evaluation.learning),
        "<h2>What thresholds cost, per 1,000 of each</h2>",
        _costs(evaluation),
        "<h2>Under evasion</h2>",
        _figures_table(evaluation.evasions),
        "<h2>The worst mistakes</h2>",
        *(_mistake(mistake) for mistake in evaluation.mistakes),
    ]
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head>\n'
        f"<body>{''.join(parts)}</body></html>\n"
    )


def _judged(evaluation: Evaluation, card: ModelCard) -> str:
    found = evaluation.overall
    by = f"Model {escape(card.model_id)}, judged by {found.spam} spam and {found.ham} honest samples."
    return by + " Intervals are 95 %, from drawing whole groups again."


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in heads)
    body = "".join(
        f'<tr><th scope="row">{row[0]}</th>{"".join(f"<td>{cell}</td>" for cell in row[1:])}</tr>' for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _figures_table(named: Mapping[str, Figures]) -> str:
    heads = ("", "spam", "honest", "ROC area", "PR area", "found at 0.5 %", "found at 0.1 %", "Brier")
    rows = [
        (
            escape(name), str(found.spam), str(found.ham), _told(found.roc_auc), _told(found.average_precision),
            _told(found.recall_at_half_percent), _told(found.recall_at_tenth_percent), _told(found.brier),
        )
        for name, found in named.items()
    ]  # fmt: skip
    return _table(heads, rows)


def _told(figure: Interval) -> str:
    return f"{figure.value:.3f} <small>{figure.low:.3f}–{figure.high:.3f}</small>"


def _costs(evaluation: Evaluation) -> str:
    heads = ("approve below / reject above", "spam approved", "held", "rejected", "honest held", "honest rejected")
    rows = [
        (
            f"{cost.thresholds.approve_below:.2f} / {cost.thresholds.reject_above:.2f}"
            + (" (the model's own)" if number == 0 else ""),
            f"{cost.spam_approved:.1f}", f"{cost.spam_held:.1f}", f"{cost.spam_rejected:.1f}",
            f"{cost.honest_held:.1f}", f"{cost.honest_rejected:.1f}",
        )
        for number, cost in enumerate(evaluation.costs)
    ]  # fmt: skip
    return _table(heads, rows)


def _learning(points: Sequence[tuple[int, float]]) -> str:
    if not points:
        return ""
    rows = [(str(size), f"{recall:.3f}") for size, recall in points]
    return "<h3>Learning curve</h3>" + _table(("labels", "found at 0.5 %"), rows)


def _mistake(mistake: Mistake) -> str:
    sample = mistake.sample
    facts = {"title": sample.title, "excerpt": sample.excerpt, "blog name": sample.blog_name, "address": sample.url}
    told = "".join(f"<br><b>{name}</b> {escape(text)}" for name, text in facts.items() if text)
    reasons = "".join(
        f"<li>{reason.points:+.2f} {escape(reason.text)}</li>" for reason in mistake.reasons if reason.points
    )
    said = "spam" if mistake.log_odds > 0 else "honest"
    return (
        f'<div class="case">A person says {escape(str(sample.label))}, the model {said} ({mistake.log_odds:+.2f})'
        f"{told}<ul>{reasons}</ul></div>"
    )


def _plot(name: str, across: str, up: str, points: Sequence[Point], even: bool = False) -> str:
    """A curve in a unit square as inline SVG."""
    inner_width, inner_height = _WIDTH - 2 * _EDGE, _HEIGHT - 2 * _EDGE

    def place(point: Point) -> str:
        return f"{_EDGE + point[0] * inner_width:.1f},{_HEIGHT - _EDGE - point[1] * inner_height:.1f}"

    corner, right, top = place((0, 0)), place((1, 0)), place((0, 1))
    diagonal = f'<path class="even" d="M{corner} L{place((1, 1))}"/>' if even else ""
    line = " ".join(place(point) for point in points)
    return (
        f'<figure><figcaption>{escape(name)}</figcaption><svg viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" '
        f'height="{_HEIGHT}" role="img" aria-label="{escape(name)}">'
        f'<path class="axis" fill="none" d="M{top} L{corner} L{right}"/>{diagonal}'
        f'<polyline class="line" points="{line}"/>'
        f'<text x="{_WIDTH // 2}" y="{_HEIGHT - 8}" text-anchor="middle">{escape(across)}</text>'
        f'<text x="14" y="{_HEIGHT // 2}" text-anchor="middle" transform="rotate(-90 14 {_HEIGHT // 2})">{escape(up)}'
        "</text></svg></figure>"
    )
