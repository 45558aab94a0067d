"""`pingwarden rules`: list, add, remove, test."""

import json
from typing import Any

import click

from proxy.admin.json import points_from_text, rule_from_json, rule_json
from proxy.clock import now
from proxy.commands.setup import configured, with_database
from proxy.config import Config
from proxy.decide import Bands, decide
from proxy.errors import FaultCode, MalformedPing
from proxy.ping import Kind, Linkback, Sender
from proxy.pipeline import site_facts
from proxy.rules import CHEAP, findings
from proxy.rules.case import Case
from proxy.rules.owner import BadRule, OwnerRule
from proxy.store import policies, rulebook
from proxy.urls import parse

_LISTS = {"source_host", "source_domain", "remote_network", "words"}


@click.group()
def rules() -> None:
    """The rules that you wrote."""


@rules.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@configured
def list_(config: Config, as_json: bool) -> None:
    """Every rule, the oldest first."""
    for rule in with_database(config, lambda database: database.read(rulebook.list_all)):
        click.echo(json.dumps(rule_json(rule), ensure_ascii=False) if as_json else _line(rule))


def _line(rule: OwnerRule) -> str:
    action = f"{rule.points:+g} points" if rule.action == "points" else rule.action
    state = "" if rule.enabled else "  (switched off)"
    return f"{rule.id}  {action:<12}  {rule.name}  ({rule.hits} hits){state}"


@rules.command()
@click.option("--action", required=True, type=click.Choice(["approve", "hold", "reject", "points"]))
@click.option("--when", "conditions", multiple=True, required=True, metavar="KEY=VALUE", help="All must hold.")
@click.option("--points", help="For the action points: positive speaks for spam.")
@click.option("--name", default="")
@click.option("--site")
@click.option("--expires", metavar="DATE")
@click.option("--note", default="")
@configured
def add(config: Config, action: str, conditions: tuple[str, ...], **given: Any) -> None:
    """Add a rule. For a list, give the key several times: --when source_host=a.example --when source_host=b.example"""
    raw = {
        "action": action,
        "when": _when(conditions),
        "points": points_from_text(given["points"]) if given["points"] is not None else None,
        "name": given["name"],
        "site": given["site"],
        "expires_at": given["expires"],
        "note": given["note"],
    }
    rule = rule_from_json(raw, {site.name for site in config.sites} | ({given["site"]} - {None}))
    kept = with_database(config, lambda database: database.write(rulebook.add, rule, now()))
    click.echo(_line(kept))


def _when(conditions: tuple[str, ...]) -> dict[str, Any]:
    when: dict[str, Any] = {}
    for condition in conditions:
        key, equals, value = condition.partition("=")
        if not equals:
            raise BadRule(f"--when {condition!r} must look like KEY=VALUE")
        if key in _LISTS:
            when.setdefault(key, []).append(value)
        elif key == "self":
            when[key] = {"true": True, "false": False}.get(value.lower(), value)
        else:
            when[key] = value
    return when


@rules.command()
@click.argument("rule_id", metavar="ID")
@configured
def remove(config: Config, rule_id: str) -> None:
    """Forget a rule."""
    with_database(config, lambda database: database.write(rulebook.remove, rule_id))


@rules.command()
@click.option("--source", required=True)
@click.option("--target", required=True)
@click.option("--kind", type=click.Choice([kind.value for kind in Kind]), default=Kind.PINGBACK.value)
@click.option("--ip", default="192.0.2.1", show_default=True)
@configured
def test(config: Config, source: str, target: str, kind: str, ip: str) -> None:
    """Say which rules would speak of a linkback, without fetching anything."""
    try:
        linkback = Linkback(Kind(kind), str(parse(source)), str(parse(target)))
    except MalformedPing as problem:
        raise MalformedPing(FaultCode.INVALID_PARAMS, f"{problem} ({source} -> {target})") from None
    host = parse(target).host
    site = next((site for site in config.sites if host in site.our_hosts), config.sites[0])
    at = now()
    own = with_database(config, lambda database: database.read(rulebook.in_force, site.name, at))
    policy = with_database(config, lambda database: database.read(policies.of_site, site.name))
    found = findings(CHEAP, Case(linkback, Sender(ip), site_facts(site, policy), at, owner_rules=own))
    for finding in found:
        told = finding.demands.value if finding.demands else f"{finding.points:+g} points"
        click.echo(f"{told:<12}  {finding.rule}: {finding.text}")
    decided = any(finding.demands for finding in found)
    click.echo(f"-> {decide(found, Bands()).action.value}" if decided else "-> the source page and its text decide")
