"""Which word a change in WordPress's moderation is, how much it counts, and which of two words wins. Pure.

Observed on 6.1, 6.8 and 7.1: "not spam" and "restore" bring back the status from before; a comment that disallowed
words trashed comes out of the trash as held. No list says when a status was changed, nor by whom.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from proxy.labels.words import Said, Seen, Status
from proxy.ping import Label

PERSON = 1.0  # a person was seen to say it, or nobody else can have
RESTORED = 0.5  # taken out of the trash, and not yet approved
UNSEEN = 0.25  # approved, but perhaps by nobody
COMMENT = 0.25  # an ordinary comment is another kind of text: a weaker example
COMMENT_UNSEEN = 0.1
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Circumstances:
    """`holds_pings`: this WordPress was seen to hold pings. `own_source`: the source is a page of the site itself."""

    holds_pings: bool
    own_source: bool = False


def said(former: Status | None, seen: Seen, circumstances: Circumstances) -> Said | None:
    """Return what a person says by the status that a comment has now (None: nothing new); *former* None: never seen."""
    if former is seen.status or seen.status is Status.TRASH:
        return None
    if seen.status is Status.SPAM:
        return _weighed(Label.SPAM, PERSON, seen)
    if seen.status is Status.APPROVED:
        return _weighed(Label.HAM, PERSON, seen) if former else _approved_unseen(seen, circumstances)
    words = {
        Status.SPAM: _weighed(Label.HAM, PERSON, seen),  # "not spam"
        Status.TRASH: _weighed(Label.HAM, RESTORED, seen),
        Status.APPROVED: Said(None, PERSON),  # unapproved
    }
    return words[former] if former else None


def _weighed(label: Label, weight: float, seen: Seen) -> Said:
    return Said(label, weight if seen.kind.is_ping else COMMENT * weight)


def _approved_unseen(seen: Seen, circumstances: Circumstances) -> Said | None:
    """By default WordPress holds every ping, but from 7.1 on it publishes those of its own posts (newer §2.1)."""
    if not seen.kind.is_ping:
        return Said(Label.HAM, COMMENT_UNSEEN)
    if circumstances.own_source:
        return None
    return Said(Label.HAM, PERSON if circumstances.holds_pings else UNSEEN)


def when(former: Status | None, seen: Seen, delivered_at: datetime | None, now: datetime) -> datetime:
    """Return the time that the word counts from.

    A change was said at some time since the sync before; it counts as said now. At first sight it may have been
    said at any time since WordPress stored the comment, so a word that we were told later than that wins.
    """
    if former is not None:
        return now
    stored = seen.date + _SECOND  # WordPress cuts to whole seconds
    return min(now, stored if delivered_at is None else max(stored, delivered_at))


def wins(new: datetime, former: datetime | None) -> bool:
    """Return True when the word said at *new* stands over one said at *former*: the latest does."""
    return former is None or new > former
