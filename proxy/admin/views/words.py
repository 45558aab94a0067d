"""States, labels and points in words for people."""

from proxy.admin.texts import Texts
from proxy.ping import Finding, Label, Ping, State

STATES = {
    State.HELD: "Held",
    State.RECEIVED: "Received",
    State.APPROVED: "On its way",
    State.DELIVERED: "Delivered",
    State.REJECTED: "Rejected",
    State.REFUSED: "Refused by WordPress",
    State.FAILED: "Not delivered",
    State.OBSERVED: "Observed",
}
_LABELS = {Label.SPAM: "labelled spam", Label.HAM: "labelled honest"}


def state_name(texts: Texts, state: State) -> str:
    """Return a state in words."""
    return texts.say(STATES[state])


def label_name(texts: Texts, label: Label | None) -> str:
    """Return a label in words, empty for none."""
    return "" if label is None else texts.say(_LABELS[label])


def points_text(texts: Texts, points: float) -> str:
    """Return points with their sign."""
    return texts.number(points, 1, sign=True)


def strongest(ping: Ping, count: int = 2) -> list[Finding]:
    """Return the findings that say most: those that demand something, then the weightiest."""
    found = ping.verdict.findings if ping.verdict else ()
    return sorted(found, key=lambda one: (one.demands is None, -abs(one.points)))[:count]
