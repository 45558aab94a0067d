"""The JSON API of design §6 against the running proxy."""

from pathlib import Path
from typing import Any

import pytest

from proxy.ping import State
from tests.stage import HOME, LINKS, NO_LINK, POST, Stage, on_stage

RULE_KEYS = {"id", "name", "enabled", "site", "when", "action", "points", "expires_at", "note", "hits", "last_hit_at"}
TOKEN = {"Authorization": "Bearer secret"}


async def call(stage: Stage, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
    """Call the API and return status and JSON."""
    url = f"{stage.admin}/api/v1/{path}"
    async with stage.http.request(method, url, json=body, headers=headers or TOKEN) as answer:
        return answer.status, await answer.json(content_type=None)


async def held(stage: Stage) -> str:
    """Return the id of a held self-ping."""
    await stage.pingback(f"{HOME}/2026/gamma/", f"{HOME}/2026/beta/")
    (ping,) = await stage.settled(State.HELD)
    return ping.id


@pytest.mark.parametrize("headers", [{"Authorization": "Bearer wrong"}, {"Authorization": "Basic secret"}, {"X": "y"}])
async def test_without_a_token_everything_is_401(tmp_path: Path, headers: dict[str, str]) -> None:
    async with on_stage(tmp_path) as stage:
        status, body = await call(stage, "GET", "pings", **headers)
        assert status == 401
        assert (body["title"], body["status"]) == ("Unauthorized", 401)


async def test_health_needs_no_token_and_no_wordpress(tmp_path: Path) -> None:
    async with on_stage(tmp_path) as stage:
        for path, expected in (("healthz", {"status": "ok"}), ("readyz", None)):
            async with stage.http.get(f"{stage.admin}/{path}") as answer:
                assert answer.status == 200
                assert expected is None or await answer.json() == expected
        assert stage.wordpress.received == []


async def test_a_lost_database_is_said_by_readyz_but_not_by_healthz(tmp_path: Path) -> None:
    async with on_stage(tmp_path) as stage:
        await stage.proxy.database.close()
        for path, status in (("healthz", 200), ("readyz", 503)):
            async with stage.http.get(f"{stage.admin}/{path}") as answer:
                assert answer.status == status


async def test_a_ping_has_the_shape_of_the_contract(tmp_path: Path) -> None:
    async with on_stage(tmp_path) as stage:
        stage.web.pages["bread.example/a"] = LINKS
        await stage.pingback(stage.web.url("bread.example/a"))
        (ping,) = await stage.settled(State.DELIVERED)
        status, body = await call(stage, "GET", f"pings/{ping.id}")
        assert status == 200
        contract = (
            "id site kind state source_url target_url title excerpt blog_name remote_ip received_at spam_probability "
            "points reasons evidence label events"
        )
        assert set(contract.split()) <= set(body)
        assert body["site"] == "blog"
        assert body["target_url"] == POST
        assert body["evidence"]["link_found"] is True
        assert [event["what"] for event in body["events"]] == ["received", "approved", "delivered"]
        assert all(set(reason) == {"rule", "points", "text"} for reason in body["reasons"])


async def test_lists_are_filtered_and_paged(tmp_path: Path) -> None:
    async with on_stage(tmp_path) as stage:
        for number in range(3):
            stage.web.pages[f"bread.example/{number}"] = NO_LINK
            await stage.pingback(stage.web.url(f"bread.example/{number}"))
        _, first = await call(stage, "GET", "pings?state=rejected&limit=2")
        _, second = await call(stage, "GET", f"pings?state=rejected&limit=2&cursor={first['next']}")
        assert (len(first["items"]), len(second["items"]), second["next"]) == (2, 1, None)
        for ping in (*first["items"], *second["items"]):
            assert [event["what"] for event in ping["events"]] == ["received", "rejected"]
        for query, count in (
            ("state=held", 0),
            ("kind=pingback", 3),
            ("rule=no-link", 3),
            (f"q=%3A{stage.web.port}/2", 1),
            ("site=no", 0),
            ("cursor=&state=", 3),
        ):
            _, found = await call(stage, "GET", f"pings?{query}")
            assert len(found["items"]) == count, query


@pytest.mark.parametrize(
    "query", ["state=odd", "kind=odd", "limit=0", "limit=x", "limit=²", "limit=" + "9" * 5000, "cursor=odd"]
)
async def test_a_bad_filter_is_422(tmp_path: Path, query: str) -> None:
    async with on_stage(tmp_path) as stage:
        status, body = await call(stage, "GET", f"pings?{query}")
        assert status == 422
        assert query.partition("=")[0] in body["detail"]


async def test_approve_delivers_labels_ham_and_a_second_time_is_409(tmp_path: Path) -> None:
    async with on_stage(tmp_path, policy={"self_pings": "hold"}) as stage:
        ping_id = await held(stage)
        status, body = await call(stage, "POST", f"pings/{ping_id}/approve")
        assert (status, body["label"]) == (200, "ham")
        assert (await call(stage, "POST", f"pings/{ping_id}/approve"))[0] == 409
        await stage.settled(State.DELIVERED)
        assert len(stage.wordpress.pings) == 1


@pytest.mark.parametrize(("body", "label"), [(None, "spam"), ({"label": None}, None), ({"label": "ham"}, "ham")])
async def test_reject_labels_as_it_is_told(tmp_path: Path, body: Any, label: str | None) -> None:
    async with on_stage(tmp_path, policy={"self_pings": "hold"}) as stage:
        ping_id = await held(stage)
        status, ping = await call(stage, "POST", f"pings/{ping_id}/reject", body)
        assert (status, ping["state"], ping["label"]) == (200, "rejected", label)
        _, ping = await call(stage, "POST", f"pings/{ping_id}/approve", {"label": None})
        assert (ping["state"], ping["label"]) == ("approved", None)  # whatever was said before


async def test_a_label_moves_nothing_and_delete_forgets(tmp_path: Path) -> None:
    async with on_stage(tmp_path, policy={"self_pings": "hold"}) as stage:
        ping_id = await held(stage)
        status, body = await call(stage, "POST", f"pings/{ping_id}/label", {"label": "spam"})
        assert (status, body["state"], body["label"]) == (200, "held", "spam")
        for odd in ("odd", [], {}, 5):
            assert (await call(stage, "POST", f"pings/{ping_id}/label", {"label": odd}))[0] == 422
        assert (await call(stage, "DELETE", f"pings/{ping_id}"))[0] == 200
        assert (await call(stage, "GET", f"pings/{ping_id}"))[0] == 404
        assert (await call(stage, "DELETE", f"pings/{ping_id}"))[0] == 404


async def test_rules_live_through_the_api(tmp_path: Path) -> None:
    async with on_stage(tmp_path) as stage:
        rule = {"name": "no bread", "when": {"source_host": ["bread.example"]}, "action": "reject"}
        status, kept = await call(stage, "POST", "rules", rule)
        assert status == 200
        assert set(kept) == {
            "id",
            "name",
            "enabled",
            "site",
            "when",
            "action",
            "points",
            "expires_at",
            "note",
            "hits",
            "last_hit_at",
        }
        assert b"49" in await stage.pingback(stage.web.url("bread.example/a"))
        assert stage.web.asked == []
        _, found = await call(stage, "GET", "rules")
        assert found["items"][0]["hits"] == 1
        assert found["items"][0]["last_hit_at"]
        status, changed = await call(stage, "PUT", f"rules/{kept['id']}", rule | {"enabled": False})
        assert (status, changed["enabled"], changed["hits"]) == (200, False, 1)
        assert (await call(stage, "DELETE", f"rules/{kept['id']}"))[0] == 200
        assert (await call(stage, "DELETE", f"rules/{kept['id']}"))[0] == 404


@pytest.mark.parametrize(
    ("rule", "named"),
    [
        ({}, "action"),
        ({"action": "fly", "when": {"self": True}}, "action"),
        ({"action": "reject", "when": {}}, "when"),
        ({"action": "reject", "when": {"pattern": "("}}, "when.pattern"),
        ({"action": "reject", "when": {"remote_network": ["x"]}}, "when.remote_network"),
        ({"action": "points", "when": {"self": True}}, "points"),
        ({"action": "hold", "when": {"self": "yes"}}, "when.self"),
        ({"action": "hold", "when": {"self": True}, "site": "nowhere"}, "site"),
        ({"action": "hold", "when": {"self": True}, "expires_at": "soon"}, "expires_at"),
        ({"action": "hold", "when": {"self": True}, "colour": 1}, "colour"),
    ],
)
async def test_a_bad_rule_is_422_and_names_the_field(tmp_path: Path, rule: dict[str, Any], named: str) -> None:
    async with on_stage(tmp_path) as stage:
        status, body = await call(stage, "POST", "rules", rule)
        assert status == 422
        assert named in body["detail"].lower()


async def test_a_preview_says_what_a_rule_would_have_changed(tmp_path: Path) -> None:
    async with on_stage(tmp_path) as stage:
        stage.web.pages |= {"bread.example/a": LINKS, "bread.example/b": NO_LINK}
        await stage.pingback(stage.web.url("bread.example/a"))
        await stage.pingback(stage.web.url("bread.example/b"))
        await stage.settled(State.DELIVERED, State.REJECTED)
        rule = {"when": {"source_host": ["bread.example"]}, "action": "reject", "days": 30}
        status, body = await call(stage, "POST", "rules/preview", rule)
        delivered = (await stage.all_pings())[1]
        assert status == 200
        assert body == {
            "examined": 2,
            "changed": 1,
            "items": [{"id": delivered.id, "from": "delivered", "to": "rejected"}],
        }
        assert (await call(stage, "GET", "rules"))[1]["items"] == []
        days = rule.pop("days")
        assert await call(stage, "POST", "rules/preview", {"rule": rule, "days": days}) == (status, body)
        assert (await call(stage, "POST", "rules/preview", {"rule": rule, "day": days}))[0] == 422


async def test_stats_count_by_state(tmp_path: Path) -> None:
    async with on_stage(tmp_path) as stage:
        await stage.pingback(stage.web.url("bread.example/gone"))
        status, body = await call(stage, "GET", "stats")
        assert status == 200
        assert body["states"]["rejected"] == 1


@pytest.mark.parametrize("body", [b"{", b"[1]", b"\xff", b"[" * 100_000])
async def test_a_body_that_is_no_json_object_is_a_problem_not_a_crash(tmp_path: Path, body: bytes) -> None:
    async with (
        on_stage(tmp_path) as stage,
        stage.http.post(f"{stage.admin}/api/v1/rules", data=body, headers=TOKEN) as answer,
    ):
        assert answer.status in {400, 422}
        assert answer.content_type == "application/problem+json"
