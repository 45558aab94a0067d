"""Which post a target is, asked of the site itself once and then remembered."""

from pathlib import Path

import pytest

from proxy.identify import ByNumber, ByPath, ByQuery, PathOrNumber, PostName
from proxy.target import Post, Targets
from proxy.upstream import Unanswered
from tests.stage import HOME, Stage, on_stage

ALPHA = f"{HOME}/2026/alpha/"


def asked(stage: Stage) -> list[str]:
    """Return the paths that the upstream was asked for."""
    return [got.path for got in stage.wordpress.received]


@pytest.mark.parametrize(
    ("name", "url"),
    [
        (ByNumber(4, ""), ALPHA),
        (ByNumber(99, ""), None),
        (ByPath("/2026/alpha/"), ALPHA),
        (ByPath("/nosuch/"), None),
        (ByPath("/"), None),  # the front page is no post
        (ByQuery("name", "nosuch", ""), None),
        (PathOrNumber("/2026/alpha/", 5, ""), ALPHA),
        (PathOrNumber("/author/anna/", 4, ""), ALPHA),
    ],
    ids=str,
)
async def test_a_name_leads_to_its_post_or_to_none(tmp_path: Path, name: PostName, url: str | None) -> None:
    async with on_stage(tmp_path) as stage:
        targets = stage.proxy.pipeline.verifier.targets
        found = await targets.named(stage.proxy.config.sites[0], name)
        assert (found.url if isinstance(found, Post) else found) == url


async def test_the_number_and_the_permalink_are_known_as_one_post(tmp_path: Path) -> None:
    async with on_stage(tmp_path) as stage:
        targets, site = stage.proxy.pipeline.verifier.targets, stage.proxy.config.sites[0]
        found = await targets.named(site, ByNumber(4, ""))
        assert isinstance(found, Post)
        assert {"~/2026/alpha", "~?p=4"} <= found.keys


async def test_the_same_question_is_asked_once(tmp_path: Path) -> None:
    async with on_stage(tmp_path) as stage:
        targets, site = stage.proxy.pipeline.verifier.targets, stage.proxy.config.sites[0]
        for _ in range(3):
            await targets.named(site, ByNumber(4, ""))
            await targets.named(site, ByNumber(99, ""))
        assert asked(stage) == ["/?p=4", "/2026/alpha/", "/?p=99"]


async def test_what_is_too_long_for_a_url_is_no_post_and_takes_no_memory(tmp_path: Path) -> None:
    async with on_stage(tmp_path) as stage:
        targets: Targets = stage.proxy.pipeline.verifier.targets
        assert await targets.named(stage.proxy.config.sites[0], ByPath("/" + "a" * 60_000)) is None
        assert (targets._known, asked(stage)) == ({}, [])


async def test_a_site_that_does_not_answer_is_asked_again_later(tmp_path: Path) -> None:
    async with on_stage(tmp_path, site={"upstream": "http://127.0.0.1:9"}) as stage:
        targets: Targets = stage.proxy.pipeline.verifier.targets
        found = await targets.named(stage.proxy.config.sites[0], ByNumber(4, ""))
        assert isinstance(found, Unanswered)
        assert not targets._known
