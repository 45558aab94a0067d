"""A ping or a comment of WordPress as a line that `model.sample.Sample` reads. Pure."""

import html
import re
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from enum import Enum
from typing import Any

from proxy.errors import MalformedPing
from proxy.labels.match import plain
from proxy.labels.words import Comment, CommentKind
from proxy.ping import Ping
from proxy.urls import parse, registrable_domain

# WordPress stores a trackback's title and excerpt in one text (wp-trackback.php), a pingback's with dots around.
_TRACKBACK = re.compile(r"\s*<strong>(?P<title>.*?)</strong>\s*(?P<excerpt>.*)", re.DOTALL)
_CUT_OFF = re.compile(r"^\s*\[(?:…|\.\.\.)\]\s*|\s*\[(?:…|\.\.\.)\]\s*$")


def stamp(at: datetime) -> str:
    """Return a time as RFC 3339 has it, to the microsecond."""
    return at.isoformat().replace("+00:00", "Z")


def of_ping(ping: Ping) -> dict[str, Any]:
    """Return a ping as the model is asked about it (`proxy.score.sample_of`): the page's texts where it has none."""
    evidence = ping.evidence
    data: dict[str, Any] = {
        "id": ping.id,
        "kind": ping.linkback.kind.value,
        "url": ping.linkback.source_url,
        "title": ping.linkback.title or (evidence.title if evidence else None),
        "excerpt": ping.linkback.excerpt or (evidence.excerpt if evidence else None),
        "blog_name": ping.linkback.blog_name or None,
        "ip": ping.sender.remote_ip,
        "date": stamp(ping.received_at),
        "evidence": None if evidence is None else _known(asdict(evidence)),
    }
    return {key: value for key, value in data.items() if value is not None}


def of_comment(name: str, comment: Comment) -> dict[str, Any]:
    """Return a comment of WordPress, its texts as the sender gave them; *name* becomes its id."""
    title, excerpt, blog_name = _texts(comment)
    data: dict[str, Any] = {
        "id": name,
        "kind": comment.seen.kind.value,
        "url": plain(comment.author_url),
        "title": title,
        "excerpt": excerpt,
        "blog_name": blog_name,
        "ip": comment.author_ip,
        "date": stamp(comment.seen.date),
    }
    return {key: value for key, value in data.items() if value or key == "url"}


def group_of(sample: Mapping[str, Any], key: str) -> str:
    """Return the campaign that a sample names, else the domain of its source, else *key*: itself."""
    if sample.get("group"):
        return str(sample["group"])
    try:
        return registrable_domain(parse(str(sample["url"])).host)
    except MalformedPing:
        return key


def _texts(comment: Comment) -> tuple[str, str, str]:
    author, content = html.unescape(comment.author_name), comment.content
    if comment.seen.kind is CommentKind.PINGBACK:
        return author, _CUT_OFF.sub("", html.unescape(content)), ""
    apart = _TRACKBACK.match(content) if comment.seen.kind is CommentKind.TRACKBACK else None
    if apart is None:
        return "", html.unescape(content), author
    return html.unescape(apart["title"]), html.unescape(apart["excerpt"]), author


def _known(evidence: Mapping[str, Any]) -> dict[str, Any]:
    plain_values = ((key, value.value if isinstance(value, Enum) else value) for key, value in evidence.items())
    return {key: value for key, value in plain_values if value is not None}
