"""Nouns as JSON (design §6), and JSON as rules."""

import re
from datetime import UTC, datetime
from typing import Any

from proxy.ping import Event, Ping, Verdict
from proxy.rules.owner import BadRule, OwnerRule, When, when_from_json, when_to_json
from proxy.store.rows import to_evidence

_RULE_KEYS = {"id", "name", "enabled", "site", "when", "action", "points", "expires_at", "note", "hits", "last_hit_at"}
_NUMBER = re.compile(r"[+-]?[0-9]{1,4}(?:\.[0-9]{1,12})?")
_ACTIONS = ("approve", "hold", "reject", "points")


def time_text(at: datetime | None) -> str | None:
    """Return *at* as RFC 3339 in UTC, or None."""
    return None if at is None else at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def ping_json(ping: Ping) -> dict[str, Any]:
    """Return a ping as the contract shapes it."""
    verdict = ping.verdict
    return {
        "id": ping.id,
        "site": ping.site,
        "kind": ping.linkback.kind.value,
        "state": ping.state.value,
        "source_url": ping.linkback.source_url,
        "target_url": ping.linkback.target_url,
        "title": ping.linkback.title,
        "excerpt": ping.linkback.excerpt,
        "blog_name": ping.linkback.blog_name,
        "remote_ip": ping.sender.remote_ip,
        "user_agent": ping.sender.user_agent,
        "received_at": time_text(ping.received_at),
        "spam_probability": verdict.spam_probability if verdict else None,
        "points": round(verdict.points, 4) if verdict else None,
        "reasons": reasons_json(verdict),
        "evidence": to_evidence(ping.evidence) or {},
        "label": ping.label.value if ping.label else None,
        "fault": ping.fault,
        "answer": ping.answer,
        "attempts": ping.attempts,
        "next_check_at": time_text(ping.next_check_at),
        "events": [event_json(event) for event in ping.events],
    }


def reasons_json(verdict: Verdict | None) -> list[dict[str, Any]]:
    """Return the findings of a verdict, the weightiest first."""
    found = verdict.findings if verdict else ()
    return [{"rule": one.rule, "points": round(one.points, 4), "text": one.text} for one in found]


def event_json(event: Event) -> dict[str, Any]:
    """Return one line of a ping's story."""
    return {"at": time_text(event.at), "what": event.what, "by": event.by, "detail": event.detail}


def rule_json(rule: OwnerRule) -> dict[str, Any]:
    """Return a rule as the contract shapes it."""
    return {
        "id": rule.id,
        "name": rule.name,
        "enabled": rule.enabled,
        "site": rule.site,
        "when": when_to_json(rule.when),
        "action": rule.action,
        "points": rule.points,
        "expires_at": time_text(rule.expires_at),
        "note": rule.note,
        "hits": rule.hits,
        "last_hit_at": time_text(rule.last_hit_at),
    }


def rule_from_json(raw: object, sites: set[str], rule_id: str = "") -> OwnerRule:
    """Return the rule that *raw* describes. Raises `BadRule` naming the field and what is allowed."""
    if not isinstance(raw, dict):
        raise BadRule("a rule must be a JSON object")
    unknown = sorted(set(raw) - _RULE_KEYS)
    if unknown:
        raise BadRule(f"{unknown[0]} is unknown; allowed are {', '.join(sorted(_RULE_KEYS))}")
    action, site, points = raw.get("action"), raw.get("site"), raw.get("points") or 0
    if action not in _ACTIONS:
        raise BadRule(f"action = {action!r} must be one of {', '.join(_ACTIONS)}")
    if site is not None and (not isinstance(site, str) or site not in sites):
        raise BadRule(f"site = {site!r} must be null or one of {', '.join(sorted(sites))}")
    if isinstance(points, bool) or not isinstance(points, int | float) or not -100 <= points <= 100:
        raise BadRule(f"points = {points!r} must be a number from -100 to 100")
    if action == "points" and points == 0:
        raise BadRule("points must not be 0 when the action is points")
    when = when_from_json(raw.get("when"))
    return OwnerRule(
        id=rule_id,
        name=_text(raw, "name", 200) or described(action, when),
        when=when,
        action=action,
        points=float(points) if action == "points" else 0.0,
        enabled=_flag(raw),
        site=site,
        expires_at=time_from_text(raw.get("expires_at")),
        note=_text(raw, "note", 2000),
    )


def described(action: str, when: When) -> str:
    """Return the name of a rule that was given none."""
    told = "; ".join(f"{name} {value}" for name, value in when_to_json(when).items())
    return f"{action}: {told}"[:200]


def points_from_text(told: str) -> float:
    """Return the points that a person typed. Python alone would also take "1_0", "nan" and "1e1". Raises `BadRule`."""
    plain = told.strip().replace("−", "-").replace(",", ".")
    if not _NUMBER.fullmatch(plain):
        raise BadRule(f"points = {told[:100]!r} must be a number from -100 to 100")
    return float(plain)


def _text(raw: dict[str, Any], name: str, max_chars: int) -> str:
    value = raw.get(name) or ""
    if not isinstance(value, str) or len(value) > max_chars:
        raise BadRule(f"{name} must be a text of at most {max_chars} characters")
    return value


def _flag(raw: dict[str, Any]) -> bool:
    value = raw.get("enabled", True)
    if not isinstance(value, bool):
        raise BadRule(f"enabled = {value!r} must be true or false")
    return value


def time_from_text(value: object) -> datetime | None:
    """Return the time that an RFC 3339 text or a date says, None for nothing. Raises `BadRule`."""
    if value is None or value == "":
        return None
    try:
        at = datetime.fromisoformat(value if isinstance(value, str) else "")
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise BadRule(f'expires_at = {value!r} must look like "2026-12-31" or "2026-12-31T18:00:00Z"') from None
