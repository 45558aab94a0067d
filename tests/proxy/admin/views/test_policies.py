"""What the page says of a site's pings to itself, and what its form may hold."""

from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

import pytest

from proxy.admin.json import rule_from_json
from proxy.admin.texts import Texts, texts_in
from proxy.admin.views.policies import policy_from, policy_view
from proxy.config import Config, from_mapping
from proxy.policy import SelfPings, SelfPolicy
from proxy.rules.owner import BadRule, OwnerRule

AT = datetime(2026, 3, 3, 10, tzinfo=UTC)


@pytest.fixture
def config(tmp_path: Path) -> Config:
    shared = {"upstream": "http://127.0.0.1:1"}
    blog = shared | {"name": "blog", "public_url": "https://blog.example", "policy": {"self_pings": "hold"}}
    shop = shared | {"name": "shop", "public_url": "https://shop.example"}
    return from_mapping({"state_dir": str(tmp_path), "sites": [blog, shop]})


def rule(**changes: object) -> OwnerRule:
    return rule_from_json({"action": "reject", "when": {"self": True, "source_path": "/x/*"}} | changes, {"shop"}, "ID")


def test_what_was_set_on_the_page_stands_before_the_configuration(config: Config) -> None:
    site = config.sites[0]
    before = policy_view(Texts(), site, None, [])
    assert (before.in_force, before.set_by, before.hosts, before.exceptions) == ("hold", None, "blog.example", ())
    after = policy_view(Texts(), site, SelfPolicy("pass", ("old.example",), "anna", AT), [])
    assert (after.in_force, after.set_by, after.set_at, after.more_hosts) == ("pass", "anna", AT, ("old.example",))
    assert after.configured == "Pings of this site to itself are held."
    for texts in (Texts(), texts_in("de")):
        told = dict(policy_view(texts, site, None, []).ways)
        assert set(told) == set(get_args(SelfPings))
        assert len({*told.values()}) == 4


@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ({}, True),
        ({"enabled": False}, True),
        ({"site": "shop"}, False),
        ({"when": {"self": False, "source_path": "/x/*"}}, False),
        ({"when": {"source_path": "/x/*"}}, False),
        ({"action": "points", "points": 1}, False),
    ],
    ids=str,
)
def test_exceptions_are_the_rules_that_decide_about_pings_of_this_site(
    config: Config, changes: dict[str, object], shown: bool
) -> None:
    view = policy_view(Texts(), config.sites[0], None, [rule(**changes)])
    assert [one.id for one in view.exceptions] == ["ID"] * shown
    assert [one.enabled for one in view.exceptions] == [bool(changes.get("enabled", True))] * shown


@pytest.mark.parametrize(
    ("hosts", "kept"),
    [
        ("", ()),
        (" Old.Example \n\nold.example\nbücher.example", ("old.example", "xn--bcher-kva.example")),
        ("blog.example", ()),
    ],
)
def test_hosts_are_read_one_a_line(config: Config, hosts: str, kept: tuple[str, ...]) -> None:
    given = {"self_pings": "reject", "hosts": hosts}
    assert policy_from(given, config.sites[0], config.sites, "anna", AT) == SelfPolicy("reject", kept, "anna", AT)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({}, "self_pings"),
        ({"self_pings": "maybe"}, "must be one of"),
        ({"self_pings": "hold", "hosts": "no host"}, "must be a host name"),
        ({"self_pings": "hold", "hosts": "<script>"}, "must be a host name"),
        ({"self_pings": "hold", "hosts": "shop.example"}, "belongs to another site"),
        ({"self_pings": "hold", "hosts": "\n".join(f"h{n}.example" for n in range(51))}, "at most 50"),
    ],
    ids=lambda value: str(value)[:50],
)
def test_a_policy_that_makes_no_sense_is_refused_in_words(config: Config, given: dict[str, str], told: str) -> None:
    with pytest.raises(BadRule, match=told):
        policy_from(given, config.sites[0], config.sites, "anna", AT)
