"""Signing in and out, the first password, and the language."""

from collections.abc import Callable
from time import monotonic

from aiohttp import web

from proxy.admin import session
from proxy.admin.keys import PIPELINE
from proxy.admin.origin import local_path
from proxy.admin.password import Passwords, WeakPassword, check
from proxy.admin.show import LANGUAGE_COOKIE, page, person_of, see_other, texts_of
from proxy.admin.texts import LANGUAGES
from proxy.admin.views.sentences import refusal_text
from proxy.clock import now
from proxy.limits import Windows, client
from proxy.relay import client_address
from proxy.store import people
from proxy.store.people import Person, Role

routes = web.RouteTableDef()


class Attempts:
    """Counts failed sign-ins by client, in an hour."""

    def __init__(self, per_hour: Callable[[], int], seconds: Callable[[], float] = monotonic) -> None:
        self._per_hour = per_hour
        self._seconds = seconds
        self._windows = Windows(per_hour(), 3600)

    def may_try(self, address: str) -> bool:
        """Count a try; False when there were too many. A success gives its try back."""
        self._windows.follow(self._per_hour())
        at_s = self._seconds()
        if self._windows.wait_s(client(address), 1, at_s):
            return False
        self._windows.count(client(address), 1, at_s)
        return True

    def succeeded(self, address: str) -> None:
        """Give back the try that succeeded, and that one alone: who knows one password may be guessing another."""
        self._windows.count(client(address), -1, self._seconds())


ATTEMPTS = web.AppKey("attempts", Attempts)
PASSWORDS = web.AppKey("passwords", Passwords)


def prepare(app: web.Application) -> None:
    """Give *app* its counter of failed sign-ins."""
    app[ATTEMPTS] = Attempts(lambda: app[PIPELINE].config.limits.failed_logins_per_client_per_hour)
    app[PASSWORDS] = Passwords()


@routes.get("/signin")
async def ask(request: web.Request) -> web.Response:
    """The form to sign in with."""
    onward = local_path(request.query.get("next", ""), "/")
    if person_of(request):
        return see_other(onward)
    nobody = not await request.app[PIPELINE].database.read(people.anybody)
    return page(request, "signin.html", onward=onward, trouble="", nobody=nobody, name="")


@routes.post("/signin")
async def sign_in(request: web.Request) -> web.Response:
    """Check name and password; a fresh session when they fit."""
    form = await request.post()
    name, given = str(form.get("name", ""))[:64].strip(), str(form.get("password", ""))
    onward = local_path(str(form.get("next", "")), "/")
    config, database = request.app[PIPELINE].config, request.app[PIPELINE].database
    address = client_address(request, config.trusted_proxies)
    if not request.app[ATTEMPTS].may_try(address):
        trouble = texts_of(request).say("Too many wrong passwords from your address. Try again in an hour.")
        return page(request, "signin.html", 429, onward=onward, trouble=trouble, nobody=False, name=name)
    known = await database.read(people.find, name) if people.may_be_called(name) else None
    if not await request.app[PASSWORDS].match(known[1] if known else None, given):
        trouble = texts_of(request).say("Name or password is wrong.")
        return page(request, "signin.html", 403, onward=onward, trouble=trouble, nobody=False, name=name)
    request.app[ATTEMPTS].succeeded(address)
    return await _with_session(request, name, onward)


async def _with_session(request: web.Request, name: str, onward: str) -> web.Response:
    config, database = request.app[PIPELINE].config, request.app[PIPELINE].database
    old = session.given_key(request, config)
    if old:
        await database.write(people.close_session, session.key_hash(old))
    answer = see_other(onward)
    session.set_cookie(answer, request, config, await session.begin(database, config.admin, name))
    return answer


@routes.post("/signout")
async def sign_out(request: web.Request) -> web.Response:
    """End the session here, whoever else may hold its key."""
    config = request.app[PIPELINE].config
    key = session.given_key(request, config)
    if key:
        await request.app[PIPELINE].database.write(people.close_session, session.key_hash(key))
    answer = see_other("/signin")
    session.set_cookie(answer, request, config, "")
    return answer


@routes.get("/welcome")
async def welcome(request: web.Request) -> web.Response:
    """The form for the first password, under the link that the first start printed."""
    key = request.query.get("key", "")
    fits = await session.fits_first_link(request.app[PIPELINE].database, key)
    return page(request, "welcome.html", 200 if fits else 403, key=key, fits=fits, trouble="")


@routes.post("/welcome")
async def set_first_password(request: web.Request) -> web.Response:
    """Keep the first password and sign its owner in; the link works no more."""
    form = await request.post()
    key, given = str(form.get("key", "")), str(form.get("password", ""))
    database = request.app[PIPELINE].database
    if not await session.fits_first_link(database, key):
        return page(request, "welcome.html", 403, key="", fits=False, trouble="")
    try:
        check(given)
        if given != form.get("again"):
            raise WeakPassword("the two passwords differ")
    except WeakPassword as weak:
        return page(request, "welcome.html", 422, key=key, fits=True, trouble=refusal_text(texts_of(request), weak))
    password_hash = await request.app[PASSWORDS].hashed(given)
    if not await database.write(people.forget, session.FIRST_LINK):
        return page(request, "welcome.html", 403, key="", fits=False, trouble="")
    await database.write(people.keep, Person(session.FIRST_NAME, Role.MODERATOR), password_hash, now())
    return await _with_session(request, session.FIRST_NAME, "/")


@routes.post("/language")
async def choose_language(request: web.Request) -> web.Response:
    """Remember the language in the browser."""
    form = await request.post()
    wanted = str(form.get("language", ""))
    answer = see_other(local_path(str(form.get("back", "")), "/"))
    if wanted in LANGUAGES:
        answer.set_cookie(LANGUAGE_COOKIE, wanted, max_age=365 * 86400, path="/", httponly=True, samesite="Lax")
    return answer
