"""A configuration that is read anew counts at once for what comes, and changes nothing for what is here."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from proxy.config import Config, from_mapping
from proxy.errors import ConfigError
from proxy.ping import State
from proxy.reload import Reload, differing
from tests.stage import LINKS, TRUSTING, XML, Got, Stage, on_stage
from tests.waiting import until

BASE: dict[str, Any] = {"sites": [{"upstream": "http://127.0.0.1:1"}]}
FIXED: dict[str, tuple[dict[str, Any], list[str]]] = {
    "nothing": ({}, []),
    "what may change": ({"policy": {"pingbacks": "off"}, "limits": {"multicall_members": 2}}, []),
    "the listener": ({"listen": "127.0.0.1:1"}, ["listen"]),
    "the other listener": ({"admin_listen": "127.0.0.1:1"}, ["admin_listen"]),
    "directory and database": ({"state_dir": "/x", "database": "mysql://h/d"}, ["state_dir", "database"]),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "fixed"), FIXED.values(), ids=FIXED.keys())
def test_what_was_opened_at_the_start_cannot_change(changes: dict[str, Any], fixed: list[str]) -> None:
    assert differing(from_mapping(BASE), from_mapping(BASE | changes)) == fixed


async def read_anew(*raws: dict[str, Any]) -> tuple[Reload, list[Config]]:
    """Read one configuration after the other; what was followed."""
    followed: list[Config] = []

    async def follow(config: Config) -> None:
        followed.append(config)

    reload = Reload(from_mapping(BASE), follow)
    for raw in raws:
        await reload.read_anew(lambda raw=raw: from_mapping(raw))  # type: ignore[misc]
    return reload, followed


async def test_a_bad_configuration_leaves_the_old_one_in_force_until_a_good_one_comes(
    caplog: pytest.LogCaptureFixture,
) -> None:
    sentence = "unknown key lisen"
    reload, followed = await read_anew(BASE | {"lisen": "127.0.0.1:1"})
    assert (reload.present, reload.trouble, followed) == (from_mapping(BASE), sentence, [])
    assert f"the configuration stays as it was: {sentence}" in caplog.text
    reload, followed = await read_anew(BASE | {"lisen": ""}, BASE | {"answer_within_s": 1})
    assert (reload.trouble, [config.answer_within_s for config in followed]) == ("", [1])


async def test_a_key_that_cannot_be_made_leaves_the_old_configuration_in_force(tmp_path: Path) -> None:
    async with on_stage(tmp_path) as stage:
        reload, pipeline = stage.proxy.reload, stage.proxy.pipeline
        before, addresses = reload.present, pipeline.addresses
        (tmp_path / "privacy.key").mkdir()
        wanted = before.model_copy(update={"privacy": before.privacy.model_copy(update={"addresses": "hashed"})})
        await reload.read_anew(lambda: wanted)
        assert "privacy.key" in reload.trouble
        assert (reload.present, pipeline.config, pipeline.addresses) == (before, before, addresses)


async def test_keys_that_cannot_change_are_named_and_the_rest_counts() -> None:
    reload, [followed] = await read_anew(
        BASE | {"listen": "127.0.0.1:1", "database": "mysql://u:p@h/d", "answer_within_s": 1}
    )
    assert (followed.listen, followed.database, followed.answer_within_s) == ("127.0.0.1:8700", "", 1)
    assert reload.trouble == (
        "listen, database cannot change while running and stay as they are until the next start; the rest is in force"
    )


async def test_what_cannot_be_read_at_all_is_told_too() -> None:
    def read() -> Config:
        raise ConfigError("/etc/pingwarden.toml cannot be read: No such file or directory")

    reload, _ = await read_anew()
    await reload.read_anew(read)
    assert reload.trouble.startswith("/etc/pingwarden.toml cannot be read")


# --- with a running proxy


async def change(stage: Stage, **changes: Any) -> None:
    """Reload with these sections or keys; `site` changes the first site's."""
    present = stage.proxy.config
    first = present.sites[0].model_copy(update=changes.pop("site", {}))
    update = {
        key: getattr(present, key).model_copy(update=value) if isinstance(value, dict) else value
        for key, value in changes.items()
    }
    await stage.proxy.reload.read_anew(
        lambda: present.model_copy(update={"sites": (first, *present.sites[1:])} | update)
    )


async def test_sites_come_and_go(tmp_path: Path) -> None:
    async with on_stage(tmp_path, site={"hosts": ["blog.example"]}) as stage:
        first = stage.proxy.config.sites[0]
        second = first.model_copy(
            update={"name": "second", "hosts": ("two.example",), "public_url": "http://two.example"}
        )
        assert await status_of(stage, "two.example") == 421
        await change(stage, sites=(first, second))
        assert await status_of(stage, "two.example") == 200
        stage.proxy.pipeline.take_judge(TRUSTING)
        stage.web.pages["bread.example/a"] = LINKS.replace("blog.example", "two.example")
        source = stage.web.url("bread.example/a")
        form = {"Host": "two.example", "Content-Type": "application/x-www-form-urlencoded"}
        await stage.post("/2026/alpha/trackback/", f"url={source}&title=A".encode(), form)
        [ping] = await stage.settled(State.DELIVERED)
        assert ping.site == "second"
        # So are the mapped domains of one WordPress network told apart: one upstream, each with its own Host.
        assert [got.headers["Host"] for got in stage.wordpress.pings] == ["two.example"]
        await change(stage, sites=(first,))
        assert await status_of(stage, "two.example") == 421
        assert await status_of(stage, "blog.example") == 200

        async def one_is_left() -> bool:
            names = [task.get_name() for task in asyncio.all_tasks()]
            return [name for name in names if name.startswith("deliver to")] == ["deliver to blog"]

        await until(one_is_left, "the deliverer of the site that is left, alone")


async def status_of(stage: Stage, host: str) -> int:
    """The status of that host's front page."""
    async with stage.http.get(stage.address + "/", headers={"Host": host}) as answer:
        return answer.status


async def test_tokens_and_policy_follow(tmp_path: Path) -> None:
    async with on_stage(tmp_path) as stage:
        await change(stage, admin={"api_tokens": ("other",)})
        for token, status in (("secret", 401), ("other", 200)):
            async with stage.http.get(
                f"{stage.admin}/api/v1/stats", headers={"Authorization": f"Bearer {token}"}
            ) as answer:
                assert answer.status == status
        policy = stage.proxy.config.policy.model_copy(update={"pingbacks": "off"})
        await change(stage, site={"policy": policy})
        assert b"<int>49</int>" in await stage.pingback(stage.web.url("bread.example/a"))


async def test_what_was_counted_and_spent_survives(tmp_path: Path) -> None:
    async with on_stage(tmp_path, limits={"linkbacks_per_client_per_minute": 2}) as stage:
        sources = [stage.web.url(f"bread.example/{number}") for number in range(4)]
        for source in sources[:2]:
            await stage.pingback(source)
        await change(stage)
        assert b"Too many linkbacks" in await stage.pingback(sources[2])
        await change(stage, limits={"linkbacks_per_client_per_minute": 3, "fetches_per_domain_per_minute": 2})
        await stage.pingback(sources[3])
        assert (await stage.all_pings())[0].evidence.failure == "over-budget"  # type: ignore[union-attr]


async def test_who_is_here_is_served_to_the_end_by_what_it_began_with(tmp_path: Path) -> None:
    async with on_stage(tmp_path, site={"hosts": ["blog.example"]}) as stage:
        go, asked = asyncio.Event(), asyncio.Event()

        async def slow(_got: Got) -> web.StreamResponse:
            asked.set()
            await go.wait()
            return web.Response(body=b"its answer", content_type="text/xml")

        stage.wordpress.answers.append(slow)
        call = b"<methodCall><methodName>demo.sayHello</methodName><params/></methodCall>"
        passing = asyncio.create_task(stage.post("/xmlrpc.php", call, XML))
        await asked.wait()
        await change(stage, site={"hosts": ("other.example",), "public_url": "http://other.example"})
        assert await status_of(stage, "blog.example") == 421
        go.set()
        assert await passing == (200, b"its answer")


async def test_readiness_says_what_is_wrong_with_the_configuration(tmp_path: Path) -> None:
    async def ready(stage: Stage) -> str:
        async with stage.http.get(f"{stage.admin}/readyz") as answer:
            assert answer.status == 200
            return str((await answer.json())["configuration"])

    def bad() -> Config:
        raise ConfigError("unknown key lisen")

    async with on_stage(tmp_path) as stage:
        assert await ready(stage) == "ok"
        await stage.proxy.reload.read_anew(bad)
        assert await ready(stage) == "unknown key lisen"
        await change(stage)
        assert await ready(stage) == "ok"
