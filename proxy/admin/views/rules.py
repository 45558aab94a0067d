"""Rules in plain sentences, and between rules and the form in which they are written."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime, time
from typing import Any

from proxy.admin.json import described, points_from_text
from proxy.admin.plain import visible
from proxy.admin.texts import Texts
from proxy.admin.views.words import points_text
from proxy.ping import Kind
from proxy.rules.owner import OwnerRule, When

_SHOWN_ITEMS = 5
_SENTENCES = {
    "approve": "Approve a linkback when {conditions}.",
    "hold": "Hold a linkback when {conditions}.",
    "reject": "Reject a linkback when {conditions}.",
}
_KINDS = {Kind.PINGBACK: "it is a pingback", Kind.TRACKBACK: "it is a trackback"}
_LISTED = {
    "source_host": "its source is on the host {list}",
    "source_domain": "its source is on the domain {list}",
    "remote_network": "it was sent from {list}",
    "words": "it holds the word {list}",
}
_FITTING = {
    "source_path": "the path of its source fits {pattern}",
    "target_path": "the path of its target fits {pattern}",
    "pattern": "its texts fit the expression {pattern}",
}


def sentence(texts: Texts, rule: OwnerRule) -> str:
    """Return what a rule does."""
    told = texts.say(" and ").join(_conditions(texts, rule.when))
    if rule.action == "points":
        points = points_text(texts, rule.points)
        return texts.say("Add {points} points to a linkback when {conditions}.", points=points, conditions=told)
    return texts.say(_SENTENCES[rule.action], conditions=told)


def _conditions(texts: Texts, when: When) -> Iterable[str]:
    say = texts.say
    if when.kind is not None:
        yield say(_KINDS[when.kind])
    for name, message in _LISTED.items():
        items = [str(item) for item in getattr(when, name)]
        if items:
            quoted = [say("“{word}”", word=item) for item in items] if name == "words" else items
            yield say(message, list=_any_of(texts, quoted))
    for name, message in _FITTING.items():
        pattern = getattr(when, name)
        if pattern is not None:
            yield say(message, pattern=visible(pattern, 120))
    if when.self is not None:
        yield say("it is a ping of the site to itself" if when.self else "it is no ping of the site to itself")


def _any_of(texts: Texts, items: list[str]) -> str:
    shown = [visible(item, 80) for item in items[:_SHOWN_ITEMS]]
    if len(items) > _SHOWN_ITEMS:
        return texts.say("{list} or {n} others", list=", ".join(shown), n=len(items) - _SHOWN_ITEMS)
    return shown[0] if len(shown) == 1 else texts.say("{list} or {last}", list=", ".join(shown[:-1]), last=shown[-1])


@dataclass(frozen=True, slots=True)
class RuleForm:
    """A rule as its form holds it: everything is text, lists have one item a line."""

    id: str = ""
    name: str = ""
    action: str = "reject"
    points: str = ""
    enabled: str = "yes"
    site: str = ""
    kind: str = ""
    source_host: str = ""
    source_domain: str = ""
    source_path: str = ""
    target_path: str = ""
    remote_network: str = ""
    words: str = ""
    pattern: str = ""
    self: str = ""
    expires_at: str = ""
    note: str = ""


_LISTS = ("source_host", "source_domain", "remote_network", "words")
_TEXTS = ("kind", "source_path", "target_path", "pattern")


def form_from(given: Mapping[str, Any], fresh: bool = False) -> RuleForm:
    """Return the form that a request holds. An unticked box is not sent, so only a *fresh* form is switched on."""
    told = {one.name: str(given[one.name])[:200_000] for one in fields(RuleForm) if one.name in given}
    if not fresh:
        told["enabled"] = "yes" if "enabled" in given else ""
    return RuleForm(**told)


def form_of(rule: OwnerRule) -> RuleForm:
    """Return a rule as a form."""
    when = rule.when
    return RuleForm(
        id=rule.id,
        name=rule.name,
        action=rule.action,
        points=f"{rule.points:g}" if rule.action == "points" else "",
        enabled="yes" if rule.enabled else "",
        site=rule.site or "",
        kind=when.kind.value if when.kind else "",
        **{name: "\n".join(str(item) for item in getattr(when, name)) for name in _LISTS},
        **{name: getattr(when, name) or "" for name in _TEXTS if name != "kind"},
        self="" if when.self is None else ("yes" if when.self else "no"),
        expires_at=_day_or_time(rule.expires_at),
        note=rule.note,
    )


def _day_or_time(at: datetime | None) -> str:
    """Return a time as the form's field takes it: the day alone where it is one's beginning."""
    if at is None:
        return ""
    utc = at.astimezone(UTC)
    return utc.date().isoformat() if utc.time() == time() else utc.isoformat()


def to_json(form: RuleForm) -> dict[str, Any]:
    """Return the form as the API takes rules. Raises `BadRule`."""
    when: dict[str, Any] = {name: getattr(form, name).strip() or None for name in _TEXTS}
    when |= {name: [line.strip() for line in getattr(form, name).splitlines() if line.strip()] for name in _LISTS}
    when["self"] = {"yes": True, "no": False}.get(form.self)
    return {
        "name": form.name.strip(),
        "action": form.action,
        "points": points_from_text(form.points) if form.action == "points" else 0,
        "enabled": bool(form.enabled),
        "site": form.site or None,
        "when": when,
        "expires_at": form.expires_at or None,
        "note": form.note.strip(),
    }


def own_name(rule: OwnerRule) -> str:
    """Return the name of a rule that was given none: what it does."""
    return sentence(Texts(), rule)[:200]


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One rule in the list."""

    id: str
    name: str
    sentence: str
    site: str
    note: str
    enabled: bool
    expired: bool
    expires_at: datetime | None
    hits: str
    finding: str
    last_hit_at: datetime | None
    may_change: bool


def rule_row(texts: Texts, rule: OwnerRule, at: datetime, may_change: bool) -> RuleRow:
    """Return a rule as the list shows it to somebody who may or may not change it."""
    return RuleRow(
        rule.id,
        "" if rule.name in {own_name(rule), described(rule.action, rule.when)} else visible(rule.name, 120),
        sentence(texts, rule),
        rule.site or "",
        visible(rule.note, 400),
        rule.enabled,
        rule.expires_at is not None and rule.expires_at <= at,
        rule.expires_at,
        texts.count("{n} hit", "{n} hits", rule.hits),
        rule.finding_name,
        rule.last_hit_at,
        may_change,
    )
