"""A stand-in for WordPress's moderation on a real socket: comments by REST and XML-RPC, as observed on 6.1 to 7.1."""

import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from xmlrpc.client import Fault, dumps, loads

from aiohttp import web

from proxy.config import Site, from_mapping
from proxy.labels.sync import Synced, sync
from proxy.store.database import Database
from proxy.upstream import Upstream
from tests.databases import fresh
from tests.stage import serving

USER, PASSWORD = "admin", "abcd EFGH 1234"
_RPC_STATUS = {"approved": "approve", "hold": "hold", "spam": "spam", "trash": "trash", "post-trashed": "post-trashed"}


@dataclass(slots=True)
class Row:
    """A comment as WordPress keeps it."""

    id: int
    type: str
    status: str
    author_url: str = ""
    author_name: str = "Somebody"
    content: str = "Some words"
    post: int = 4
    path: str = "/2024/03/03/alpha/"
    date_gmt: str = "2024-03-03T10:00:00"


@dataclass(slots=True)
class Blog:
    """The blog with its comments. `asked` is every request; `rest` and `rpc` say which doors are open."""

    rows: list[Row] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    rest: str = "open"  # open, plain (no rewritten addresses), closed, or a code to refuse with
    rpc: str = "open"  # open, closed, or powerless
    vanishing: int | None = None  # a comment that is gone when its text is asked for
    home: str = "http://blog.example"

    def add(self, type_: str, status: str, url: str = "", **more: Any) -> Row:
        """Store a comment."""
        row = Row(len(self.rows) + 1, type_, status, url or f"http://site{len(self.rows)}.example/", **more)
        self.rows.append(row)
        return row

    @property
    def texts_asked(self) -> int:
        """How many requests asked for texts."""
        return sum("content" in one for one in self.asked)

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request."""
        self.asked.append(f"{request.method} {request.path_qs}")
        if request.path == "/xmlrpc.php" and self.rpc != "closed":
            return web.Response(body=self._call(await request.read()), content_type="text/xml")
        place = request.path + request.query.get("rest_route", "")
        prefix = "/wp-json/wp/v2/comments" if self.rest != "plain" else "//wp/v2/comments"
        if not place.startswith(prefix) or self.rest == "closed":
            return web.Response(status=404, text="<h1>Not found</h1>", content_type="text/html")
        if self.rest not in {"open", "plain"} or not _let_in(request):
            code = self.rest if self.rest not in {"open", "plain"} else "rest_forbidden_context"
            return _json({"code": code}, 401)
        number = place.removeprefix(prefix).strip("/")
        return await self._mark(request, int(number)) if number else self._list(request)

    def _list(self, request: web.BaseRequest) -> web.Response:
        query = request.query
        types = {"pings": {"pingback", "trackback"}, "comment": {"comment"}}[query["type"]]
        include = {int(one) for one in query["include"].split(",")} if "include" in query else None
        found = [row for row in self.rows if row.type in types and query["status"] in {"any", row.status}]
        found = [row for row in found if include is None or (row.id in include and row.id != self.vanishing)]
        size, page = int(query.get("per_page", 10)), int(query.get("page", 1))
        shown = [self._shown(row, set(query["_fields"].split(","))) for row in found[(page - 1) * size : page * size]]
        return _json(shown, 200, {"X-WP-Total": str(len(found))})

    def _shown(self, row: Row, wanted: set[str]) -> dict[str, Any]:
        whole = asdict(row) | {
            "link": f"{self.home}{row.path}#comment-{row.id}",
            "author_ip": "192.0.2.9",
            "content": {"rendered": f"<p>{row.content}</p>", "raw": row.content},
        }
        return {key: value for key, value in whole.items() if key in wanted}

    async def _mark(self, request: web.BaseRequest, number: int) -> web.Response:
        for row in self.rows:
            if row.id == number:
                row.status = (await request.json())["status"]
                return _json({"id": number, "status": row.status})
        return _json({"code": "rest_comment_invalid_id"}, 404)

    def _call(self, body: bytes) -> bytes:
        params, method = loads(body)
        if params[1:3] != (USER, PASSWORD):
            return dumps(Fault(403, "Incorrect username or password."), methodresponse=True).encode()
        if self.rpc == "powerless":
            return dumps(
                Fault(401, "Sorry, you are not allowed to moderate or edit comments."), methodresponse=True
            ).encode()
        if method == "wp.editComment":
            [row] = [row for row in self.rows if row.id == int(str(params[3]))]
            row.status = str(params[4]["status"])  # type: ignore[index, call-overload]
            return dumps((True,), methodresponse=True).encode()
        wanted: Any = params[3]
        found = [row for row in self.rows[::-1] if _RPC_STATUS[row.status] == wanted["status"]]
        start = int(wanted.get("offset", 0))
        return dumps(
            ([self._struct(row) for row in found[start : start + int(wanted["number"])]],), methodresponse=True
        ).encode()

    def _struct(self, row: Row) -> dict[str, Any]:
        return {
            "comment_id": str(row.id),
            "post_id": str(row.post),
            "status": _RPC_STATUS[row.status],
            "type": row.type,
            "author": row.author_name,
            "author_url": row.author_url,
            "author_ip": "192.0.2.9",
            "content": row.content,
            "link": f"{self.home}{row.path}#comment-{row.id}",
            "date_created_gmt": row.date_gmt.replace("-", ""),
        }


def _let_in(request: web.BaseRequest) -> bool:
    token = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
    return request.headers.get("Authorization") == f"Basic {token}"


def _json(data: object, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    return web.Response(status=status, text=json.dumps(data), content_type="application/json", headers=headers)


@dataclass(slots=True)
class Room:
    """The blog, our database, and what is between."""

    blog: Blog
    database: Database
    upstream: Upstream
    site: Site

    async def sync(self) -> Synced:
        """Sync once."""
        return await sync(self.database, self.upstream, self.site)


def site(port: int, **wordpress: Any) -> Site:
    """Return the blog's configuration."""
    access = {"username": USER, "application_password": PASSWORD} | wordpress
    base = {"name": "blog", "public_url": "http://blog.example", "upstream": f"http://127.0.0.1:{port}"}
    return from_mapping({"sites": [base | {"wordpress": access}]}).sites[0]


@asynccontextmanager
async def room(state_dir: Path, **wordpress: Any) -> AsyncIterator[Room]:
    """Open the room."""
    blog = Blog()
    async with serving(blog.handle) as port, fresh(state_dir) as database, Upstream(10) as upstream:
        yield Room(blog, database, upstream, site(port, **wordpress))
