"""`pingwarden pings`: list, show, approve, reject."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from proxy.commands.setup import chosen, with_database
from proxy.ping import Action, Finding, Kind, Linkback, Ping, Sender, Verdict
from proxy.store import arrivals, verdicts
from proxy.store.arrivals import Arrival
from proxy.store.database import Database
from proxy.store.verdicts import Decision
from tests.proxy.commands.running import call

AT = datetime(2026, 3, 3, 10, tzinfo=UTC)
HOLD = Verdict(Action.HOLD, 1.5, (Finding("odd", 1.5, "odd"),))


def kept(config: Path, *sources: str) -> list[str]:
    """Hold a ping from each source and return the ids."""

    async def work(database: Database) -> list[str]:
        ids = []
        for source in sources:
            linkback = Linkback(Kind.PINGBACK, f"http://{source}", "http://blog.example/alpha/")
            ping = await database.write_together(
                arrivals.receive, Arrival("blog", linkback, Sender("192.0.2.7"), "/xmlrpc.php", AT)
            )
            assert isinstance(ping, Ping)
            ids.append((await database.write_together(verdicts.decide, Decision(ping.id, HOLD, None, AT))).id)
        return ids

    return with_database(chosen(config, None), work)


def test_pings_that_are_not_there_are_said(config: Path) -> None:
    done = call("pings", "list", "--config", str(config))
    assert (done.exit_code, done.stdout, done.stderr) == (0, "", "no linkbacks\n")
    assert call("pings", "list", "--json", "--config", str(config)).output == ""
    for command in ("approve", "reject", "show"):
        done = call("pings", command, "NOSUCH", "--config", str(config))
        assert (done.exit_code, done.stderr) == (1, "pingwarden: there is no ping NOSUCH\n")


def test_a_line_tells_id_time_state_points_and_both_ends(config: Path) -> None:
    [ping_id] = kept(config, "a.example/x")
    assert call("pings", "list", "--config", str(config)).stdout == (
        f"{ping_id}  2026-03-03 10:00  held         +1.5  http://a.example/x -> http://blog.example/alpha/\n"
    )


@pytest.mark.parametrize(
    ("options", "count"),
    [
        ([], 2),
        (["--state", "held"], 2),
        (["--state", "rejected"], 0),
        (["--site", "blog"], 2),
        (["--site", "other"], 0),
        (["--text", "b.example"], 1),
        (["--limit", "1"], 1),
    ],
    ids=str,
)
def test_the_list_is_filtered(config: Path, options: list[str], count: int) -> None:
    kept(config, "a.example/x", "b.example/x")
    lines = call("pings", "list", "--json", *options, "--config", str(config)).stdout.splitlines()
    assert len(lines) == count
    assert all(json.loads(line)["state"] == "held" for line in lines)


def test_a_word_moves_and_labels_and_what_cannot_be_moved_is_said(config: Path) -> None:
    at = ["--config", str(config)]
    good, bad = kept(config, "a.example/x", "b.example/x")
    done = call("pings", "approve", good, "NOSUCH", *at)
    assert done.exit_code == 1
    assert done.stderr == "pingwarden: there is no ping NOSUCH\n"
    assert f"{good}  2026-03-03 10:00  approved" in done.stdout
    assert call("pings", "reject", bad, *at).exit_code == 0
    shown = [json.loads(call("pings", "show", one, *at).stdout) for one in (good, bad)]
    assert [(one["state"], one["label"]) for one in shown] == [("approved", "ham"), ("rejected", "spam")]
    assert shown[0]["events"][-1]["by"] == "command line"
    done = call("pings", "reject", good, *at)
    assert (done.exit_code, done.stderr) == (1, f"pingwarden: ping {good} is approved; it cannot become rejected\n")
