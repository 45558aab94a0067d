"""How it arrived, and whether anything in it leads anywhere."""

from collections.abc import Iterable
from typing import Final

from model.features import Signs
from model.view import View


def _signs(view: View) -> Iterable[str]:
    yield f"kind={view.kind.value}"
    raw = view.excerpt.folded.raw.lower()
    if not view.address.host and not any(mark in raw for mark in ("://", "www.", "@")):
        yield "leads-nowhere"


FEATURES: Final = (
    Signs(
        "kind",
        _signs,
        {"kind": "it is a {}", "leads-nowhere": "there is neither an address nor a link"},
    ),
)
