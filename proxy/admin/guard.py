"""Who may ask for the pages for people, and the headers of every answer."""

import logging
from dataclasses import dataclass

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from proxy.admin import session
from proxy.admin.origin import SAFE_METHODS, is_ours
from proxy.admin.show import PERSON, page, see_other, texts_of
from proxy.admin.views.sentences import refusal_text
from proxy.clock import now
from proxy.errors import IllegalMove, MalformedPing, PingwardenError, StoreUnavailable, UnknownThing
from proxy.hops import is_trusted
from proxy.pipeline import Pipeline
from proxy.rules.owner import BadRule
from proxy.store import people
from proxy.store.people import Person, Role
from proxy.store.scope import NotYours

_log = logging.getLogger("pingwarden.admin")
_PROGRAMS = frozenset({"/healthz", "/readyz", "/metrics"})
# Without a session: signing in, what the sign-in page is made of, and the feed, whose address is its key.
_OPEN = ("/signin", "/welcome", "/static/", "/feed/", "/language")
# What a reader may post: only what concerns themselves.
_OWN = frozenset({"/signin", "/signout", "/welcome", "/language"})
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # same-origin, not no-referrer: with that browsers say "Origin: null" on our own forms.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def is_for_programs(path: str) -> bool:
    """True for what programs ask; the bearer token is their key."""
    return path.startswith("/api/") or path in _PROGRAMS


def for_programs(middleware: Middleware) -> Middleware:
    """Return *middleware* as it is for programs, and nothing for people."""

    @web.middleware
    async def only(request: web.Request, handler: Handler) -> web.StreamResponse:
        return await (middleware(request, handler) if is_for_programs(request.path) else handler(request))

    return only


@dataclass(frozen=True, slots=True)
class Guard:
    """The middleware of the pages for people."""

    pipeline: Pipeline

    def middleware(self) -> Middleware:
        """Return it as aiohttp takes it."""

        @web.middleware
        async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
            if is_for_programs(request.path):
                return await handler(request)
            answer = await self._answer(request, handler)
            for name, value in _HEADERS.items():
                answer.headers.setdefault(name, value)
            is_static = request.path.startswith("/static/") and answer.status == 200
            answer.headers.setdefault("Cache-Control", "max-age=31536000, immutable" if is_static else "no-store")
            return answer

        return guard

    async def _answer(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await self._refusal(request) or await _unreadable(request) or await handler(request)
        except (UnknownThing, NotYours, IllegalMove, BadRule, MalformedPing) as known:
            return _told(request, _STATUS.get(type(known), 422), known)
        except StoreUnavailable as down:
            return _told(request, 503, down, texts_of(request).say("The database cannot be used."))
        except PingwardenError as refused:
            return _told(request, 422, refused)
        except web.HTTPException as known:
            return _told(request, known.status, known, _SENTENCES.get(known.status, ""))
        except Exception:  # noqa: BLE001 - a person gets a page, the log gets the rest
            _log.exception("%s %s failed", request.method, request.path)
            return page(request, "error.html", 500, sentence=texts_of(request).say("Something went wrong."))

    async def _refusal(self, request: web.Request) -> web.Response | None:
        """Return why *request* goes no further, None when it may."""
        say = texts_of(request).say
        changes = request.method not in SAFE_METHODS
        if changes and not is_ours(request.headers, self.pipeline.config.admin.public_url):
            sentence = say(
                "This did not come from one of our own pages, so nothing was changed. If it did, set public_url "
                "under [admin] to the address that you use."
            )
            return page(request, "error.html", 403, sentence=sentence)
        person = await self._person(request)
        if person is None:
            if request.path.startswith(_OPEN):
                return None
            return see_other("/signin", **({} if changes else {"next": request.path_qs}))
        request[PERSON] = person
        if changes and not person.may_change and request.path not in _OWN:
            sentence = say("You may look at everything here, but not change it: ask a moderator.")
            return page(request, "error.html", 403, sentence=sentence)
        return None

    async def _person(self, request: web.Request) -> Person | None:
        named = self._named_by_web_server(request)
        if named:
            known = await self.pipeline.database.read(people.find, named)
            return known[0] if known else Person(named, Role(self.pipeline.config.admin.identity_role))
        key = session.given_key(request, self.pipeline.config)
        if not key:
            return None
        at, key_hash, lifetimes = now(), session.key_hash(key), session.lifetimes(self.pipeline.config.admin)
        found = await self.pipeline.database.read(people.of_session, key_hash, at, lifetimes)
        if found is None:
            return None
        person, note = found
        if note:
            await self.pipeline.database.write(people.note_use, key_hash, at)
        return person

    def _named_by_web_server(self, request: web.Request) -> str:
        settings = self.pipeline.config.admin
        if not settings.identity_header or not is_trusted(request.remote or "", settings.identity_networks):
            return ""
        # Sent twice, one of them may come from the person.
        told = request.headers.getall(settings.identity_header, [])
        return people.good_name(told[0].strip()) if len(told) == 1 and told[0].strip() else ""


async def _unreadable(request: web.Request) -> web.Response | None:
    """Return a page when the form that was sent cannot be read, so that no handler meets that."""
    if request.method in SAFE_METHODS:
        return None
    try:
        await request.post()
    except (ValueError, LookupError, AssertionError):
        return page(request, "error.html", 400, sentence=texts_of(request).say("The form cannot be read."))
    return None


_STATUS: dict[type[Exception], int] = {UnknownThing: 404, NotYours: 403, IllegalMove: 409}
_SENTENCES = {404: "There is no such page.", 405: "This page does not take that."}


def _told(request: web.Request, status: int, raised: Exception, sentence: str = "") -> web.Response:
    texts = texts_of(request)
    return page(
        request, "error.html", status, sentence=texts.say(sentence) if sentence else refusal_text(texts, raised)
    )
