"""Signing in and out, and guessing."""

from pathlib import Path

from proxy.store import people
from proxy.store.people import Role
from tests.proxy.admin.conftest import PASSWORD, Browser, browser_at, keep_person
from tests.stage import Stage, on_stage


async def test_signing_in_opens_the_pages_and_signing_out_closes_them(browser: Browser) -> None:
    assert await browser.sign_in() == 303
    status, text = await browser.get("/")
    assert status == 200
    assert "Sign out" in text
    assert (await browser.post("/signout", {}))[0] == 303
    assert "Sign out" not in (await browser.get("/"))[1]


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


async def test_the_password_is_kept_as_argon2id(stage: Stage) -> None:
    found = await stage.proxy.database.read(people.find, "admin")
    assert found is not None
    assert found[1].startswith("$argon2id$")
