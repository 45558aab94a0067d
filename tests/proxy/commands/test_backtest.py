"""`pingwarden backtest`: a table for people, lines of JSON for programs."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from proxy.clock import now
from proxy.commands.setup import chosen, with_database
from proxy.decide import Bands, decide
from proxy.ping import Finding, Kind, Label, Linkback, Ping, Sender
from proxy.score import shelf_in
from proxy.store import arrivals, pings, verdicts
from proxy.store.arrivals import Arrival
from proxy.store.database import Database
from proxy.store.verdicts import Decision
from tests.proxy.commands.running import call
from tests.proxy.score.shelves import make


@pytest.fixture
def history(config: Path) -> dict[str, str]:
    """Three held linkbacks of yesterday and one of long ago, by their hosts; a person called one of them spam."""

    async def work(database: Database) -> dict[str, str]:
        ids = {}
        for host, days in (("a", 1), ("b", 1), ("c", 1), ("old", 90)):
            linkback = Linkback(Kind.TRACKBACK, f"http://{host}.example/", "http://blog.example/", "casino", "", "")
            at = now() - timedelta(days=days)
            ping = await database.write_together(
                arrivals.receive, Arrival("blog", linkback, Sender("192.0.2.7"), "/t", at)
            )
            assert isinstance(ping, Ping)
            found = (Finding("model", 1.0, "said"), Finding("thin-page", 0.7 if host != "b" else -1.5, "thin"))
            await database.write_together(verdicts.decide, Decision(ping.id, decide(found, Bands(-1.0, 4.0)), None, at))
            ids[host] = ping.id
        await database.write(pings.label, ids["a"], Label.SPAM, "anna", now())
        return ids

    return with_database(chosen(config, None), work)


def test_another_model_as_lines_of_json(config: Path, history: dict[str, str]) -> None:
    card = make(shelf_in(config.parent), "1", {"title:words": {"casino": 3.5 * 3**0.5 / 2}})
    for name in ("1", card.model_id):
        done = call("backtest", "--model", name, "--json", "--config", str(config))
        assert done.exit_code == 0, done.stderr
        rows = {line["id"]: line for line in map(json.loads, done.stdout.splitlines())}
        assert rows.keys() == {history["a"], history["c"]}
        row = rows[history["a"]]
        assert (row["from"], row["to"], row["points_from"], row["label"]) == ("hold", "reject", 1.7, "spam")


def test_other_thresholds_as_a_table_with_a_summary(config: Path, history: dict[str, str]) -> None:
    make(shelf_in(config.parent), "1", {"title:words": {"casino": 0.0}})
    arguments = ["backtest", "--model", "1", "--approve-below", "0.5", "--config", str(config)]
    done = call(*arguments)
    assert done.exit_code == 0, done.stderr
    assert "What would have gone another way" in done.stdout
    assert "of 3 linkbacks 1 would have gone another way: 1 from hold to approve\n" in done.stdout
    everything = call(*arguments, "--reject-above", "0.5", "--days", "365").stdout
    told = " ".join(everything.split())
    assert "of 4 linkbacks 4 would have gone another way: 3 from hold to reject, 1 from hold to approve" in told
    assert "by what persons said of them, 1 to where they belong and 0 away from there" in told


@pytest.mark.parametrize(
    ("arguments", "status", "sentence"),
    [
        (["--model", "nosuch"], 1, "there is no model nosuch"),
        (["--approve-below", "3", "--reject-above", "2"], 2, "--approve-below 3 must not be above --reject-above 2"),
        (["--days", "0"], 2, "0 is not in the range"),
    ],
)
def test_a_wrong_call_is_said(config: Path, arguments: list[str], status: int, sentence: str) -> None:
    done = call("backtest", *arguments, "--config", str(config))
    assert done.exit_code == status
    assert sentence in done.stderr
