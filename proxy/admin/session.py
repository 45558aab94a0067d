"""Session keys, their cookie, and the one-time link that the first start prints."""

import json
import secrets
from datetime import timedelta
from hashlib import sha256

from aiohttp import web

from proxy.clock import now, to_us
from proxy.config import Admin, Config
from proxy.hops import is_trusted
from proxy.store import people
from proxy.store.database import Database
from proxy.store.people import Lifetimes

FIRST_LINK = "first_link"
FIRST_NAME = "admin"
_LINK_LASTS = timedelta(hours=24)
_PLAIN_COOKIE = "pingwarden"
# A browser takes this name only over https, for this host alone and for every path (RFC 6265bis §4.1.3.2).
_SECURE_COOKIE = "__Host-pingwarden"


def key_hash(key: str) -> str:
    """Return what is kept of a key. A random key of 256 bits needs no slow hash."""
    return sha256(key.encode("utf-8", "surrogateescape")).hexdigest()


def lifetimes(settings: Admin) -> Lifetimes:
    """Return how long sessions last."""
    return Lifetimes(timedelta(hours=settings.session_idle_h), timedelta(days=settings.session_max_days))


def behind_https(request: web.Request, config: Config) -> bool:
    """True when the person's side of the connection is encrypted."""
    if config.admin.public_url:
        return config.admin.public_url.startswith("https://")
    told = request.headers.get("X-Forwarded-Proto", "")
    return request.secure or (told == "https" and is_trusted(request.remote or "", config.trusted_proxies))


def given_key(request: web.Request, config: Config) -> str | None:
    """Return the key that the request's cookie holds."""
    return request.cookies.get(_SECURE_COOKIE if behind_https(request, config) else _PLAIN_COOKIE)


def set_cookie(response: web.Response, request: web.Request, config: Config, key: str) -> None:
    """Give the browser the key of its session; an empty *key* takes it away."""
    secure = behind_https(request, config)
    response.set_cookie(
        _SECURE_COOKIE if secure else _PLAIN_COOKIE,
        key,
        max_age=round(config.admin.session_max_days * 86400) if key else 0,
        path="/",
        secure=secure,
        httponly=True,
        samesite="Strict",
    )


async def begin(database: Database, settings: Admin, name: str) -> str:
    """Open a session for the person of that name and return its fresh key."""
    key = secrets.token_urlsafe(32)
    await database.write(people.open_session, key_hash(key), name, now(), lifetimes(settings))
    return key


async def first_link(database: Database) -> str | None:
    """Return the path of a link under which the first person sets a password, None when somebody has one already.

    It works once and for a day; a new start makes a new one.
    """
    if await database.read(people.anybody):
        return None
    key = secrets.token_urlsafe(24)
    kept = {"hash": key_hash(key), "until": to_us(now() + _LINK_LASTS)}
    await database.write(people.remember, FIRST_LINK, json.dumps(kept))
    return f"/welcome?key={key}"


async def fits_first_link(database: Database, key: str) -> bool:
    """True when *key* is that of a link that still works."""
    kept = await database.read(people.setting, FIRST_LINK)
    if kept is None or await database.read(people.anybody):
        return False
    link = json.loads(kept)
    return secrets.compare_digest(str(link["hash"]), key_hash(key)) and to_us(now()) < int(link["until"])
