"""What waits for the owner, as an Atom feed, a webhook's JSON and an e-mail. Pure.

One digest for what is held, never a message for each; nothing of what was rejected.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from itertools import groupby
from typing import Any

from lxml import etree

from proxy.admin.json import time_text
from proxy.admin.plain import host_of, path_of, visible
from proxy.admin.texts import Texts
from proxy.ping import Ping

_ATOM = "http://www.w3.org/2005/Atom"
MOST = 200


@dataclass(frozen=True, slots=True)
class Digest:
    """The pings that are held now, newest first, and where the admin pages are."""

    held: tuple[Ping, ...]
    address: str


def title(texts: Texts, digest: Digest) -> str:
    """Return the digest in one line."""
    return texts.count("{n} linkback waits for you", "{n} linkbacks wait for you", len(digest.held))


def line(ping: Ping) -> str:
    """Return a ping in one line of plain text."""
    name = (ping.evidence.title if ping.evidence else None) or ping.linkback.title or ""
    told = " ".join(visible(name, 120).split())
    return f"{host_of(ping.linkback.source_url)}: {told or '–'} → {path_of(ping.linkback.target_url)}"


def to_json(digest: Digest) -> dict[str, Any]:
    """Return the digest as the webhook sends it."""
    items = [
        {
            "id": ping.id,
            "site": ping.site,
            "source_url": ping.linkback.source_url,
            "target_url": ping.linkback.target_url,
            "received_at": time_text(ping.received_at),
            "url": f"{digest.address}/pings/{ping.id}",
        }
        for ping in digest.held
    ]
    return {"held": len(items), "url": digest.address + "/", "items": items}


def to_email(texts: Texts, digest: Digest, address: str) -> EmailMessage:
    """Return the digest as an e-mail of plain text."""
    mail = EmailMessage()
    mail["Subject"] = title(texts, digest)
    mail["From"] = mail["To"] = address
    lines = [f"{line(ping)}\n  {digest.address}/pings/{ping.id}" for ping in digest.held]
    mail.set_content("\n".join([title(texts, digest) + ":", "", *lines, "", digest.address + "/", ""]))
    return mail


def to_atom(texts: Texts, digest: Digest, feed: str, at: datetime) -> bytes:
    """Return the feed: one entry for each day on which something came that is still held."""
    root = etree.Element(f"{{{_ATOM}}}feed", nsmap={None: _ATOM})  # type: ignore[dict-item]
    newest = max((ping.received_at for ping in digest.held), default=at)
    _add(root, "id", feed)
    _add(root, "title", "Pingwarden")
    _add(root, "updated", _stamp(newest))
    _add(root, "link", rel="self", href=feed)
    _add(_add(root, "author"), "name", "Pingwarden")
    for day, found in groupby(digest.held, key=lambda ping: ping.received_at.astimezone(UTC).date()):
        _entry(root, texts, digest.address, feed, day.isoformat(), list(found))
    return etree.tostring(root, xml_declaration=True, encoding="utf-8")


def _entry(root: Any, texts: Texts, address: str, feed: str, day: str, held: Sequence[Ping]) -> None:
    entry = _add(root, "entry")
    _add(entry, "id", f"{feed}#{day}")
    _add(
        entry, "title", f"{day}: " + texts.count("{n} linkback waits for you", "{n} linkbacks wait for you", len(held))
    )
    _add(entry, "updated", _stamp(held[0].received_at))
    _add(entry, "link", rel="alternate", href=f"{address}/?state=held")
    # Plain text, not HTML: nothing that a stranger sent can become markup in a feed reader.
    _add(entry, "content", "\n".join(_xml_text(line(ping)) for ping in held), type="text")


def _add(parent: Any, name: str, text: str = "", **attributes: str) -> Any:
    child = etree.SubElement(parent, f"{{{_ATOM}}}{name}", attributes)
    if text:
        child.text = _xml_text(text)
    return child


def _xml_text(text: str) -> str:
    return "".join(char if char in "\n\t" or char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
