"""Signing in, sessions, origins, roles: what must be refused is refused."""

from pathlib import Path

import pytest

from proxy.store import people
from proxy.store.people import Role
from tests.proxy.admin.conftest import PASSWORD, Browser, browser_at, keep_person, received
from tests.stage import Stage, on_stage


async def test_without_a_session_every_page_asks_to_sign_in(browser: Browser) -> None:
    for path in ("/", "/rules", "/nowhere", "/pings/x"):
        async with browser.http.get(browser.base + path, allow_redirects=False) as answer:
            assert (answer.status, answer.headers["Location"].partition("?")[0]) == (303, "/signin")


async def test_signing_in_opens_the_pages_and_signing_out_closes_them(browser: Browser) -> None:
    assert await browser.sign_in() == 303
    status, text = await browser.get("/")
    assert status == 200
    assert "Sign out" in text
    assert (await browser.post("/signout", {}))[0] == 303
    assert "Sign out" not in (await browser.get("/"))[1]


FOREIGN: list[dict[str, str | None]] = [
    {"origin": None},
    {"origin": "https://evil.example"},
    {"origin": "null"},
    {"origin": "http://127.0.0.1:1"},
    {"origin": "https://["},
    {"Sec_Fetch_Site": "cross-site"},
    {"Sec_Fetch_Site": "same-site"},
    {"Sec_Fetch_Site": "none"},
]
POSTS = ("/signin", "/signout", "/language", "/pings", "/undo", "/pings/X/check", "/welcome", "/nowhere")


async def test_what_is_not_from_our_own_page_changes_nothing(admin: Browser) -> None:
    form = {"name": "admin", "password": PASSWORD, "language": "de"}
    for path in POSTS:
        for headers in FOREIGN:
            status, text, _ = await admin.post(path, form, **headers)  # type: ignore[arg-type]
            assert status == 403, (path, headers)
            assert "nothing was changed" in text
    assert "Sign out" in (await admin.get("/"))[1]


async def test_a_reader_looks_and_changes_nothing(browser: Browser, stage: Stage) -> None:
    await browser.sign_in("rita")
    ping = await received(stage)
    for path in ("/", f"/pings/{ping.id}"):
        status, text = await browser.get(path)
        assert status == 200
        assert 'name="do"' not in text
    for path, form in (
        ("/pings", {"do": f"approve:{ping.id}"}),
        ("/undo", {"id": "x"}),
        (f"/pings/{ping.id}/check", {}),
    ):
        status, text, _ = await browser.post(path, form)
        assert status == 403
        assert "ask a moderator" in text
    assert (await stage.all_pings())[0].state is ping.state


async def test_a_stolen_key_is_worth_nothing_after_signing_out(admin: Browser, stage: Stage) -> None:
    (cookie,) = [cookie for cookie in admin.http.cookie_jar if cookie.key == "pingwarden"]
    await admin.post("/signout", {})
    thief = browser_at(stage.admin)
    status, text = await thief.get("/", Cookie=f"pingwarden={cookie.value}")
    await thief.http.close()
    assert status == 200
    assert "Sign out" not in text


async def test_a_new_password_ends_older_sessions(admin: Browser, stage: Stage) -> None:
    await keep_person(stage, "admin")
    assert "Sign out" not in (await admin.get("/"))[1]


async def test_every_sign_in_gets_a_fresh_key_and_ends_the_one_before(browser: Browser, stage: Stage) -> None:
    await browser.sign_in()
    (before,) = [cookie.value for cookie in browser.http.cookie_jar]
    await browser.sign_in()
    (after,) = [cookie.value for cookie in browser.http.cookie_jar]
    assert before != after
    thief = browser_at(stage.admin)
    assert "Sign out" not in (await thief.get("/", Cookie=f"pingwarden={before}"))[1]
    await thief.http.close()


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(browser: Browser) -> None:
    form = {"name": "admin", "password": PASSWORD}
    headers = {"Origin": "https://admin.example", "Host": "admin.example", "X-Forwarded-Proto": "https"}
    async with browser.http.post(browser.base + "/signin", data=form, headers=headers, allow_redirects=False) as answer:
        told = answer.headers["Set-Cookie"]
    assert told.startswith("__Host-pingwarden=")
    for part in ("HttpOnly", "SameSite=Strict", "Secure", "Path=/"):
        assert part in told


async def test_guessing_is_stopped_also_for_the_right_password(tmp_path: Path) -> None:
    async with on_stage(tmp_path, limits={"failed_logins_per_client_per_hour": 3}) as stage:
        await keep_person(stage, "admin")
        browser = browser_at(stage.admin)
        assert [await browser.sign_in(password=f"guess number {n}") for n in range(3)] == [403] * 3
        assert await browser.sign_in() == 429
        other = {"X_Forwarded_For": "198.51.100.7"}
        status, _, _ = await browser.post("/signin", {"name": "admin", "password": PASSWORD}, **other)
        assert status == 303
        await browser.http.close()


async def test_knowing_one_password_gives_no_more_guesses_at_another(tmp_path: Path) -> None:
    async with on_stage(tmp_path, limits={"failed_logins_per_client_per_hour": 2}) as stage:
        await keep_person(stage, "admin")
        await keep_person(stage, "rita", Role.READER)
        browser = browser_at(stage.admin)
        tried = [
            ("rita", PASSWORD),
            ("admin", "a guess"),
            ("rita", PASSWORD),
            ("admin", "another"),
            ("admin", PASSWORD),
        ]
        assert [await browser.sign_in(*one) for one in tried] == [303, 403, 303, 403, 429]
        await browser.http.close()


async def test_unknown_names_are_told_nothing_else(browser: Browser) -> None:
    one = await browser.post("/signin", {"name": "admin", "password": "wrong"})
    other = await browser.post("/signin", {"name": "nobody", "password": "wrong"})
    assert one[0] == other[0] == 403
    assert one[1].replace('value="admin"', "") == other[1].replace('value="nobody"', "")


async def test_sessions_end_when_idle_and_in_any_case(tmp_path: Path) -> None:
    for ends in ({"session_idle_h": 1e-9}, {"session_max_days": 1e-11}):
        async with on_stage(tmp_path, admin=dict(ends)) as stage:
            await keep_person(stage, "admin")
            browser = browser_at(stage.admin)
            await browser.sign_in()
            assert "Sign out" not in (await browser.get("/"))[1]
            await browser.http.close()


async def test_nobody_is_sent_to_another_site_after_signing_in(browser: Browser) -> None:
    for told in ("//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"):
        _, _, place = await browser.post("/signin", {"name": "admin", "password": PASSWORD, "next": told})
        assert place == "/"


async def test_the_first_link_sets_the_password_once(tmp_path: Path) -> None:
    async with on_stage(tmp_path) as stage:
        link = stage.proxy.first_link
        assert link is not None
        path, browser = link.removeprefix(stage.admin), browser_at(stage.admin)
        assert "Choose a password" in (await browser.get(path))[1]
        key = path.partition("=")[2]
        form = {"key": key, "password": PASSWORD, "again": PASSWORD}
        assert (await browser.post("/welcome", form | {"again": "another one"}))[0] == 422
        assert (await browser.post("/welcome", form | {"password": "short", "again": "short"}))[0] == 422
        assert (await browser.post("/welcome", form | {"key": "made-up"}))[0] == 403
        assert (await browser.post("/welcome", form))[0] == 303
        assert "Sign out" in (await browser.get("/"))[1]
        assert (await browser.post("/welcome", form))[0] == 403
        await browser.http.close()


async def test_a_header_of_the_web_server_is_believed_only_where_told(tmp_path: Path) -> None:
    trusting = {"identity_header": "X-Remote-User", "identity_networks": ["127.0.0.0/8"]}
    for number, (settings, works) in enumerate(
        (({}, False), (trusting, True), (trusting | {"identity_networks": ["10.0.0.0/8"]}, False))
    ):
        (tmp_path / str(number)).mkdir()
        async with on_stage(tmp_path / str(number), admin=dict(settings)) as stage:
            browser = browser_at(stage.admin)
            assert ("anna (reader)" in (await browser.get("/", X_Remote_User="anna"))[1]) is works
            await keep_person(stage, "anna", Role.MODERATOR)
            assert ("anna (reader)" in (await browser.get("/", X_Remote_User="anna"))[1]) is False
            assert (await browser.get("/", X_Remote_User="pingwarden"))[0] == (422 if works else 200)
            await browser.http.close()


async def test_broken_forms_are_refused_in_words(browser: Browser, caplog: pytest.LogCaptureFixture) -> None:
    for kind, body in (
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=x", b"--y"),
        ("application/x-www-form-urlencoded; charset=none", b"name=x"),
        ("application/x-www-form-urlencoded", b"name=%00%ff&password=%ed%b2%80"),
        ("text/plain", b"name=x"),
    ):
        headers = {"Origin": browser.base, "Content-Type": kind}
        async with browser.http.post(browser.base + "/signin", data=body, headers=headers) as answer:
            assert answer.status in {400, 403}, kind
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


async def test_the_api_still_wants_a_token_and_health_none(admin: Browser) -> None:
    for path in ("/api/v1/pings", "/api/v1/nothing", "/metrics"):
        status, text = await admin.get(path)
        assert status == 401, text
    assert (await admin.get("/api/v1/pings", Authorization="Bearer secret"))[0] == 200
    admin.http.cookie_jar.clear()
    for path in ("/healthz", "/readyz"):
        assert (await admin.get(path))[0] == 200


async def test_every_page_says_what_browsers_may_do_with_it(admin: Browser) -> None:
    for path in ("/", "/nowhere", "/signin", "/static/style.css", "/static/nothing"):
        async with admin.http.get(admin.base + path) as answer:
            policy = answer.headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy
            assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_the_password_is_kept_as_argon2id(stage: Stage) -> None:
    found = await stage.proxy.database.read(people.find, "admin")
    assert found is not None
    assert found[1].startswith("$argon2id$")
