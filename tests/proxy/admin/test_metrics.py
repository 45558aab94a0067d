"""GET /metrics on the admin listener."""

from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from proxy.errors import StoreUnavailable
from proxy.ping import State
from tests.stage import LINKS, NO_LINK, Stage, on_stage


async def scraped(stage: Stage) -> dict[str, float]:
    """Every sample, by name with the values of its labels."""
    async with stage.http.get(stage.admin + "/metrics") as answer:
        assert answer.status == 200
        assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
        families = text_string_to_metric_families(await answer.text())
    return {
        " ".join([sample.name, *sorted(sample.labels.values())]): sample.value
        for family in families
        for sample in family.samples
    }


async def test_every_room_is_counted_and_no_stranger_is_named(tmp_path: Path) -> None:
    async with on_stage(tmp_path) as stage:
        before = await scraped(stage)
        stage.web.pages |= {"good.example/a": LINKS, "bad.example/a": NO_LINK}
        await stage.pingback(stage.web.url("good.example/a"))
        await stage.trackback(stage.web.url("bad.example/a"))
        await stage.settled(State.DELIVERED, State.REJECTED)
        after = await scraped(stage)
        async with stage.http.get(stage.admin + "/metrics") as answer:
            text = await answer.text()
    grown = {name for name in after if after[name] > before.get(name, 0)}
    assert grown >= {
        "pingwarden_requests_total 2xx xmlrpc",
        "pingwarden_requests_total 2xx trackback",
        "pingwarden_verdicts_total approved pingback",
        "pingwarden_verdicts_total rejected trackback",
        "pingwarden_findings_total no-link",
        "pingwarden_fetches_total read",
        "pingwarden_deliveries_total delivered",
        "pingwarden_judging_seconds_count",
        "pingwarden_fetching_seconds_count",
        "pingwarden_delivering_seconds_count",
        "pingwarden_store_commit_seconds_count",
    }
    assert (after["pingwarden_database_up"], after["pingwarden_deliveries_waiting"]) == (1, 0)
    assert "example" not in text
    assert "127.0.0.1" not in text


async def test_without_a_database_the_counters_are_still_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with on_stage(tmp_path) as stage:

        async def broken(*_: object) -> None:
            raise StoreUnavailable("the disk is full")

        monkeypatch.setattr(type(stage.proxy.database), "read", broken)
        found = await scraped(stage)
    assert found["pingwarden_database_up"] == 0
    assert "pingwarden_held" not in found
