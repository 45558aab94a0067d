"""The nouns: a comment of WordPress, what was said of it, and a labelled sample."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from proxy.errors import PingwardenError
from proxy.ping import Label

WORDPRESS = "wordpress"  # the source of words from WordPress's moderation, and who said them
IMPORT = "import"  # the source of words from files that name none
ADMIN = "admin"  # the source of what the admin pages, the API and the command line were told of a ping


class LabelsUnavailable(PingwardenError):
    """Labels cannot be read from WordPress; the message says why and what to do."""


class Status(StrEnum):
    """Where a comment stands in WordPress's moderation. Others (`post-trashed`) say nothing of the comment."""

    HOLD = "hold"
    APPROVED = "approved"
    SPAM = "spam"
    TRASH = "trash"


class CommentKind(StrEnum):
    """The kinds that are read. Notes of editors (7.1) are none of them."""

    PINGBACK = "pingback"
    TRACKBACK = "trackback"
    COMMENT = "comment"

    @property
    def is_ping(self) -> bool:
        """True for a linkback."""
        return self is not CommentKind.COMMENT


@dataclass(frozen=True, slots=True)
class Seen:
    """One line of WordPress's list. `date` is when the comment was stored, to the second."""

    id: int
    kind: CommentKind
    status: Status
    date: datetime


@dataclass(frozen=True, slots=True)
class Comment:
    """The texts and addresses of a comment, as WordPress keeps them: entities and all."""

    seen: Seen
    post: int
    link: str
    author_name: str
    author_url: str
    author_ip: str
    content: str


@dataclass(frozen=True, slots=True)
class Said:
    """What a change of status says: a label (None takes the former word back) and how much it counts, 0 to 1."""

    label: Label | None
    weight: float

    @property
    def by_person(self) -> bool:
        """True when a person is known to have said it: only that may stand on a ping of ours."""
        return self.weight >= 0.5


@dataclass(frozen=True, slots=True)
class LabelledSample:
    """One example for training: a line of JSON as `model.sample.Sample` reads it, and who said when what it is.

    `key` is the same for the same thing wherever it is kept; `group` names its campaign or domain.
    """

    sample: Mapping[str, Any]
    label: Label
    weight: float
    source: str
    by: str
    at: datetime
    group: str
    key: str
    site: str | None = None
