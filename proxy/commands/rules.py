"""`pingwarden rules`: list, add, remove, test."""

import json
from collections.abc import Mapping
from typing import Any

import click

from proxy.admin.json import points_from_text, rule_from_json, rule_json
from proxy.clock import now
from proxy.commands.setup import configured, known_sites, looking, with_database, wrong_call
from proxy.commands.values import ADDRESS, URL
from proxy.config import Config, Site
from proxy.decide import Bands, decide
from proxy.errors import FaultCode
from proxy.ping import Kind, Linkback, Sender
from proxy.pipeline import site_facts
from proxy.rules import CHEAP, findings
from proxy.rules.case import Case
from proxy.rules.owner import BadRule, OwnerRule
from proxy.store import policies, rulebook
from proxy.urls import Url, is_on, parse

_LISTS = ("source_host", "source_domain", "remote_network", "words")


@click.group()
def rules() -> None:
    """The rules that you wrote."""


@rules.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@looking
def list_(config: Config, as_json: bool) -> None:
    """Every rule, the oldest first."""
    for rule in with_database(config, lambda database: database.read(rulebook.list_all)):
        click.echo(json.dumps(rule_json(rule), ensure_ascii=False) if as_json else _line(rule))


def _line(rule: OwnerRule) -> str:
    action = f"{rule.points:+g} points" if rule.action == "points" else rule.action
    state = "" if rule.enabled else "  (switched off)"
    return f"{rule.id}  {action:<12}  {rule.name}  ({rule.hits} hits){state}"


@rules.command()
@click.option(
    "--action", required=True, type=click.Choice(["approve", "hold", "reject", "points"]), help="What becomes of them."
)
@click.option("--when", "conditions", multiple=True, required=True, metavar="KEY=VALUE", help="All must hold.")
@click.option("--points", metavar="N", help="For the action points: positive speaks for spam.")
@click.option("--name", default="", help="What it is called; else its action and conditions are.")
@click.option("--site", metavar="NAME", help="For this site only.")
@click.option("--expires", metavar="DATE", help="Until then, for example 2030-12-31 or 2030-12-31T18:00:00Z.")
@click.option("--note", default="", help="Why there is this rule.")
@configured
def add(config: Config, action: str, conditions: tuple[str, ...], **given: Any) -> None:
    """Add a rule. For a list, give the key several times: --when source_host=a.example --when source_host=b.example"""
    with wrong_call():
        rule = _rule(config, action, conditions, given)
    kept = with_database(config, lambda database: database.write(rulebook.add, rule, now()))
    click.echo(_line(kept))


def _rule(config: Config, action: str, conditions: tuple[str, ...], given: Mapping[str, str | None]) -> OwnerRule:
    """Return the rule that options describe. Raises `BadRule`."""
    raw = {
        "action": action,
        "when": _when(conditions),
        "points": None if given["points"] is None else points_from_text(given["points"]),
        "expires_at": given["expires"],
        **{name: given[name] for name in ("name", "site", "note")},
    }
    sites = {site.name for site in known_sites(config)} or {str(given["site"])}
    rule = rule_from_json(raw, sites)
    if rule.expires_at is not None and rule.expires_at <= now():
        raise BadRule(f"--expires = {given['expires']!r} must be in the future")
    return rule


def _when(conditions: tuple[str, ...]) -> dict[str, Any]:
    when: dict[str, Any] = {}
    for condition in conditions:
        key, equals, value = condition.partition("=")
        if not equals:
            raise BadRule(f"--when {condition!r} must look like KEY=VALUE")
        if key in _LISTS:
            when.setdefault(key, []).append(value)
        elif key in when:
            raise BadRule(f"--when {key} is given twice; of a list alone ({', '.join(_LISTS)}) any value may hold")
        elif key == "self":
            when[key] = {"true": True, "false": False}.get(value.lower(), value)
        else:
            when[key] = value
    return when


@rules.command()
@click.argument("rule_id", metavar="ID")
@looking
def remove(config: Config, rule_id: str) -> None:
    """Forget a rule."""
    with_database(config, lambda database: database.write(rulebook.remove, rule_id))


@rules.command()
@click.option("--source", required=True, type=URL, help="The page that links.")
@click.option("--target", required=True, type=URL, help="The post that it links to.")
@click.option(
    "--kind", type=click.Choice([kind.value for kind in Kind]), default=Kind.PINGBACK.value, show_default=True,
    help="How it would arrive.",
)  # fmt: skip
@click.option("--ip", type=ADDRESS, default="192.0.2.1", show_default=True, help="The address of the sender.")
@looking
def test(config: Config, source: str, target: str, kind: str, ip: str) -> None:
    """Say which rules would speak of a linkback, without fetching anything."""
    linkback = Linkback(Kind(kind), str(parse(source)), str(parse(target)))
    site = _site_of(config, parse(target))
    if site is None:
        hosts = ", ".join(sorted(host for one in config.sites for host in one.our_hosts))
        click.echo(
            f"-> reject: fault {FaultCode.TARGET_UNUSABLE:d}, the target is not this site's: it is on none of {hosts}"
        )
        return
    at = now()
    own = with_database(config, lambda database: database.read(rulebook.in_force, site.name, at))
    policy = with_database(config, lambda database: database.read(policies.of_site, site.name))
    found = findings(CHEAP, Case(linkback, Sender(ip), site_facts(site, policy), at, owner_rules=own))
    for finding in found:
        told = finding.demands.value if finding.demands else f"{finding.points:+g} points"
        click.echo(f"{told:<12}  {finding.rule}: {finding.text}")
    decided = any(finding.demands for finding in found)
    click.echo(f"-> {decide(found, Bands()).action.value}" if decided else "-> the source page and its text decide")


def _site_of(config: Config, target: Url) -> Site | None:
    """Return the site that *target* is on, None when it is no site's; without known sites it counts as one's."""
    if not known_sites(config):
        return config.sites[0]
    return next((site for site in config.sites if is_on(target, site.our_hosts)), None)
