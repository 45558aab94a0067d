"""Who may ask: sessions, origins, roles, and the headers of every answer."""

from pathlib import Path

import pytest
from aiohttp import web
from multidict import CIMultiDict
from yarl import URL

from proxy.admin.guard import is_for_programs
from proxy.store import policies, rulebook
from proxy.store.people import Role
from tests.proxy.admin.conftest import PASSWORD, Browser, browser_at, keep_person, received
from tests.proxy.admin.pages.test_init import ROOMS
from tests.stage import Stage, on_stage

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

POSTS = tuple(
    str(route.path).replace("{id}", "X").replace("{site}", "blog")
    for room in ROOMS
    for route in room.routes
    if isinstance(route, web.RouteDef) and route.method == "POST"
)
OWN = {"/signin", "/signout", "/welcome", "/language"}  # what concerns whoever asks alone


async def test_without_a_session_every_page_asks_to_sign_in(browser: Browser) -> None:
    for path in ("/", "/rules", "/nowhere", "/pings/x"):
        async with browser.http.get(browser.base + path, allow_redirects=False) as answer:
            assert (answer.status, answer.headers["Location"].partition("?")[0]) == (303, "/signin")


async def test_what_is_not_from_our_own_page_changes_nothing(admin: Browser) -> None:
    form = {"name": "admin", "password": PASSWORD, "language": "de"}
    assert {"/pings", "/undo", "/rules", "/policies/blog", "/model/train", "/model/X/promote"} <= {*POSTS}
    for path in (*POSTS, "/nowhere"):
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


async def test_a_reader_s_every_change_is_refused(browser: Browser, stage: Stage) -> None:
    ping = await received(stage)
    before = await everything(stage)
    await browser.sign_in("rita")
    for path in POSTS:
        if path not in OWN:
            status, text, _ = await browser.post(path.replace("X", ping.id), {"self_pings": "hold", **RULE})
            assert (status, "ask a moderator" in text) == (403, True), path
    assert await everything(stage) == before


async def test_without_a_session_nothing_is_changed(browser: Browser, stage: Stage) -> None:
    ping = await received(stage)
    before = await everything(stage)
    for path in POSTS:
        if path not in OWN:
            status, _, place = await browser.post(path.replace("X", ping.id), {"self_pings": "hold", **RULE})
            assert (status, place) == (303, "/signin"), path
    assert await everything(stage) == before


async def test_what_was_sent_with_an_ended_session_is_worth_nothing_when_sent_again(
    admin: Browser, stage: Stage
) -> None:
    """The whole request, as somebody on the way could have kept it: path, form, origin and cookie."""
    ping = await received(stage)
    (cookie,) = [cookie for cookie in admin.http.cookie_jar if cookie.key == "pingwarden"]
    await admin.post("/signout", {})
    thief = browser_at(stage.admin)
    for path in POSTS:
        if path not in OWN:
            kept = {"Cookie": f"pingwarden={cookie.value}"}
            status, _, place = await thief.post(
                path.replace("X", ping.id), {"do": f"approve:{ping.id}", **RULE}, **kept
            )
            assert (status, place) == (303, "/signin"), path
    await thief.http.close()
    assert (await stage.all_pings())[0].state is ping.state


RULE = {"action": "reject", "source_host": "bread.example", "enabled": "yes"}


async def everything(stage: Stage) -> object:
    """What people can change."""
    read = stage.proxy.database.read
    return await stage.all_pings(), await read(rulebook.list_all), await read(policies.list_all)


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
    for path in ("/api/v1/pings", "/api/v1/nothing"):
        status, text = await admin.get(path)
        assert status == 401, text
    assert (await admin.get("/api/v1/pings", Authorization="Bearer secret"))[0] == 200
    admin.http.cookie_jar.clear()
    for path in ("/healthz", "/readyz", "/metrics"):
        assert (await admin.get(path))[0] == 200


async def test_every_page_says_what_browsers_may_do_with_it(admin: Browser) -> None:
    for path in ("/", "/nowhere", "/signin", "/static/style.css", "/static/nothing"):
        async with admin.http.get(admin.base + path) as answer:
            policy = answer.headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy
            assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("path", "programs"),
    [
        ("/api/v1/pings", True),
        ("/api/", True),
        ("/healthz", True),
        ("/metrics", True),
        ("/api", False),
        ("/API/v1/pings", False),
        ("/healthz/", False),
        ("/healthzz", False),
        ("/x/api/v1", False),
        ("/", False),
        ("", False),
    ],
)
def test_what_programs_ask_is_known_by_its_path(path: str, programs: bool) -> None:
    assert is_for_programs(path) is programs


STRANGE = (
    "/api/v1/../../rules", "/api%2f..%2frules", "/%61pi/v1/pings", "/%2e%2e/rules", "//rules", "/./rules", "/;/rules",
    "/signin/../rules", "/signin%2f..%2frules", "/signin/rules", "/signinrules", "/static/../rules", "/static/%2e%2e/show.py",
    "/static/..%2fshow.py", "/static/%2e%2e%2fguard.py", "/feed/..%2frules.atom", "/feed/x.atom/../../rules", "/languages",
    "/welcome/../", "/healthz/../rules", "/healthz;/rules", "/rules%00", "/pings/%2e%2e%2fsignin", "/rules?/signin",
)  # fmt: skip


async def test_no_spelling_of_a_path_leads_past_the_door(browser: Browser, stage: Stage) -> None:
    await received(stage)
    for path in STRANGE:
        url = URL(browser.base + path, encoded=True)
        async with browser.http.get(url, allow_redirects=False) as answer:
            text = await answer.text()
            assert answer.status in {303, 400, 401, 403, 404}, path
            assert answer.headers.get("Location", "/signin").startswith("/signin"), path
            assert "bread.example" not in text, path
            assert "import" not in text, path


async def test_a_name_told_twice_or_strangely_is_nobody_s(tmp_path: Path) -> None:
    trusting = {"identity_header": "X-Remote-User", "identity_networks": ["127.0.0.0/8"]}
    async with on_stage(tmp_path, admin=trusting) as stage:
        browser = browser_at(stage.admin)
        for names in (["anna", "anna"], ["", "anna"], [""], [" "]):
            headers = CIMultiDict([("X-Remote-User", name) for name in names])
            async with browser.http.get(browser.base + "/", headers=headers, allow_redirects=False) as answer:
                assert (answer.status, answer.headers["Location"][:7]) == (303, "/signin"), names
        for name in ("api", "WordPress", "anna b", "<b>", "x" * 65):
            status, text = await browser.get("/", X_Remote_User=name)
            assert (status, "Sign out" in text, "<b>" in text) == (422, False, False), name
        await browser.http.close()
