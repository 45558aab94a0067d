"""A figure as the README shows it: what was measured, what was seen, and by which command."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One row. `holds` says whether what was asked for was reached; None where nothing was."""

    what: str
    seen: str
    asked: str = ""
    holds: bool | None = None

    def row(self, command: str) -> str:
        """Return it as a row of the README's table."""
        asked = f" ({'asked' if self.holds else '**not reached**: asked'} {self.asked})" if self.asked else ""
        return f"| {self.what} | {self.seen}{asked} | `{command}` |"


def table(figures: Iterable[tuple[str, Figure]]) -> str:
    """Return figures, each with the name of its benchmark, in the README's form."""
    rows = [figure.row(f"python -m tests.bench {name}") for name, figure in figures]
    return "\n".join(["| what | figure | command |", "|---|---|---|", *rows])


def at_least(what: str, value: float, wanted: float, seen: str = "") -> Figure:
    """A figure that is good when it is large."""
    return Figure(what, seen or f"{value:.2f}", f"at least {wanted:g}", value >= wanted)


def at_most(what: str, value: float, wanted: float, seen: str = "", unit: str = "") -> Figure:
    """A figure that is good when it is small."""
    return Figure(what, seen or f"{value:.2f}{unit}", f"at most {wanted:g}{unit}", value <= wanted)
