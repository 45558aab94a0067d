"""The nouns: what a linkback is, what its source showed, and what was decided.

All of them are frozen. Times are aware UTC datetimes; points are log-odds of spam (positive speaks for spam).
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from proxy.errors import FaultCode


class Kind(StrEnum):
    """The two kinds of linkback that WordPress takes."""

    PINGBACK = "pingback"
    TRACKBACK = "trackback"


class State(StrEnum):
    """Where a ping stands; `proxy.lifecycle` holds the table of moves."""

    RECEIVED = "received"
    HELD = "held"
    APPROVED = "approved"
    REJECTED = "rejected"
    OBSERVED = "observed"
    DELIVERED = "delivered"
    REFUSED = "refused"
    FAILED = "failed"


class Action(StrEnum):
    """What a verdict says."""

    APPROVE = "approve"
    HOLD = "hold"
    REJECT = "reject"


class Label(StrEnum):
    """What a person said a ping is."""

    SPAM = "spam"
    HAM = "ham"


class Failure(StrEnum):
    """Why a source could not be read. The value stands in `Evidence.failure`."""

    GONE = "gone"  # 404 or 410: the page is not there
    NOT_PUBLIC = "not-public"  # an address, port or URL that is never fetched
    FORBIDDEN = "forbidden"  # 401, 403, 429, 451 or a challenge page
    SERVER_ERROR = "server-error"  # 5xx
    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"  # no name, no connection, broken TLS, a broken answer
    REDIRECTS = "too-many-redirects"
    NOT_A_PAGE = "not-a-page"  # an image, an archive: nowhere a link can stand
    OTHER_STATUS = "other-status"  # any other answer that is not 200
    OVER_BUDGET = "over-budget"  # not yet asked: the host has been asked enough for now
    UNREADABLE = "unreadable"  # reading the page took too long or broke the parser
    TARGET_UNKNOWN = "target-unknown"  # our own site did not say which post is meant

    @property
    def is_final(self) -> bool:
        """True when asking again would not help."""
        return self in {Failure.GONE, Failure.NOT_PUBLIC, Failure.NOT_A_PAGE}


MACHINE = "pingwarden"  # who decided, when no person did


@dataclass(frozen=True, slots=True)
class Linkback:
    """What a sender claims. URLs carry no fragment; texts are as WordPress would store them."""

    kind: Kind
    source_url: str
    target_url: str
    title: str = ""
    excerpt: str = ""
    blog_name: str = ""


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sent it: the client's address as trusted proxies tell it, and its User-Agent."""

    remote_ip: str  # as it is kept: in full, or less (see `proxy.privacy`)
    user_agent: str = ""
    sealed: str = ""  # the full address where less is kept, as long as the ping is on its way


@dataclass(frozen=True, slots=True)
class Evidence:
    """What fetching the source showed. None means "not known", which differs from "no"."""

    fetched_url: str | None = None
    status: int | None = None
    redirects: int | None = None
    refresh_url: str | None = None  # where the page itself sends its readers on
    content_type: str | None = None
    title: str | None = None
    link_found: bool | None = None
    link_visible: bool | None = None
    link_rel: str | None = None
    link_text: str | None = None
    excerpt: str | None = None
    outbound_links: int | None = None
    text_chars: int | None = None
    language: str | None = None
    sender_matches_host: bool | None = None
    wordpress_would_accept: bool | None = None
    failure: Failure | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule's opinion: its name, points of log-odds, words, and the action that it demands, if any.

    `fault` is what the sender hears when this finding is why a ping is rejected.
    """

    rule: str
    points: float
    text: str
    demands: Action | None = None
    fault: FaultCode | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The decision with everything that spoke for it; findings are sorted, so their order never matters."""

    action: Action
    points: float
    findings: tuple[Finding, ...]
    fault: FaultCode | None = None
    spam_probability: float | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a ping's story: when, what, by whom (`pingwarden`, `wordpress` or a person), and more."""

    at: datetime
    what: str
    by: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Ping:
    """One linkback as received, with all that is known about it since."""

    id: str
    site: str
    state: State
    linkback: Linkback
    sender: Sender
    endpoint: str  # the path at the upstream that an approved ping is posted to
    received_at: datetime
    verdict: Verdict | None = None
    evidence: Evidence | None = None
    label: Label | None = None
    fault: FaultCode | int | None = None  # what the sender was told, or would be, when it is not taken
    answer: str = ""  # the same in words: ours, or WordPress's
    decided_by: str | None = None
    checks: int = 0  # how often the source was asked for
    next_check_at: datetime | None = None
    attempts: int = 0  # how often it was handed to WordPress
    outcome_unknown: bool = False  # an attempt was cut off: WordPress may have stored it
    events: tuple[Event, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class History:
    """Of the source's host at this site: what persons said of it, and how much came from it in 24 hours."""

    approved_by_person: int = 0
    rejected_by_person: int = 0
    same_source_recently: int = 0
    same_host_recently: int = 0
