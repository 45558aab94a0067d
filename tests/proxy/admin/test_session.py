"""Sessions, their cookie, and their end."""

from pathlib import Path

from tests.proxy.admin.conftest import PASSWORD, Browser, browser_at, keep_person
from tests.stage import Stage, on_stage


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
