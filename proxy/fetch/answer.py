"""What a fetch comes to: a page, or bad luck in one of the kinds of `Failure`. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

from proxy.ping import Failure

MAX_RETRY_AFTER_S = 86_400.0

_FORBIDDEN = frozenset({401, 403, 429, 451})
_GONE = frozenset({404, 410})
# RFC 9110 §10.2.3 lets any answer say it; these two are the ones that mean "not now".
_NOT_NOW = frozenset({429, 503})
_SECONDS = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class Fetched:
    """A page that answered 200.

    `url` is the one that answered after `redirects` redirects; `body` is decompressed and at most `max_bytes` long
    (`truncated` says that there was more); `content_type` and `refresh` are those headers, in ASCII, or "";
    `address` is the peer that was asked; `from_cache` says that the body is one read before, either less than
    `cache_fresh_s` ago or confirmed by a 304.
    """

    url: str
    status: int
    redirects: int
    content_type: str
    body: bytes
    truncated: bool
    address: str
    from_cache: bool = False
    refresh: str = ""


@dataclass(frozen=True, slots=True)
class FetchFailed:
    """Why there is no page, with one sentence for the owner.

    `url` is the one that failed, after `redirects` redirects; `status` is None where no answer came; `retry_after_s`
    is how long to wait, in seconds, where somebody said so: the server, or our own budget.
    """

    failure: Failure
    sentence: str
    status: int | None = None
    redirects: int = 0
    retry_after_s: float | None = None
    url: str = ""


def failed_status(status: int, headers: Mapping[str, str], url: str) -> FetchFailed:
    """Return what a final answer other than 200 means."""
    if status in _GONE:
        failure, words = Failure.GONE, "says that there is no such page"
    elif status in _FORBIDDEN:
        failure, words = Failure.FORBIDDEN, "does not let us read the page"
    elif 500 <= status <= 599:
        failure, words = Failure.SERVER_ERROR, "failed on its side"
    else:
        failure, words = Failure.OTHER_STATUS, "gave an answer that is no page"
    sentence = f"The source's server {words} (HTTP status {status})."
    wait_s = retry_after(headers) if status in _NOT_NOW else None
    return FetchFailed(failure, sentence, status, retry_after_s=wait_s, url=url)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return Retry-After (RFC 9110 §10.2.3) in seconds, at most a day; None when it is absent or unreadable.

    A date counts from the answer's own Date, so that neither clock needs to be right.
    """
    value = headers.get("Retry-After", "").strip()
    if _SECONDS.fullmatch(value):
        return min(float(value), MAX_RETRY_AFTER_S)
    try:
        wait = parsedate_to_datetime(value) - parsedate_to_datetime(headers.get("Date", ""))
    except (ValueError, TypeError):  # no dates, or one with a zone and one without
        return None
    return min(max(wait.total_seconds(), 0.0), MAX_RETRY_AFTER_S)


def plain(header: str) -> str:
    """Return a header's value in printable ASCII; servers send anything."""
    return "".join(char if " " <= char <= "~" else "?" for char in header)
