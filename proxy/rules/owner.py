"""The owner's rules: a condition with an action. All conditions given must hold; of a list, any."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any, Literal

from proxy.errors import FaultCode, MalformedPing, PingwardenError
from proxy.ping import Action, Finding, Kind
from proxy.rules.case import Case, Relation
from proxy.rules.pattern import LONGEST_TEXT, compiled
from proxy.urls import ascii_host, registrable_domain
from proxy.wire.trackback import without_octets

MAX_TEXT_CHARS = 2000  # of each text, so that a long one cannot push another out of sight
MAX_ITEMS = 5000

Network = IPv4Network | IPv6Network


class BadRule(PingwardenError):
    """A rule cannot be understood; the message names the field, the value and what is allowed."""


@dataclass(frozen=True, slots=True)
class When:
    """The conditions of a rule; None or empty means "does not matter"."""

    kind: Kind | None = None
    source_host: tuple[str, ...] = ()
    source_domain: tuple[str, ...] = ()
    source_path: str | None = None
    target_path: str | None = None
    remote_network: tuple[Network, ...] = ()
    words: tuple[str, ...] = ()
    pattern: str | None = None
    self: bool | None = None


@dataclass(frozen=True, slots=True)
class OwnerRule:
    """One rule as the owner wrote it, with what became of it."""

    id: str
    name: str
    when: When
    action: Literal["approve", "hold", "reject", "points"]
    points: float = 0.0
    enabled: bool = True
    site: str | None = None
    expires_at: datetime | None = None
    note: str = ""
    hits: int = 0
    last_hit_at: datetime | None = None

    @property
    def finding_name(self) -> str:
        """The name under which it speaks in a verdict."""
        return f"owner:{self.id}"

    @property
    def demands(self) -> Action | None:
        """The action that it demands, if it is no rule of points."""
        return None if self.action == "points" else Action(self.action)

    def in_force(self, site: str, at: datetime) -> bool:
        """True when it applies to *site* at this time."""
        return self.enabled and self.site in {None, site} and (self.expires_at is None or at < self.expires_at)


def owner_rules(case: Case) -> Iterator[Finding]:
    """Each rule of the owner that matches."""
    for rule in matching(case):
        demands = rule.demands
        fault = FaultCode.ACCESS_DENIED if demands is Action.REJECT else None
        yield Finding(rule.finding_name, rule.points, f"your rule “{rule.name}” matches", demands, fault)


def matching(case: Case) -> Iterator[OwnerRule]:
    """Yield the rules in force whose conditions hold."""
    for rule in case.owner_rules:
        if rule.in_force(case.site.name, case.at) and holds(rule.when, case):
            yield rule


def holds(when: When, case: Case) -> bool:
    """True when every condition that is given holds."""
    host = case.source.host
    return (
        (when.kind is None or when.kind is case.linkback.kind)
        and (not when.source_host or host in when.source_host)
        and (not when.source_domain or registrable_domain(host) in when.source_domain)
        and (when.source_path is None or fnmatchcase(case.source.path, when.source_path))
        and (when.target_path is None or fnmatchcase(case.target.path, when.target_path))
        and (not when.remote_network or _within(case.sender.remote_ip, when.remote_network))
        and (not when.words or bool(_word_pattern(when.words).search("\n".join(texts(case)))))
        and (when.pattern is None or any(map(compiled(when.pattern).search, texts(case, LONGEST_TEXT))))
        and (when.self is None or when.self is (case.relation is Relation.SELF))
    )


def texts(case: Case, longest: int = MAX_TEXT_CHARS) -> list[str]:
    """Return everything that words and patterns are looked for in, folded, also as WordPress would clean it.

    Of each text no more than *longest* characters are looked at.
    """
    told = [case.linkback.title, case.linkback.excerpt, case.linkback.blog_name, case.linkback.source_url]
    if case.evidence:
        told += [case.evidence.title or "", case.evidence.excerpt or "", case.evidence.fetched_url or ""]
    cleaned = [without_octets(text) for text in told]
    return [fold(text[:longest])[:longest] for text in dict.fromkeys((*told, *cleaned))]


def fold(text: str) -> str:
    """Return *text* with compatible forms unified, format characters removed and case ignored."""
    wide = unicodedata.normalize("NFKC", text)
    return "".join(char for char in wide if unicodedata.category(char) != "Cf").casefold()


def _within(remote_ip: str, networks: tuple[Network, ...]) -> bool:
    try:
        address = ip_address(remote_ip)
    except ValueError:
        return False
    return any(address in network for network in networks if network.version == address.version)


@lru_cache(maxsize=256)
def _word_pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(r"(?<!\w)(?:" + "|".join(re.escape(fold(word)) for word in words) + r")(?!\w)")


def when_from_json(raw: object) -> When:
    """Return the conditions that a JSON object (design §6) holds. Raises `BadRule`."""
    if not isinstance(raw, Mapping):
        raise BadRule("when must be an object of conditions")
    given = {key: value for key, value in raw.items() if value is not None and value != []}
    unknown = sorted(set(given) - set(When.__dataclass_fields__))
    if unknown:
        raise BadRule(f"when.{unknown[0]} is unknown; allowed are {', '.join(When.__dataclass_fields__)}")
    if not given:
        raise BadRule("when must hold at least one condition, or the rule would match everything")
    return When(**{key: _READERS[key](key, value) for key, value in given.items()})


def when_to_json(when: When) -> dict[str, Any]:
    """Return the conditions as `when_from_json` takes them."""
    found = {name: getattr(when, name) for name in When.__dataclass_fields__}
    return {
        name: [str(item) for item in value] if isinstance(value, tuple) else value
        for name, value in found.items()
        if value is not None and value != ()
    }


def _list(key: str, value: object) -> tuple[str, ...]:
    items = value if isinstance(value, list) else [value]
    if len(items) > MAX_ITEMS or not all(isinstance(item, str) and item.strip() for item in items):
        raise BadRule(f"when.{key} must be a list of texts, at most {MAX_ITEMS}")
    return tuple(str(item).strip() for item in items)


def _words(key: str, value: object) -> tuple[str, ...]:
    items = _list(key, value)
    if not all(fold(item).strip() for item in items):
        raise BadRule(f"when.{key} must be words; one of them holds nothing that can be seen")
    return items


def _hosts(key: str, value: object) -> tuple[str, ...]:
    return tuple(_host(key, item) for item in _list(key, value))


def _domains(key: str, value: object) -> tuple[str, ...]:
    hosts = _hosts(key, value)
    for host in hosts:
        if registrable_domain(host) != host:
            raise BadRule(f'when.{key} = "{host}" is part of {registrable_domain(host)}; for one host use source_host')
    return hosts


def _host(key: str, item: str) -> str:
    try:
        return ascii_host(item)
    except MalformedPing:
        raise BadRule(f'when.{key} = {item[:100]!r} must be a host name such as "blog.example"') from None


def _networks(key: str, value: object) -> tuple[Network, ...]:
    try:
        return tuple(ip_network(item, strict=False) for item in _list(key, value))
    except ValueError as problem:
        raise BadRule(f"when.{key}: {problem}") from None


def _glob(key: str, value: object) -> str:
    if not isinstance(value, str) or not value.startswith(("/", "*")):
        raise BadRule(f'when.{key} = {value!r} must be a path such as "/2024/*"')
    return value


def _regex(key: str, value: object) -> str:
    if not isinstance(value, str) or not value:
        raise BadRule(f"when.{key} must be a regular expression")
    try:
        compiled(value)
    except ValueError as problem:
        raise BadRule(f"when.{key} = {value[:100]!r} {problem}") from None
    return value


def _kind(key: str, value: object) -> Kind:
    if value not in list(Kind):
        raise BadRule(f'when.{key} = {value!r} must be "pingback" or "trackback"')
    return Kind(str(value))


def _bool(key: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise BadRule(f"when.{key} = {value!r} must be true or false")
    return value


_READERS: dict[str, Any] = {
    "kind": _kind,
    "source_host": _hosts,
    "source_domain": _domains,
    "source_path": _glob,
    "target_path": _glob,
    "remote_network": _networks,
    "words": _words,
    "pattern": _regex,
    "self": _bool,
}
