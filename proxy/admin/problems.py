"""Errors as RFC 9457 problem details, and who may ask at all."""

import hmac
import logging
from collections.abc import Callable, Iterable
from http import HTTPStatus

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler, Middleware

from proxy.admin.show import PERSON
from proxy.config import Config
from proxy.errors import IllegalMove, StoreUnavailable, UnknownThing
from proxy.rules.owner import BadRule
from proxy.score.ledger import AlreadyTraining
from proxy.score.shelf import NothingToRollBack
from proxy.score.workshop import NotUsable
from proxy.store.people import Person, Role
from proxy.store.scope import EVERYWHERE, NotYours, Scope

_OPEN = frozenset({"/healthz", "/readyz", "/metrics"})
_log = logging.getLogger("pingwarden.admin")


def problem(status: int, detail: str) -> web.Response:
    """Return a problem with the status's own title."""
    return web.json_response(
        {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail},
        status=status,
        content_type="application/problem+json",
    )


@web.middleware
async def problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn what handlers raise into problem details."""
    try:
        return await handler(request)
    except UnknownThing as missing:
        return problem(404, _sentence(missing))
    except NotYours as refused:
        return problem(403, _sentence(refused))
    except (IllegalMove, AlreadyTraining, NotUsable, NothingToRollBack) as refused:
        return problem(409, _sentence(refused))
    except BadRule as bad:
        return problem(422, _sentence(bad))
    except StoreUnavailable as down:
        return problem(503, f"The database cannot be used: {down}")
    except web.HTTPException as known:
        return problem(known.status, known.text or known.reason)
    except Exception:  # noqa: BLE001 - the caller gets a problem, the log gets the rest
        _log.exception("%s %s failed", request.method, request.path)
        return problem(500, "Something went wrong; the log says what.")


def _sentence(raised: Exception) -> str:
    return f"{raised}."


def bearer(config: Callable[[], Config]) -> Middleware:
    """Return the middleware that lets only bearers of a token of *config* use the API (RFC 6750 §2.1).

    The tokens are asked for each time, for a reload may change them. Those of a site reach that site alone.
    """

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path in _OPEN:
            return await handler(request)
        scheme, _, given = request.headers.get(hdrs.AUTHORIZATION, "").partition(" ")
        scope = _scope_of(config(), given.strip().encode("utf-8", "surrogateescape"))
        if scheme.lower() != "bearer" or scope is None:
            answer = problem(401, "Send one of the api_tokens as “Authorization: Bearer …”.")
            answer.headers[hdrs.WWW_AUTHENTICATE] = 'Bearer realm="pingwarden"'
            return answer
        request[PERSON] = Person("api", Role.MODERATOR, scope)
        return await handler(request)

    return check


def _scope_of(config: Config, told: bytes) -> Scope | None:
    """Return how far a token reaches, None when nobody has it."""
    if _among(config.admin.api_tokens, told):
        return EVERYWHERE
    sites = frozenset(site.name for site in config.sites if _among(site.api_tokens, told))
    return Scope(sites) if sites else None


def _among(tokens: Iterable[str], told: bytes) -> bool:
    same = [hmac.compare_digest(told, token.encode()) for token in tokens if token]  # all: time tells nothing
    return any(same)
