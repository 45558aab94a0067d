"""Which site and which door."""

from pathlib import Path

from tests.stage import on_stage


async def test_a_host_that_is_no_site_s_gets_a_plain_sentence(tmp_path: Path) -> None:
    async with (
        on_stage(tmp_path, site={"hosts": ["blog.example"]}) as stage,
        stage.http.get(stage.address + "/", headers={"Host": "other.example"}) as answer,
    ):
        assert (answer.status, await answer.text()) == (
            421,
            "No site is configured here for the host that was asked for.\n",
        )


async def test_a_fetched_site_can_look_up_what_we_are(tmp_path: Path) -> None:
    async with on_stage(tmp_path) as stage:
        url = stage.address + "/.well-known/pingwarden"
        async with stage.http.get(url, headers={"Host": "blog.example"}) as answer:
            assert answer.status == 200
            assert "told this site that your page links to it" in await answer.text()
        assert stage.wordpress.received == []


async def test_everything_else_passes(tmp_path: Path) -> None:
    async with on_stage(tmp_path) as stage:
        url = stage.address + "/2026/alpha/?q=1"
        for method in ("GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH"):
            async with stage.http.request(method, url, headers={"Host": "blog.example"}) as answer:
                await answer.read()
        assert [(got.method, got.path) for got in stage.wordpress.received] == [
            (method, "/2026/alpha/?q=1") for method in ("GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH")
        ]
