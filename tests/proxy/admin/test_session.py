"""Sessions, their cookie, and their end."""

from ipaddress import ip_network
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from proxy.admin import session
from proxy.clock import now
from proxy.config import Config, from_mapping
from proxy.store import people
from proxy.store.people import Person, Role
from tests.databases import fresh
from tests.proxy.admin.conftest import PASSWORD, Browser, browser_at, keep_person
from tests.stage import Stage, on_stage, settings


async def test_a_stolen_key_is_worth_nothing_after_signing_out(admin: Browser, stage: Stage) -> None:
    (cookie,) = [cookie for cookie in admin.http.cookie_jar if cookie.key == "pingwarden"]
    await admin.post("/signout", {})
    thief = browser_at(stage.admin)
    status, text = await thief.get("/", Cookie=f"pingwarden={cookie.value}")
    await thief.http.close()
    assert status == 200
    assert "Sign out" not in text


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(browser: Browser) -> None:
    form = {"name": "admin", "password": PASSWORD}
    headers = {"Origin": "https://admin.example", "Host": "admin.example", "X-Forwarded-Proto": "https"}
    async with browser.http.post(browser.base + "/signin", data=form, headers=headers, allow_redirects=False) as answer:
        told = answer.headers["Set-Cookie"]
    assert told.startswith("__Host-pingwarden=")
    for part in ("HttpOnly", "SameSite=Strict", "Secure", "Path=/"):
        assert part in told


async def test_sessions_end_when_idle_and_in_any_case(tmp_path: Path) -> None:
    for ends in ({"session_idle_h": 1e-9}, {"session_max_days": 1e-11}):
        async with on_stage(tmp_path, admin=dict(ends)) as stage:
            await keep_person(stage, "admin")
            browser = browser_at(stage.admin)
            await browser.sign_in()
            assert "Sign out" not in (await browser.get("/"))[1]
            await browser.http.close()


def asked(peer: str = "127.0.0.1", tls: bool = False, **headers: str) -> web.Request:
    """Return a request as the listener gets it."""
    known = {"peername": (peer, 5), "sslcontext": object() if tls else None}
    transport = Mock(get_extra_info=lambda name, default=None: known.get(name, default))
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return make_mocked_request("GET", "/", headers=named, transport=transport, sslcontext=known["sslcontext"])


def config(tmp_path: Path, public_url: str = "", **admin: Any) -> Config:
    trusted = {"trusted_proxies": ["192.0.2.0/24"], "admin": {"public_url": public_url, **admin}}
    return from_mapping(settings(tmp_path, 1, trusted))


@pytest.mark.parametrize(
    ("public_url", "peer", "told", "secure"),
    [
        ("https://admin.example", "127.0.0.1", None, True),
        ("https://admin.example", "127.0.0.1", "http", True),
        ("http://admin.example", "192.0.2.1", "https", False),
        ("", "192.0.2.1", "https", True),
        ("", "192.0.2.1", "http", False),
        ("", "192.0.2.1", None, False),
        # Whoever is not trusted may say what they like.
        ("", "203.0.113.9", "https", False),
        ("", "192.0.2.1", "https, http", False),
        ("", "192.0.2.1", "httpsx", False),
        ("", "", "https", False),
    ],
)
def test_only_what_is_told_by_trusted_sides_counts_as_encrypted(
    tmp_path: Path, public_url: str, peer: str, told: str | None, secure: bool
) -> None:
    request = asked(peer, **({} if told is None else {"X_Forwarded_Proto": told}))
    found = config(tmp_path, public_url)
    assert ip_network("192.0.2.0/24") in found.trusted_proxies
    assert session.behind_https(request, found) is secure
    answer = web.Response()
    session.set_cookie(answer, request, found, "key")
    assert bool(answer.cookies["__Host-pingwarden" if secure else "pingwarden"]["secure"]) is secure


@pytest.mark.parametrize(
    ("public_url", "cookie", "key"),
    [
        ("https://a.example", "__Host-pingwarden=k", "k"),
        # Behind https a cookie that a neighbour could have set over http is nobody's.
        ("https://a.example", "pingwarden=k", None),
        ("http://a.example", "pingwarden=k", "k"),
        ("http://a.example", "__Host-pingwarden=k", None),
        ("http://a.example", "PINGWARDEN=k; other=x", None),
        ("http://a.example", "", None),
    ],
)
def test_a_key_is_taken_from_its_own_cookie_alone(
    tmp_path: Path, public_url: str, cookie: str, key: str | None
) -> None:
    assert session.given_key(asked(Cookie=cookie), config(tmp_path, public_url)) == key


def test_an_empty_key_takes_the_cookie_away(tmp_path: Path) -> None:
    for key, age in (("key", 86400), ("", 0)):
        answer = web.Response()
        session.set_cookie(answer, asked(), config(tmp_path, session_max_days=1), key)
        assert int(answer.cookies["pingwarden"]["max-age"]) == age


@pytest.mark.parametrize("key", ["", "k", "\udcff\x00", "k" * 100_000], ids=len)
def test_any_key_has_a_hash_that_is_not_the_key(key: str) -> None:
    assert len(session.key_hash(key)) == 64
    assert session.key_hash(key) not in {key, session.key_hash(key + "x")}


async def test_a_session_keeps_no_key_and_each_has_its_own(tmp_path: Path) -> None:
    admin = config(tmp_path).admin
    async with fresh(tmp_path) as database:
        await database.write(people.keep, Person("anna", Role.READER), "hash", now())
        keys = [await session.begin(database, admin, "anna") for _ in range(2)]
        assert len({*keys}) == 2
        for key in keys:
            assert len(key) >= 43
            assert await database.read(people.of_session, key, now(), session.lifetimes(admin)) is None
            found = await database.read(people.of_session, session.key_hash(key), now(), session.lifetimes(admin))
            assert found == (Person("anna", Role.READER), False)


async def test_the_first_link_works_until_the_next_start_or_a_first_person(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with fresh(tmp_path) as database:
        assert not await session.fits_first_link(database, "")
        keys = []
        for _ in range(2):
            link = await session.first_link(database)
            assert link is not None
            address, _, key = link.partition("?key=")
            assert address == "/welcome"
            keys.append(key)
        kept = await database.read(people.setting, session.FIRST_LINK)
        assert kept is not None
        assert keys[1] not in kept
        fits = {key: await session.fits_first_link(database, key) for key in (*keys, "", keys[1][:-1], keys[1] + "x")}
        assert [key for key, works in fits.items() if works] == [keys[1]]
        monkeypatch.setattr(session, "now", lambda: now() + session._LINK_LASTS)
        assert not await session.fits_first_link(database, keys[1])
        monkeypatch.undo()
        await database.write(people.keep, Person("anna", Role.MODERATOR), "hash", now())
        assert not await session.fits_first_link(database, keys[1])
        assert await session.first_link(database) is None
