"""Where a redirect leads, and whether it is followed. Pure."""

import re
from urllib.parse import quote, urljoin

from proxy import urls
from proxy.errors import MalformedPing
from proxy.fetch.answer import FetchFailed
from proxy.ping import Failure
from proxy.urls import Url

# RFC 9110 §15.4. 300, 304 and 305 are no redirects that one follows.
REDIRECTS = frozenset({301, 302, 303, 307, 308})

# Servers send raw blanks, quotes and the like; browsers encode them (WHATWG URL §4.4), and so do we before parsing.
_RAW = re.compile(r"[\x00-\x20\x7f\"<>\\^`{|}]")


def follow(status: int, current: Url, location: str | None, been: frozenset[str], limit: int) -> Url | FetchFailed:
    """Return the next URL after an answer *status* with *location*, or why it is not asked.

    *been* holds the URLs asked so far, *current* among them. A step from https to http is allowed: it tells nobody
    anything that the source's address does not tell.
    """
    if location is None:
        return _failed(Failure.OTHER_STATUS, "redirects to nowhere", status, current)
    if len(been) > limit:
        return _failed(Failure.REDIRECTS, f"redirects more than {limit} times", status, current)
    try:
        url = urls.parse(urljoin(str(current), _encoded(location)))
    except MalformedPing as error:
        sentence = f"The source redirects to an address that is not followed: {error.sentence}"
        return FetchFailed(Failure.NOT_PUBLIC, sentence, status, url=str(current))
    except ValueError:
        return _failed(Failure.NOT_PUBLIC, "redirects to something that is no URL", status, current)
    if str(url) in been:
        return _failed(Failure.REDIRECTS, "redirects in a circle", status, current)
    return url


def _encoded(location: str) -> str:
    location = location.strip(" \t")
    try:
        location.encode()
    except UnicodeEncodeError:  # octets that are no UTF-8 arrive as lone surrogates
        location = quote(location.encode("utf-8", "surrogateescape"), safe="!#$%&'()*+,/:;=?@[]~-._")
    return _RAW.sub(lambda match: quote(match[0], safe=""), location)


def _failed(failure: Failure, words: str, status: int, url: Url) -> FetchFailed:
    return FetchFailed(failure, f"The source {words}.", status, url=str(url))
