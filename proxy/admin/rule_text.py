"""Rules as texts of other programs, both ways. Pure.

json  a list of rules as the API shapes them
hosts one host a line; "#" begins a remark
keys  WordPress's "Disallowed Comment Keys": one a line, an address, a host or a word
"""

import json
import re
from collections.abc import Iterable
from ipaddress import ip_network
from typing import Any

from proxy.admin.json import rule_from_json, rule_json
from proxy.rules.owner import BadRule, OwnerRule
from proxy.urls import registrable_domain

FORMATS = ("keys", "hosts", "json")
_HOST = re.compile(r"(?:https?://)?(?:\*\.)?((?:[\w-]{1,63}\.)+[a-z]{2,63})/?", re.IGNORECASE)
_ADDRESS_BEGINS = re.compile(r"([0-9]{1,3})\.(?:([0-9]{1,3})\.)?(?:([0-9]{1,3})\.)?\*?")
_AT_MOST = 5000
_OWN_KEYS = ("name", "enabled", "site", "when", "action", "points", "expires_at", "note")


def read_rules(form: str, text: str, action: str, sites: set[str], site: str | None = None) -> list[OwnerRule]:
    """Return the rules that *text* says in one of FORMATS, those that name no site for *site*. Raises `BadRule`."""
    match form:
        case "json":
            return _from_json(text, site, sites)
        case "hosts" | "keys":
            return _from_lines(_lines(text), action, form, site, sites)
    raise BadRule(f"format = {form!r} must be one of {', '.join(FORMATS)}")


def _lines(text: str) -> list[str]:
    lines = [line.partition("#")[0].strip() for line in text.splitlines()]
    found = list(dict.fromkeys(line for line in lines if line))
    if len(found) > _AT_MOST:
        raise BadRule(f"there are {len(found)} lines; at most {_AT_MOST} are read at once")
    return found


def _from_json(text: str, site: str | None, sites: set[str]) -> list[OwnerRule]:
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError):
        raise BadRule("this is not JSON") from None
    items = raw.get("items") if isinstance(raw, dict) else raw
    if not isinstance(items, list) or len(items) > 500 or not all(isinstance(item, dict) for item in items):
        raise BadRule("the JSON must be a list of at most 500 rules")
    own = ({key: item[key] for key in _OWN_KEYS if key in item} for item in items)
    return [rule_from_json(item | {"site": item.get("site") or site}, sites) for item in own]


def _from_lines(lines: Iterable[str], action: str, form: str, site: str | None, sites: set[str]) -> list[OwnerRule]:
    sorted_out: dict[str, list[str]] = {"source_domain": [], "source_host": [], "remote_network": [], "words": []}
    for line in lines:
        key, value = _sort(line)
        if form == "hosts" and key not in {"source_domain", "source_host"}:
            raise BadRule(f"{line!r} is no host")
        sorted_out[key].append(value)
    names = {"source_domain": "domains", "source_host": "hosts", "remote_network": "addresses", "words": "words"}
    return [
        rule_from_json({"name": f"imported {names[key]}", "action": action, "site": site, "when": {key: values}}, sites)
        for key, values in sorted_out.items()
        if values
    ]


def _sort(line: str) -> tuple[str, str]:
    """Return which condition a line of such a list is, and its value."""
    try:
        return "remote_network", str(ip_network(line, strict=False))
    except ValueError:
        pass
    begins = _ADDRESS_BEGINS.fullmatch(line)
    if begins:
        parts = [part for part in begins.groups() if part is not None]
        if all(int(part) < 256 for part in parts):
            return "remote_network", ".".join(parts + ["0"] * (4 - len(parts))) + f"/{8 * len(parts)}"
    host = _HOST.fullmatch(line)
    if host:
        return _host_or_domain(host[1].lower())
    return "words", line


def _host_or_domain(host: str) -> tuple[str, str]:
    return ("source_domain" if registrable_domain(host) == host else "source_host"), host


def write_rules(form: str, rules: Iterable[OwnerRule]) -> str:
    """Return *rules* as a text in one of FORMATS. What a format cannot say is left out. Raises `BadRule`."""
    rejecting = [rule for rule in rules if rule.enabled and rule.action == "reject"] if form != "json" else []
    match form:
        case "json":
            items: list[dict[str, Any]] = [{key: rule_json(rule)[key] for key in _OWN_KEYS} for rule in rules]
            return json.dumps({"items": items}, indent=1, ensure_ascii=False) + "\n"
        case "hosts":
            return _text(_only(rejecting, ("source_host", "source_domain")))
        case "keys":
            return _text(_only(rejecting, ("source_host", "source_domain", "remote_network", "words")))
    raise BadRule(f"format = {form!r} must be one of {', '.join(FORMATS)}")


def _only(rules: Iterable[OwnerRule], keys: tuple[str, ...]) -> Iterable[str]:
    """Yield the items of rules that have one condition alone: with a second one a list would say too much."""
    for rule in rules:
        when = rule_json(rule)["when"]
        if len(when) == 1 and next(iter(when)) in keys:
            yield from next(iter(when.values()))


def _text(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in dict.fromkeys(lines))
