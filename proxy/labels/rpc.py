"""WordPress's comments by XML-RPC, where its REST API is switched off (facts §9).

wp.getComments knows no filter by type and no choice of fields, so every sync reads every text. A note of an editor is
told by its type.
"""

import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from proxy.config import Site
from proxy.errors import MalformedPing
from proxy.labels.rest import base_path
from proxy.labels.words import Comment, CommentKind, LabelsUnavailable, Seen, Status
from proxy.upstream import MAX_ANSWER_BYTES, Unanswered, Upstream
from proxy.wire.ixr import Typed, Value, read_message
from proxy.wire.response import MAX_TAGS
from proxy.wire.values import value_xml

PAGE: Final = 100
_STATUSES: Final = {"hold": Status.HOLD, "approve": Status.APPROVED, "spam": Status.SPAM, "trash": Status.TRASH}
# XML 1.0 §2.2 has no place for these; WordPress sends them all the same when a comment holds one.
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")


@dataclass(frozen=True, slots=True)
class Fault:
    """XML-RPC gave no comments: its fault code (0: no XML-RPC at all), and what it said."""

    code: int
    text: str


class RpcDoor:
    """The open door. The texts of the list read last are kept, for the list brings them anyway."""

    name = "XML-RPC"

    def __init__(self, upstream: Upstream, site: Site) -> None:
        self._upstream, self._site = upstream, site
        self._latest: dict[int, Comment] = {}

    async def holds_pings(self) -> bool:
        """Return True when a linkback waits for moderation just now."""
        return any([one.seen.kind.is_ping async for one in self._all("hold")])

    async def pages(self) -> AsyncIterator[tuple[list[Seen], int]]:
        """Yield everything in lists, with how many there are at least: nobody tells the total."""
        total = 0
        for status in _STATUSES:
            offset, size = 0, PAGE
            while True:
                rows, size = await self._list(status, offset, size)
                comments = [comment for row in rows if (comment := _comment(row))]
                self._latest = {comment.seen.id: comment for comment in comments}
                total += len(comments)
                yield [comment.seen for comment in comments], total
                offset += len(rows)
                if len(rows) < size:
                    break

    async def texts(self, wanted: Sequence[Seen]) -> list[Comment]:
        """Return the comments themselves, of the list read last."""
        return [self._latest[one.id] for one in wanted if one.id in self._latest]

    async def mark_spam(self, comment_id: int) -> bool:
        """Mark a comment as spam; return False when WordPress has it no more. Raises `LabelsUnavailable`."""
        answer = await call(self._upstream, self._site, "wp.editComment", str(comment_id), {"status": "spam"})
        if not isinstance(answer, Fault):
            return True
        if answer.code == 404:
            return False
        raise LabelsUnavailable(
            f"site {self._site.name}: WordPress did not mark comment {comment_id} (fault {answer.code}: {answer.text})"
        )

    async def _all(self, status: str) -> AsyncIterator[Comment]:
        offset, size = 0, PAGE
        while True:
            rows, size = await self._list(status, offset, size)
            for row in rows:
                if comment := _comment(row):
                    yield comment
            offset += len(rows)
            if len(rows) < size:
                return

    async def _list(self, status: str, offset: int, size: int) -> tuple[list[Value], int]:
        """Return rows from *offset* on, and how many were asked for: fewer where the answer became too large."""
        while True:
            wanted: dict[str, Value] = {"status": status, "number": _int(size), "offset": _int(offset)}
            answer = await call(self._upstream, self._site, "wp.getComments", wanted)
            if isinstance(answer, list):
                return answer, size
            if not isinstance(answer, Fault) or answer.code != _TOO_LARGE or size == 1:
                said = answer.text if isinstance(answer, Fault) else "no list"
                raise LabelsUnavailable(f"site {self._site.name}: WordPress stopped listing its comments ({said})")
            size = max(1, size // 4)


_TOO_LARGE: Final = -1


async def open_rpc(upstream: Upstream, site: Site) -> RpcDoor | Fault:
    """Return the door, or why it is shut. Raises `LabelsUnavailable` when nobody answers at all."""
    answer = await call(upstream, site, "wp.getComments", {"status": "hold", "number": _int(1)})
    return answer if isinstance(answer, Fault) else RpcDoor(upstream, site)


async def call(upstream: Upstream, site: Site, method: str, *params: Value) -> Value | Fault:
    """Call a method as the configured user. Raises `LabelsUnavailable` when the upstream does not answer."""
    access = site.wordpress
    everything: list[Value] = [_int(1), access.username, access.application_password, *params]
    told = "".join(f"<param>{value_xml(value)}</param>" for value in everything)
    body = f'<?xml version="1.0"?><methodCall><methodName>{method}</methodName><params>{told}</params></methodCall>'
    answer = await upstream.ask(
        site, "POST", base_path(site) + "/xmlrpc.php", {"Content-Type": "text/xml"}, body.encode()
    )
    if isinstance(answer, Unanswered):
        raise LabelsUnavailable(f"site {site.name}: {answer.sentence} Is upstream the address of WordPress itself?")
    if len(answer.body) >= MAX_ANSWER_BYTES:
        return Fault(_TOO_LARGE, "the answer is too large")
    return _value(answer.body, answer.status)


def _int(number: int) -> Typed:
    return Typed("int", str(number))


def _value(body: bytes, status: int) -> Value | Fault:
    start, end = body.find(b"<methodResponse"), body.rfind(b"</methodResponse>")
    if start < 0 or end < start:
        return Fault(0, f"HTTP {status}")
    try:
        message = read_message(_CONTROL.sub(b" ", body[start : end + 17]), max_tags=MAX_TAGS)
    except MalformedPing as problem:
        return Fault(0, problem.sentence)
    if message.kind == "fault" or not message.params:
        struct = message.params[0] if message.params else None
        struct = struct if isinstance(struct, dict) else {}
        code = _text(struct, "faultCode")
        return Fault(int(code) if code.lstrip("-").isdigit() else 0, _text(struct, "faultString"))
    return message.params[0]


def _text(struct: dict[str, Value], name: str) -> str:
    value = struct.get(name, "")
    value = value.text if isinstance(value, Typed) else value
    return value if isinstance(value, str) else ""


def _comment(row: Value) -> Comment | None:
    """What has another type (`note`) or status (`post-trashed`) says nothing."""
    if not isinstance(row, dict):
        return None
    try:
        date = datetime.strptime(_text(row, "date_created_gmt").strip(), "%Y%m%dT%H:%M:%S").replace(tzinfo=UTC)
        kind = CommentKind(_text(row, "type") or "comment")
        seen = Seen(int(_text(row, "comment_id")), kind, _STATUSES[_text(row, "status")], date)
        post = int(_text(row, "post_id") or 0)
    except (KeyError, ValueError):
        return None
    link, name, url, ip = (_text(row, key) for key in ("link", "author", "author_url", "author_ip"))
    return Comment(seen, post, link, name, url, ip, _text(row, "content"))
