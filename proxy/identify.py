"""Which door of WordPress a request goes to, and which post a trackback means. Pure.

The doors are those of wordpress-facts §2: xmlrpc.php under any spelling of its path, wp-trackback.php, any path that
ends in "trackback", and — because `tb` is a public query variable — any POST whose form or query carries `tb`.
"""

import re
from dataclasses import dataclass
from enum import Enum
from urllib.parse import quote, unquote_to_bytes

from proxy.errors import FaultCode, MalformedPing
from proxy.wire.php_names import ARRAY, Form


class Door(Enum):
    """What a request could be."""

    NONE = "none"  # goes on as it came, unread
    XMLRPC = "xmlrpc"  # an XML-RPC call: read it
    TRACKBACK = "trackback"  # a trackback by its path
    FORM = "form"  # a form that could hide a trackback: read it and look for `tb`


_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*")
# A line end closes a name too: "$" in the usual rewrite for multisite stands before one, so that "/xmlrpc.php%0A" runs
# xmlrpc.php. So does "#", which no client sends in a request (RFC 9112 §3.2) and where nginx ends the path.
_NAME_END = re.compile(r"[/#\r\n]")
# WordPress trims slashes at both ends, and cuts PATH_INFO, which is decoded, at a "?" that was sent as %3F.
_TRACKBACK_END = re.compile(r"(?:^|/)trackback[/\n]*(?:\?|\Z)")
_LEADING_INT = re.compile(r"[ \t\n\r\v\f]*\+?([0-9]+)")

# Scripts of WordPress that never run the main query, so that `tb` means nothing to them (facts §2.2). Their forms
# are not read: uploads go through them. Only directly under the site's own path, and sent in just this spelling:
# elsewhere a web server hands an unknown script to the front page, which does look at `tb`.
_ADMIN_SCRIPTS = (
    "admin-ajax admin-post async-upload comment customize edit-comments edit-tags edit import media media-new "
    "media-upload nav-menus options options-discussion options-general options-media options-permalink options-reading "
    "options-writing plugin-editor plugin-install plugins post post-new profile site-editor site-health theme-editor "
    "theme-install themes tools update update-core upload user-edit user-new users widgets"
)
PLAIN_SCRIPTS = frozenset(
    {"wp-login.php", "wp-comments-post.php", "wp-cron.php"}
    | {f"wp-admin/{name}.php" for name in _ADMIN_SCRIPTS.split()}
)

SELECTORS = ("p", "page_id", "attachment_id", "name", "pagename")
FORM_NAMES = frozenset({"tb", "tb_id", "url", "title", "excerpt", "blog_name", "charset", *SELECTORS})


@dataclass(frozen=True, slots=True)
class Target:
    """A request target as it came, and as a web server sees it.

    `path` is percent-decoded once and normalised (empty and dot segments gone); `decoded` is only decoded. Both hold
    one character for each byte. What follows a "#" is kept, for servers differ over whether path and query end there.
    """

    raw: str
    decoded: str
    path: str
    query: str

    @property
    def segments(self) -> list[str]:
        """The segments of the normalised path."""
        return self.path.strip("/").split("/")

    @property
    def readings(self) -> list[list[str]]:
        """The names in the path that some server might run as a script, dot segments not yet resolved, by reading.

        Servers differ over "/x.php//../y": to some it is /y, to others x.php with something behind it. And over a
        backslash: to Caddy 2.6 it only quotes the next character, to Windows it is a slash.
        """
        paths = [self.decoded]
        if "\\" in self.decoded:
            paths += [self.decoded.replace("\\", ""), self.decoded.replace("\\", "/")]
        return [_NAME_END.split(path) for path in paths]

    def names(self, script: str) -> bool:
        """Say whether *script* is among the names in the path, in any reading."""
        return any(script in names for names in self.readings)


def split_target(raw: str) -> Target:
    """Return the request target *raw*, which may be in absolute form (RFC 9112 §3.2)."""
    absolute = _ABSOLUTE.match(raw)
    path, _, query = (raw[absolute.end() :] if absolute else raw).partition("?")
    decoded = unquote_to_bytes(path.encode("utf-8", "surrogateescape")).decode("latin-1")
    return Target(raw, decoded, _normal(decoded), query)


def _normal(path: str) -> str:
    kept: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            del kept[-1:]
        elif segment not in {"", "."}:
            kept.append(segment)
    slash = "/" if kept and path.endswith(("/", "/.", "/..")) else ""
    return "/" + "/".join(kept) + slash


def door(method: str, target: Target, base_path: str, *, has_form: bool) -> Door:
    """Return the door that a request knocks at. *base_path* is the path of the site's home, without a slash.

    Only POST executes anything (facts §2.1, §6), and "post" where Caddy tells PHP of it in capitals. *has_form*: PHP
    would parse the body as a form.
    """
    if method.upper() != "POST":
        return Door.NONE
    if target.names("xmlrpc.php"):
        return Door.XMLRPC
    if not has_form:
        return Door.NONE
    # Decoded and also normalised: nginx resolves dot segments before PHP sees what stands behind index.php.
    ends = any(_TRACKBACK_END.search(path) for path in (target.decoded, target.path))
    if ends or target.names("wp-trackback.php") or "#" in target.raw:
        return Door.TRACKBACK
    before, _, script = target.raw.partition("?")[0].partition(f"{base_path}/")
    return Door.NONE if not before and script in PLAIN_SCRIPTS else Door.FORM


def is_trackback(door_: Door, query: Form, form: Form) -> bool:
    """True when WordPress would take this form for a trackback (facts §2.2, the safe rule)."""
    return door_ is Door.TRACKBACK or any(fields.get("tb", b"") != b"" for fields in (query, form))


def rpc_endpoint(target: Target) -> str:
    """Return the normalised path up to xmlrpc.php, encoded: on multisite what stands before it names the site."""
    segments = next(names for names in (target.segments, *target.readings) if "xmlrpc.php" in names)
    return _encoded(_normal("/".join(segments[: segments.index("xmlrpc.php") + 1])))


@dataclass(frozen=True, slots=True)
class ByNumber:
    """The post with this id. `prefix` is the path of its site, percent-encoded, without a slash."""

    number: int
    prefix: str


@dataclass(frozen=True, slots=True)
class ByQuery:
    """The post that this one query variable names."""

    name: str
    value: str
    prefix: str


@dataclass(frozen=True, slots=True)
class ByPath:
    """The post at this permalink path (still percent-encoded)."""

    path: str


@dataclass(frozen=True, slots=True)
class PathOrNumber:
    """The post at `path` if there is one, else the post `number`."""

    path: str
    number: int
    prefix: str


PostName = ByNumber | ByQuery | ByPath | PathOrNumber


def trackback_post(target: Target, base_path: str, query: Form, form: Form) -> PostName:
    """Return how a trackback names its post, by the order in which WordPress looks (facts §2.2).

    Raises `MalformedPing` when it names none, or several in ways that only WordPress could weigh.
    """
    prefix = _site_prefix(target, base_path)
    named = _selected(query, form)
    if named is not None:
        name, value = named
        if name in {"p", "page_id", "attachment_id"}:
            return ByNumber(_leading_int(value) or _no_post(), prefix)
        return ByQuery(name, value, prefix)
    # A `tb_id` in the query switches the number in the path off, and is not used itself.
    number = 0 if query.get("tb_id", b"") not in {b"", b"0"} else _leading_int(target.raw.rpartition("/")[2])
    if target.names("wp-trackback.php") or target.names("wp-blog-header.php"):
        return ByNumber(number or _no_post(), prefix)
    path = _permalink_path(target)
    if path.rstrip("/") in {base_path, f"{base_path}/index.php"}:
        return ByNumber(number or _no_post(), prefix)
    return PathOrNumber(path, number, prefix) if number else ByPath(path)


def _selected(query: Form, form: Form) -> tuple[str, str] | None:
    found: set[tuple[str, str]] = set()
    for fields in (query, form):
        for name in SELECTORS:
            value = fields.get(name, b"")
            if value is ARRAY:
                raise MalformedPing(FaultCode.INVALID_PARAMS, f"The field {name} must not be a list.")
            if isinstance(value, bytes) and value:
                found.add((name, value.decode("utf-8", "replace")))
    if len(found) > 1:
        raise MalformedPing(FaultCode.INVALID_PARAMS, "The trackback names its post in more than one way.")
    return next(iter(found), None)


def _leading_int(text: str) -> int:
    match = _LEADING_INT.match(text)
    return int(match[1][:18]) if match else 0


def _no_post() -> int:
    raise MalformedPing(FaultCode.TARGET_UNUSABLE, "I really need an ID for this to work.")


def _permalink_path(target: Target) -> str:
    """Return the path without its ending `trackback/`, percent-encoded."""
    for path in (target.decoded, target.path):
        ending = _TRACKBACK_END.search(path)
        if ending is not None:
            return _encoded(_normal(path[: ending.start() + 1]))
    return _encoded(target.path)


def _encoded(path: str) -> str:
    """Return a decoded path as it is sent: no line end, blank or "?" of a stranger's may break a request of ours."""
    return quote(path, encoding="latin-1", safe="/!$&'()*+,;=:@~")


def _site_prefix(target: Target, base_path: str) -> str:
    """Return the path before a script's name; on multisite it names the site."""
    segments = target.segments
    for script in ("wp-trackback.php", "wp-blog-header.php", "index.php"):
        if script in segments:
            return _encoded("/".join(["", *segments[: segments.index(script)]]))
    return base_path
