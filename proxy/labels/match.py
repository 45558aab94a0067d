"""Is this comment of WordPress that ping of ours? The same source, and the same post. Pure.

WordPress stores a source with `&amp;` for `&`, without characters that no URL holds, and at most 200 of them
(facts §4, newer §3); the target only as the number of the post.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from proxy.errors import MalformedPing
from proxy.labels.words import Comment
from proxy.urls import comparison_key, normal_octets, parse

_URL_COLUMN: Final = 200  # wp_comments.comment_author_url is a varchar(200)
_AMPERSAND = re.compile("&(?:amp|#0*38);")
_NEVER_STORED = re.compile(r"[\x00-\x20\"<>\\^`{}]")
_POST_NUMBER = re.compile(r"(?:^|&)(?:p|page_id|attachment_id)=0*(\d+)(?:&|$)")
_BEHIND_A_POST = re.compile(r"/(?:trackback|feed|comment-page-\d+)$")
_PAGE_OF_COMMENTS = re.compile(r"&?cpage=\d+")


def plain(source: str) -> str:
    """Return a source as it was before WordPress stored it, as far as that can be told."""
    return _NEVER_STORED.sub("", _AMPERSAND.sub("&", source)).partition("#")[0]


@dataclass(frozen=True, slots=True)
class Named:
    """A linkback of ours by its id, with what is compared."""

    id: str
    source_url: str
    target_url: str


class Ours:
    """Linkbacks of ours, the likeliest first, in which comments of WordPress are looked up."""

    def __init__(self, linkbacks: Iterable[Named]) -> None:
        self._by_source: dict[str, list[Named]] = {}
        for one in linkbacks:
            self._by_source.setdefault(source_key(one.source_url), []).append(one)

    def find(self, comment: Comment) -> str | None:
        """Return the id of the linkback that *comment* is, of one spelled exactly so if there is one."""
        fitting = [one for one in self._of_source(comment) if same_post(comment, one.target_url)]
        source = plain(comment.author_url)
        exact = [one for one in fitting if plain(one.source_url) == source]
        return next((one.id for one in exact or fitting), None)

    def _of_source(self, comment: Comment) -> list[Named]:
        if len(comment.author_url) < _URL_COLUMN:
            return self._by_source.get(source_key(comment.author_url), [])
        stored = plain(comment.author_url)
        return [one for same in self._by_source.values() for one in same if plain(one.source_url).startswith(stored)]


def source_key(url: str) -> str:
    """Return what is equal for spellings of one page: scheme, slash at the end and spelling of octets do not count."""
    source = plain(url)
    try:
        return comparison_key(parse(source), frozenset())
    except MalformedPing:
        return source


def same_post(comment: Comment, target_url: str) -> bool:
    """Return True when the target is the comment's post, by its number or its address."""
    number = _POST_NUMBER.search(_query(target_url))
    if number:
        return int(number[1][:18]) == comment.post
    return _page(target_url) == _page(comment.link)


def _query(url: str) -> str:
    try:
        return _AMPERSAND.sub("&", urlsplit(url).query)
    except ValueError:
        return ""


def _page(url: str) -> tuple[str, str]:
    try:
        parts = urlsplit(url)
    except ValueError:
        return url, ""
    path = _BEHIND_A_POST.sub("", normal_octets(parts.path).rstrip("/"))
    return path, _PAGE_OF_COMMENTS.sub("", _query(url)).strip("&")
