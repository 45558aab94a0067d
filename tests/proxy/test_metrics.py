"""What is counted, under which names, and that no stranger can add to them."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from proxy import metrics, recipes
from proxy.config import from_mapping
from proxy.metrics import Moment, exposition
from proxy.ping import Action, Failure, Finding, Kind, Linkback, Ping, Sender, State, Verdict

CONFIG = from_mapping({"sites": [{"upstream": "http://127.0.0.1:8080"}]})
EVERYTHING = Moment("m1", 3, True, 4, 5, 6.5, 7)


def samples(moment: Moment = EVERYTHING) -> dict[str, float]:
    """Every sample as Prometheus would store it, by name and labels."""
    families = text_string_to_metric_families(exposition(moment).decode())
    return {
        f"{sample.name}{sorted(sample.labels.items())}": sample.value
        for family in families
        for sample in family.samples
    }


def names() -> set[str]:
    """The names under which samples are exposed, once everything was counted."""
    count_everything()
    families = text_string_to_metric_families(exposition(EVERYTHING).decode())
    return {sample.name for family in families for sample in family.samples}


def ping(*rules: str) -> Ping:
    """A held ping of which these rules spoke."""
    found = tuple(Finding(rule, 0, "", Action.HOLD) for rule in rules)
    linkback = Linkback(Kind.PINGBACK, "http://a.example/", "http://b.example/")
    at = datetime(2026, 1, 1, tzinfo=UTC)
    made = Ping("1", "blog", State.HELD, linkback, Sender("192.0.2.1", ""), "/xmlrpc.php", at)
    return replace(made, verdict=Verdict(Action.HOLD, 0, found))


def count_everything() -> None:
    """Count one of each."""
    metrics.count_request("xmlrpc", 200)
    metrics.count_verdict(ping("model"))
    metrics.count_fetch(Failure.GONE)
    metrics.count_delivery("delivered")
    metrics.count_limit("linkbacks")


def test_what_is_counted_is_exposed() -> None:
    before = samples()
    count_everything()
    metrics.count_request("xmlrpc", 429)
    metrics.count_request("xmlrpc", 204)
    metrics.count_fetch(None)
    after = samples()
    grown = {name: after[name] - before.get(name, 0) for name in after if after[name] != before.get(name, 0)}
    expected = {
        "pingwarden_requests_total[('door', 'xmlrpc'), ('status', '2xx')]": 2.0,
        "pingwarden_requests_total[('door', 'xmlrpc'), ('status', '429')]": 1.0,
        "pingwarden_verdicts_total[('kind', 'pingback'), ('state', 'held')]": 1.0,
        "pingwarden_findings_total[('rule', 'model')]": 1.0,
        "pingwarden_fetches_total[('result', 'gone')]": 1.0,
        "pingwarden_fetches_total[('result', 'read')]": 1.0,
        "pingwarden_deliveries_total[('outcome', 'delivered')]": 1.0,
        "pingwarden_limits_hit_total[('limit', 'linkbacks')]": 1.0,
    }
    assert {name: grown.get(name) for name in expected} == expected


def test_how_things_stand_is_said_as_far_as_it_is_known() -> None:
    known = samples()
    assert known["pingwarden_model_info[('model', 'm1')]"] == 1
    assert known["pingwarden_store_writes_waiting[]"] == 3
    assert known["pingwarden_held[]"] == 4
    assert known["pingwarden_deliveries_waiting[]"] == 5
    assert known["pingwarden_oldest_delivery_seconds[]"] == 6.5
    assert known["pingwarden_checks_waiting[]"] == 7
    unknown = samples(Moment())
    assert unknown["pingwarden_database_up[]"] == 0
    assert unknown["pingwarden_model_info[('model', 'none')]"] == 1
    assert "pingwarden_held[]" not in unknown


def test_rules_of_the_owner_are_one_name() -> None:
    for number in range(500):
        metrics.count_verdict(ping(f"owner:{number}"))
    owners = [name for name in samples() if "pingwarden_findings_total" in name and "owner" in name]
    assert owners == ["pingwarden_findings_total[('rule', 'owner')]"]


def test_statuses_are_classes() -> None:
    for status in range(100, 600):
        metrics.count_request("none", status)
    shown = {name for name in samples() if name.startswith("pingwarden_requests_total[('door', 'none')")}
    assert len(shown) == 6


def told(kind: str) -> str:
    """A printed file."""
    return recipes.render(kind, CONFIG, config_file="/etc/pw.toml", root="", php="")


def expressions() -> Iterator[str]:
    """Every expression of the dashboard and of the alerts."""
    for panel in json.loads(told("grafana"))["panels"]:
        yield from (target["expr"] for target in panel["targets"])
    yield from re.findall(r"^ +expr: (.+)$", told("prometheus-alerts"), re.MULTILINE)


@pytest.mark.parametrize("expression", sorted(set(expressions())))
def test_every_name_in_dashboard_and_alerts_is_exposed(expression: str) -> None:
    used = set(re.findall(r"(?:pingwarden|process)_[a-z_]+", expression.replace('job="pingwarden"', "")))
    assert used <= names()
    assert used or expression.startswith("up{")


def test_every_metric_of_ours_stands_in_the_dashboard() -> None:
    shown = " ".join(expressions())
    stems = {
        re.sub(r"_(total|bucket|count|sum|created)$", "", name) for name in names() if name.startswith("pingwarden")
    }
    assert [stem for stem in sorted(stems) if stem not in shown] == []


def test_several_processes_count_together_where_they_are_told_to(tmp_path: Path) -> None:
    """Each counts in a file of its own in that directory, and whoever is asked adds them up."""
    count = "from proxy import metrics; metrics.count_limit('calls');"
    environment = os.environ | {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    show = "import sys; sys.stdout.buffer.write(metrics.exposition(metrics.Moment()))"
    for code in (count, count, count + show):
        done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, check=True)
    assert b'pingwarden_limits_hit_total{limit="calls"} 3.0' in done.stdout
