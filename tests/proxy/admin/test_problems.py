"""Errors as problem details, and who may use the API at all."""

import asyncio
import json
import logging

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from proxy.admin.problems import bearer, problem, problems
from proxy.admin.show import PERSON
from proxy.config import Admin, Config, Site
from proxy.errors import IllegalMove, PingwardenError, StoreUnavailable, UnknownThing
from proxy.rules.owner import BadRule
from tests.stage import Stage

NEWS = Site(name="news", upstream="http://news.example", api_tokens=("both",))
TOKENS = ("secret", "geheim-ü", "")
SITE = Site(name="blog", upstream="http://blog.example", api_tokens=("only-blog", "both"))
BASIC = "Basic OnNlY3JldA=="


def told(answer: web.StreamResponse) -> dict[str, object]:
    assert isinstance(answer, web.Response)
    assert answer.content_type == "application/problem+json"
    assert isinstance(answer.body, bytes)
    found = json.loads(answer.body)
    assert (set(found), found["status"]) == ({"type", "title", "status", "detail"}, answer.status)
    return found  # type: ignore[no-any-return]


@pytest.mark.parametrize(("status", "title"), [(401, "Unauthorized"), (404, "Not Found"), (503, "Service Unavailable")])
def test_a_problem_has_the_title_of_its_status(status: int, title: str) -> None:
    assert told(problem(status, "Why."))["title"] == title


@pytest.mark.parametrize(
    ("raised", "status", "detail"),
    [
        (UnknownThing("ping", "X"), 404, "there is no ping X."),
        (IllegalMove("X", "held", "delivered"), 409, "ping X is held; it cannot become delivered."),
        (BadRule("points must not be 0"), 422, "points must not be 0."),
        (StoreUnavailable("locked"), 503, "The database cannot be used: locked"),
        (web.HTTPNotFound(), 404, "404: Not Found"),
        (web.HTTPBadRequest(text="The body is not JSON."), 400, "The body is not JSON."),
        (web.HTTPRequestEntityTooLarge(1, 2, text="Too much."), 413, "Too much."),
        (PingwardenError("unforeseen"), 500, "Something went wrong; the log says what."),
        (RuntimeError("SELECT password FROM people"), 500, "Something went wrong; the log says what."),
    ],
    ids=lambda value: type(value).__name__,
)
async def test_what_is_raised_becomes_a_problem_and_no_more_than_it_may_say(
    raised: Exception, status: int, detail: str, caplog: pytest.LogCaptureFixture
) -> None:
    async def handler(_request: web.Request) -> web.StreamResponse:
        raise raised

    answer = await problems(make_mocked_request("GET", "/api/v1/x"), handler)
    assert (answer.status, told(answer)["detail"]) == (status, detail)
    assert bool([record for record in caplog.records if record.levelno >= logging.ERROR]) is (status == 500)


async def test_an_answer_stays_as_it_is() -> None:
    fine = web.Response(text="fine")

    async def handler(_request: web.Request) -> web.StreamResponse:
        return fine

    assert await problems(make_mocked_request("GET", "/"), handler) is fine


async def asked(path: str, authorization: str | None, tokens: tuple[str, ...] = TOKENS) -> web.StreamResponse:
    async def handler(request: web.Request) -> web.StreamResponse:
        sites = request[PERSON].scope.sites if PERSON in request else None
        return web.Response(text="all" if sites is None else str(sorted(sites)))

    headers = {} if authorization is None else {"Authorization": authorization}
    config = Config(sites=(SITE, NEWS), admin=Admin.model_construct(api_tokens=tokens))
    return await bearer(lambda: config)(make_mocked_request("GET", path, headers=headers), handler)


@pytest.mark.parametrize("authorization", ["Bearer secret", "bearer secret", "BEARER  secret ", "Bearer geheim-ü"])
async def test_each_bearer_of_a_token_comes_in(authorization: str) -> None:
    assert (await asked("/api/v1/pings", authorization)).status == 200


@pytest.mark.parametrize(
    ("token", "reach"), [("secret", "all"), ("only-blog", "['blog']"), ("both", "['blog', 'news']")]
)
async def test_a_site_s_token_reaches_that_site_alone(token: str, reach: str) -> None:
    answer = await asked("/api/v1/pings", f"Bearer {token}")
    assert isinstance(answer, web.Response)
    assert answer.text == reach


@pytest.mark.parametrize(
    "authorization",
    [
        None, "", "Bearer", "Bearer ", "Bearer  ", "secret", "Bearersecret", BASIC, "Basic secret", "Bearer Secret",
        "Bearer secre", "Bearer secrets", "Bearer secret geheim-ü", "Bearer secret,", 'Bearer "secret"', "Bearer *",
        "Bearer \u0455ecret", "Bearer None", "Bearer " + "x" * 7000,
    ],
    ids=ascii,
)  # fmt: skip
async def test_nobody_else_does(authorization: str | None) -> None:
    answer = await asked("/api/v1/pings", authorization)
    assert answer.status == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="pingwarden"'
    assert "secret" not in str(told(answer)["detail"])


@pytest.mark.parametrize("tokens", [(), ("",)])
@pytest.mark.parametrize("authorization", [None, "Bearer ", "Bearer x"])
async def test_without_tokens_there_is_no_bearer(tokens: tuple[str, ...], authorization: str | None) -> None:
    assert (await asked("/api/v1/pings", authorization, tokens)).status == 401


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/healthz", 200),
        ("/readyz", 200),
        ("/healthz?x=y", 200),
        ("/healthz/", 401),
        ("/healthz/../api/v1/pings", 401),
        ("/api/v1/pings?/healthz", 401),
        ("/metrics", 200),
        ("/metrics/", 401),
        ("/", 401),
    ],
)
async def test_only_health_and_counts_are_told_to_everybody(path: str, status: int) -> None:
    assert (await asked(path, None)).status == status


async def test_bytes_that_are_no_text_are_no_token(stage: Stage) -> None:
    reader, writer = await asyncio.open_connection(*stage.proxy.admin_address[:2])
    writer.write(b"GET /api/v1/pings HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \xff\r\nConnection: close\r\n\r\n")
    line = await reader.readline()
    writer.close()
    assert line.startswith(b"HTTP/1.1 401 ")
