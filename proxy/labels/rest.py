"""WordPress's comments by its REST API, with an application password (facts §9; the same on 6.1, 6.8 and 7.1).

Without `type` it hides linkbacks, and `type=all` brings editors' notes on 7.1: so linkbacks and comments are asked for
one after the other. `status=any` gives every status at once. Only `context=edit` shows addresses and raw texts, and
only to who may moderate. `_fields` takes `content` but not `content.raw` for comments.
"""

import base64
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlencode

from proxy.config import Site
from proxy.labels.words import Comment, CommentKind, LabelsUnavailable, Seen, Status
from proxy.upstream import MAX_ANSWER_BYTES, Answer, Unanswered, Upstream

PAGE: Final = 100  # the most that one request gives
_TEXTS_AT_ONCE: Final = 50  # 65 535 bytes each at most, and JSON's escapes on top
_TYPES: Final = ("pings", "comment")
_LIST: Final = "id,status,type,date_gmt"
_WHOLE: Final = _LIST + ",post,link,author_name,author_url,author_ip,content"
# With and without rewritten addresses; the second works on every site.
_PLACES: Final = ("/wp-json/wp/v2/comments", "/?rest_route=/wp/v2/comments")


@dataclass(frozen=True, slots=True)
class Refused:
    """REST gave no comments: the status, and WordPress's own code where it gave one."""

    status: int
    code: str

    def __str__(self) -> str:
        return f"HTTP {self.status}, {self.code}" if self.code else f"HTTP {self.status}"


def base_path(site: Site) -> str:
    """Return the path of the site's home, without a slash at its end."""
    path = site.home.partition("://")[2].partition("/")[2]
    return f"/{path}" if path else ""


class RestDoor:
    """The open door: `place` is where the comments are."""

    name = "REST"

    def __init__(self, upstream: Upstream, site: Site, place: str) -> None:
        self._upstream, self._site, self._place = upstream, site, place

    async def holds_pings(self) -> bool:
        """Return True when a linkback waits for moderation just now."""
        answer = await self._get({"status": "hold", "type": "pings", "per_page": "1", "_fields": "id"})
        return bool(_listed(self._site, answer))

    async def pages(self) -> AsyncIterator[tuple[list[Seen], int]]:
        """Yield every linkback and then every comment, in lists, with how many there are in all."""
        totals = dict.fromkeys(_TYPES, 0)
        for kind in _TYPES:
            answer = await self._get(_page_of(kind, 1) | {"per_page": "1", "_fields": "id"})
            totals[kind] = _total(answer)
        for kind in _TYPES:
            for number in range(1, -(-totals[kind] // PAGE) + 1):
                answer = await self._get(_page_of(kind, number))
                yield _seen(_listed(self._site, answer)), sum(totals.values())

    async def texts(self, wanted: Sequence[Seen]) -> list[Comment]:
        """Return the comments themselves; what was deleted meanwhile is not among them."""
        found: list[Comment] = []
        for kinds, pings in ((_TYPES[0], True), (_TYPES[1], False)):
            numbers = [one.id for one in wanted if one.kind.is_ping is pings]
            for start in range(0, len(numbers), _TEXTS_AT_ONCE):
                found += await self._texts(kinds, numbers[start : start + _TEXTS_AT_ONCE])
        return found

    async def mark_spam(self, comment_id: int) -> bool:
        """Mark a comment as spam; return False when WordPress has it no more. Raises `LabelsUnavailable`."""
        path = self._place + f"/{comment_id}"
        body = json.dumps({"status": Status.SPAM.value}).encode()
        headers = authorization(self._site) | {"Content-Type": "application/json"}
        answer = await self._upstream.ask(self._site, "POST", path, headers, body)
        refused = _refusal(self._site, answer)
        if refused is None:
            return True
        if refused.code == "rest_comment_invalid_id":
            return False
        raise LabelsUnavailable(f"site {self._site.name}: WordPress did not mark comment {comment_id} ({refused})")

    async def _texts(self, kind: str, numbers: list[int]) -> list[Comment]:
        include = ",".join(str(number) for number in numbers)
        answer = await self._get(_page_of(kind, 1) | {"include": include, "_fields": _WHOLE})
        if len(answer.body) >= MAX_ANSWER_BYTES and len(numbers) > 1:
            half = len(numbers) // 2
            return await self._texts(kind, numbers[:half]) + await self._texts(kind, numbers[half:])
        return [comment for row in _listed(self._site, answer) if (comment := _comment(row))]

    async def _get(self, query: dict[str, str]) -> Answer:
        answer = await ask(self._upstream, self._site, self._place, query)
        if isinstance(answer, Refused):
            raise LabelsUnavailable(f"site {self._site.name}: WordPress stopped listing its comments ({answer})")
        return answer


async def open_rest(upstream: Upstream, site: Site) -> RestDoor | Refused:
    """Return the door, or why it is shut. Raises `LabelsUnavailable` when nobody answers at all."""
    refused = Refused(404, "")
    for place in _PLACES:
        where = base_path(site) + place
        answer = await ask(upstream, site, where, {"status": "hold", "type": "pings", "per_page": "1", "_fields": "id"})
        if not isinstance(answer, Refused):
            return RestDoor(upstream, site, where)
        if answer.code:
            return answer
        refused = answer
    return refused


async def ask(upstream: Upstream, site: Site, place: str, query: dict[str, str]) -> Answer | Refused:
    """Ask for a list of comments. Raises `LabelsUnavailable` when the upstream does not answer."""
    joined = place + ("&" if "?" in place else "?") + urlencode(query | {"context": "edit"})
    answer = await upstream.ask(site, "GET", joined, authorization(site) | {"Accept": "application/json"})
    return _refusal(site, answer) or _answered(site, answer)


def authorization(site: Site) -> dict[str, str]:
    """Return the header that says who we are (RFC 7617)."""
    access = site.wordpress
    token = base64.b64encode(f"{access.username}:{access.application_password}".encode()).decode()
    return {"Authorization": f"Basic {token}"}


def _answered(site: Site, answer: Answer | Unanswered) -> Answer:
    if isinstance(answer, Unanswered):
        raise LabelsUnavailable(f"site {site.name}: {answer.sentence} Is upstream the address of WordPress itself?")
    return answer


def _refusal(site: Site, answer: Answer | Unanswered) -> Refused | None:
    answer = _answered(site, answer)
    if answer.status in {200, 201} and _is_json(answer):
        return None
    return Refused(answer.status, _code(answer) if _is_json(answer) else "")


def _is_json(answer: Answer) -> bool:
    return answer.headers.get("Content-Type", "").partition(";")[0].strip().lower() == "application/json"


def _code(answer: Answer) -> str:
    try:
        data = json.loads(answer.body)
    except ValueError:
        return ""
    return str(data.get("code", ""))[:80] if isinstance(data, dict) else ""


def _page_of(kind: str, number: int) -> dict[str, str]:
    # By number: what comes in meanwhile stands at the end, and a changed status moves nothing.
    order = {"orderby": "id", "order": "asc", "per_page": str(PAGE), "page": str(number)}
    return {"status": "any", "type": kind, "_fields": _LIST} | order


def _total(answer: Answer) -> int:
    told = answer.headers.get("X-WP-Total", "")
    return int(told) if told.isascii() and told.isdigit() else 0


def _listed(site: Site, answer: Answer) -> list[dict[str, Any]]:
    try:
        data = json.loads(answer.body)
    except ValueError:
        data = None
    if not isinstance(data, list):
        raise LabelsUnavailable(
            f"site {site.name}: WordPress's list of comments is no JSON; a plugin or PHP warning may stand in it"
        )
    return [row for row in data if isinstance(row, dict)]


def _seen(rows: Sequence[dict[str, Any]]) -> list[Seen]:
    return [one for row in rows if (one := _one_seen(row))]


def _one_seen(row: dict[str, Any]) -> Seen | None:
    """What has another type (`note`) or status (`post-trashed`) says nothing."""
    try:
        date = datetime.fromisoformat(str(row["date_gmt"])).replace(tzinfo=UTC)
        return Seen(int(row["id"]), CommentKind(row["type"]), Status(row["status"]), date)
    except (KeyError, ValueError, TypeError):
        return None


def _comment(row: dict[str, Any]) -> Comment | None:
    seen = _one_seen(row)
    if seen is None:
        return None
    content = row.get("content")
    raw = content.get("raw", "") if isinstance(content, dict) else ""
    link, name, url, ip = (str(row.get(key) or "") for key in ("link", "author_name", "author_url", "author_ip"))
    return Comment(seen, int(row.get("post") or 0), link, name, url, ip, str(raw))
