"""`pingwarden rules`: list, add, remove, test."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.proxy.commands.running import call

TARGET = ["--target", "https://blog.example/a/"]


def test_rules_are_added_listed_tested_and_removed(config: Path) -> None:
    at = ["--config", str(config)]
    added = call("rules", "add", "--action", "reject", "--when", "source_domain=spam.example", "--name", "no spam", *at)
    assert added.exit_code == 0, added.stderr
    rule_id = added.stdout.split()[0]
    listed = json.loads(call("rules", "list", "--json", *at).stdout)
    assert listed["when"] == {"source_domain": ["spam.example"]}
    tested = call("rules", "test", "--source", "http://www.spam.example/x", *TARGET, *at)
    assert f"owner:{rule_id}: your rule “no spam” matches" in tested.stdout
    assert tested.stdout.endswith("-> reject\n")
    assert call("rules", "remove", rule_id, *at).exit_code == 0
    assert call("rules", "list", *at).stdout == ""
    gone = call("rules", "remove", rule_id, *at)
    assert (gone.exit_code, gone.stderr) == (1, f"pingwarden: there is no rule {rule_id}\n")


@pytest.mark.parametrize(
    ("conditions", "when"),
    [
        (["kind=trackback"], {"kind": "trackback"}),
        (["source_host=a.example", "source_host=b.example"], {"source_host": ["a.example", "b.example"]}),
        (["self=true"], {"self": True}),
        (["self=False", "kind=pingback"], {"self": False, "kind": "pingback"}),
        (["words=a=b"], {"words": ["a=b"]}),
    ],
    ids=str,
)
def test_conditions_become_what_they_say(config: Path, conditions: list[str], when: dict[str, Any]) -> None:
    at = ["--config", str(config)]
    options = [part for condition in conditions for part in ("--when", condition)]
    added = call("rules", "add", "--action", "hold", *options, *at)
    assert added.exit_code == 0, added.stderr
    assert json.loads(call("rules", "list", "--json", *at).stdout)["when"] == when


def test_every_other_option_is_kept(config: Path) -> None:
    at = ["--config", str(config)]
    told = ["--points", "2.5", "--site", "blog", "--expires", "2030-01-01", "--note", "why", "--name", "mine"]
    added = call("rules", "add", "--action", "points", "--when", "kind=pingback", *told, *at)
    assert "+2.5 points" in added.stdout
    rule = json.loads(call("rules", "list", "--json", *at).stdout)
    assert (rule["points"], rule["site"], rule["note"], rule["name"]) == (2.5, "blog", "why", "mine")
    assert rule["expires_at"].startswith("2030-01-01T00:00:00")


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--action", "reject", "--when", "colour=red"], "when.colour is unknown; allowed are kind, source_host"),
        (["--action", "reject", "--when", "kind"], "--when 'kind' must look like KEY=VALUE"),
        (["--action", "points", "--when", "kind=pingback"], "points must not be 0 when the action is points"),
        (["--action", "hold", "--when", "self=perhaps"], "self"),
        (["--action", "points", "--when", "kind=pingback", "--points", "abc"], "points = 'abc' must be a number"),
        (["--action", "hold", "--when", "kind=letter"], "when.kind = 'letter' must be"),
        (["--action", "hold", "--when", "kind=pingback", "--when", "kind=trackback"], "--when kind is given twice"),
        (["--action", "hold", "--when", "kind=pingback", "--expires", "soon"], "expires_at = 'soon' must look like"),
        (["--action", "hold", "--when", "kind=pingback", "--expires", "2020-01-01"], "must be in the future"),
        (["--action", "hold", "--when", "kind=pingback", "--site", "nosuch"], "site = 'nosuch' must be null or one of"),
    ],
)
def test_a_bad_rule_names_what_is_allowed(config: Path, options: list[str], sentence: str) -> None:
    done = call("rules", "add", *options, "--config", str(config))
    assert done.exit_code == 2
    assert sentence in done.stderr
    assert call("rules", "list", "--config", str(config)).stdout == ""


def test_where_no_site_is_known_a_rule_may_name_any(config: Path) -> None:
    at = ["--state-dir", str(config.parent)]
    assert call("rules", "add", "--action", "hold", "--when", "kind=pingback", "--site", "other", *at).exit_code == 0
    assert json.loads(call("rules", "list", "--json", *at).stdout)["site"] == "other"


@pytest.mark.parametrize(
    ("options", "status", "sentence"),
    [
        ({}, 0, "-> the source page and its text decide"),
        ({"--target": "https://other.example/"}, 0, "-> reject: fault 33, the target is not this site's"),
        ({"--target": "https://blog.example:8443/"}, 0, "-> reject: fault 33, the target is not this site's"),
        ({"--source": "nonsense"}, 2, "for '--source': 'nonsense' is not an absolute http or https URL"),
        ({"--target": "nonsense"}, 2, "for '--target': 'nonsense' is not"),
        ({"--ip": "zzz"}, 2, "for '--ip': 'zzz' must be an address"),
    ],
    ids=str,
)
def test_where_no_rule_decides_that_is_said(config: Path, options: dict[str, str], status: int, sentence: str) -> None:
    given = {"--source": "http://honest.example/x", "--target": "https://blog.example/a/"} | options
    told = [part for option in given.items() for part in option]
    done = call("rules", "test", *told, "--config", str(config))
    assert done.exit_code == status
    assert sentence in done.output


def test_where_no_site_is_known_every_target_may_be_ones(config: Path) -> None:
    done = call("rules", "test", "--source", "http://a.example/", *TARGET, "--state-dir", str(config.parent))
    assert done.stdout == "-> the source page and its text decide\n"
