"""Between rows and the nouns, and back."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import RowMapping

from proxy.clock import from_us, to_us
from proxy.errors import FaultCode
from proxy.ping import (
    Action,
    Event,
    Evidence,
    Failure,
    Finding,
    Kind,
    Label,
    Linkback,
    Ping,
    Sender,
    State,
    Verdict,
)
from proxy.urls import parse, without_host

# dataclasses.asdict copies deeply, which takes longer than to write the row.
_FINDING = tuple(field.name for field in fields(Finding))
_EVIDENCE = tuple(field.name for field in fields(Evidence))
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_id(at: datetime) -> str:
    """Return a fresh id of 26 characters that sorts by *at*: 48 bits of milliseconds, then 80 random ones."""
    number = ((to_us(at) // 1000) << 80) | secrets.randbits(80)
    return "".join(_CROCKFORD[(number >> shift) & 31] for shift in range(125, -1, -5))


def same_key(site: str, linkback: Linkback) -> str:
    """Return what is equal for the same source and target, whatever the kind of linkback.

    A target is the same however it is spelled (its host is always one of the site's own). A source is not: by another
    spelling another page may answer, and a broken one must not stand for a good one.
    """
    target = without_host(parse(linkback.target_url))
    return sha256(f"{site}\n{linkback.source_url}\n{target}".encode()).hexdigest()


def source_host(linkback: Linkback) -> str:
    """Return the host of the source."""
    return parse(linkback.source_url).host


def to_findings(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """Return findings as JSON values."""
    return [{name: getattr(finding, name) for name in _FINDING} for finding in findings]


def to_evidence(evidence: Evidence | None) -> dict[str, Any] | None:
    """Return evidence as a JSON object of what is known."""
    if evidence is None:
        return None
    return {name: value for name in _EVIDENCE if (value := getattr(evidence, name)) is not None}


def from_row(row: Mapping[Any, Any], events: Iterable[RowMapping] = ()) -> Ping:
    """Return the ping that *row* of `pings` holds."""
    return Ping(
        id=row["id"],
        site=row["site"],
        state=State(row["state"]),
        linkback=Linkback(
            Kind(row["kind"]),
            row["source_url"],
            row["target_url"],
            row["title"],
            row["excerpt"],
            row["blog_name"],
        ),
        sender=_sender(row["remote_ip"], row["user_agent"]),
        endpoint=row["endpoint"],
        received_at=from_us(row["received_at"]),
        verdict=_verdict(row),
        evidence=from_evidence(row["evidence"]),
        label=Label(row["label"]) if row["label"] else None,
        fault=row["fault"],
        answer=row["answer"],
        decided_by=row["decided_by"],
        checks=row["checks"],
        next_check_at=None if row["next_check_at"] is None else from_us(row["next_check_at"]),
        attempts=row["attempts"],
        outcome_unknown=bool(row["outcome_unknown"]),
        events=tuple(Event(from_us(e["at"]), e["what"], e["by"], e["detail"]) for e in events),
    )


def _sender(stored: str, user_agent: str) -> Sender:
    remote_ip, _, sealed = stored.partition("~")
    return Sender(remote_ip, user_agent, sealed)


def stored_address(sender: Sender) -> str:
    """Return a sender's address for its column, which `from_row` reads."""
    return f"{sender.remote_ip}~{sender.sealed}" if sender.sealed else sender.remote_ip


def from_evidence(stored: Mapping[str, Any] | None) -> Evidence | None:
    """Return the evidence that `to_evidence` made JSON of."""
    if stored is None:
        return None
    failure = stored.get("failure")
    return Evidence(**{**stored, "failure": Failure(failure) if failure else None})


def _verdict(row: Mapping[Any, Any]) -> Verdict | None:
    if row["points"] is None:
        return None
    findings = tuple(
        Finding(
            item["rule"],
            item["points"],
            item["text"],
            Action(item["demands"]) if item["demands"] else None,
            FaultCode(item["fault"]) if item["fault"] is not None else None,
        )
        for item in row["findings"]
    )
    fault = next((f.fault for f in findings if f.fault is not None), None)
    action = {State.HELD: Action.HOLD, State.REJECTED: Action.REJECT}.get(State(row["state"]), Action.APPROVE)
    return Verdict(action, row["points"], findings, fault, row["spam_probability"])
