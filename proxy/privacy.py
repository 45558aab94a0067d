"""How senders' addresses are kept, and how long what is kept.

An address is kept in full, shortened (/24, /48) or as a keyed hash; the key lies in the state directory. As long as a
ping is on its way its full address is kept beside that, sealed with the same key: rules by address, and WordPress when
the ping is delivered, need it. Whoever has the key could find a hashed IPv4 address by trying them all, so sealing
gives nothing away that the hash would not. Once the ping is decided the seal goes too, at the next sweep.
"""

import asyncio
import hashlib
import hmac
import ipaddress
import logging
import os
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from proxy.clock import now, to_us
from proxy.config import Config, Privacy
from proxy.errors import StoreUnavailable
from proxy.ping import Sender, State
from proxy.store import privacy as rows
from proxy.store.database import Database

KEY_FILE = "privacy.key"
_KEY_BYTES = 32
_NONCE_BYTES = 8
_SEALED_CHARS = 32
_HASHED = "h:"
_PAGE = 200
_REST = 4  # times as long as a page took
_AT_ONCE = 20  # changes in one write: others wait for no more than these
_SWEEP_EVERY_S = 86_400.0
_SWEEP_AGAIN_S = 600.0
_log = logging.getLogger("pingwarden.privacy")


def read_key(state_dir: Path) -> bytes:
    """Return the key of this state; it is made, for our eyes only, where there is none."""
    path = state_dir / KEY_FILE
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_bytes()
    key = secrets.token_bytes(_KEY_BYTES)
    with os.fdopen(descriptor, "wb") as file:
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
    return key


@dataclass(frozen=True, slots=True)
class Addresses:
    """Turns a sender's address into what is kept of it, and back as long as it is sealed beside that."""

    mode: str
    key: bytes = b""

    def kept(self, sender: Sender) -> Sender:
        """Return the sender as it is stored while its ping is on its way."""
        address = _parsed(sender.remote_ip)
        if self.mode == "full" or address is None:
            return sender
        return replace(sender, remote_ip=self.shown(sender.remote_ip), sealed=self._seal(address))

    def opened(self, sender: Sender) -> Sender:
        """Return the sender with its full address, where that is still sealed; else as it is."""
        address = self._open(sender.sealed) if sender.sealed and self.key else None
        return sender if address is None else replace(sender, remote_ip=address, sealed="")

    def shown(self, remote_ip: str) -> str:
        """Return what is kept of an address for good. What is no address (any more) stays as it is."""
        address = _parsed(remote_ip)
        if self.mode == "full" or address is None:
            return remote_ip
        if self.mode == "hashed":
            return _HASHED + self._mac(b"address" + address.packed)[:8].hex()
        bits = 24 if address.version == 4 else 48
        return str(ipaddress.ip_network((address, bits), strict=False).network_address)

    def _mac(self, text: bytes) -> bytes:
        return hmac.new(self.key, text, hashlib.sha256).digest()

    def _seal(self, address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> str:
        nonce = secrets.token_bytes(_NONCE_BYTES)
        plain = address.packed.rjust(16, b"\0") if address.version == 6 else _mapped(address.packed)
        return urlsafe_b64encode(nonce + self._masked(nonce, plain)).decode("ascii")

    def _open(self, sealed: str) -> str | None:
        if len(sealed) != _SEALED_CHARS:
            return None
        raw = urlsafe_b64decode(sealed)
        address = ipaddress.IPv6Address(self._masked(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:]))
        return str(address.ipv4_mapped or address)

    def _masked(self, nonce: bytes, text: bytes) -> bytes:
        mask = self._mac(b"seal" + nonce)
        return bytes(one ^ other for one, other in zip(text, mask[: len(text)], strict=True))


def _mapped(packed: bytes) -> bytes:
    return b"\0" * 10 + b"\xff\xff" + packed


def _parsed(remote_ip: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        address = ipaddress.ip_address(remote_ip)
    except ValueError:
        return None
    return address.ipv4_mapped or address if isinstance(address, ipaddress.IPv6Address) else address


def addresses_of(config: Config) -> Addresses:
    """Return how this configuration keeps addresses. Raises OSError when the key cannot be read or made."""
    made = config.privacy.addresses != "full" or (config.state_dir / KEY_FILE).exists()
    return Addresses(config.privacy.addresses, read_key(config.state_dir) if made else b"")


def due(seen: rows.Seen, settings: Privacy, addresses: Addresses, at: datetime) -> rows.Change | None:
    """Return what becomes of a ping now, None for nothing. What is not decided or delivered yet is left alone."""
    if seen.state in rows.ON_THEIR_WAY:
        return None
    age = timedelta(microseconds=to_us(at) - seen.received_at)
    if _is_over(age, settings.keep_pings_days):
        return rows.Change(seen.id, remove=True)
    if seen.state is State.REJECTED and _is_over(age, settings.keep_rejected_days):
        return rows.Change(seen.id, remove=True)
    address = _kept_address(seen.address, age, settings, addresses)
    drop = _is_over(age, settings.keep_extracts_days)
    if address == seen.address and not drop:
        return None
    return rows.Change(seen.id, address=None if address == seen.address else address, drop_extracts=drop)


def _kept_address(stored: str, age: timedelta, settings: Privacy, addresses: Addresses) -> str:
    if _is_over(age, settings.keep_addresses_days):
        return ""
    return addresses.shown(stored.partition("~")[0])


def _is_over(age: timedelta, days: int) -> bool:
    return days > 0 and age > timedelta(days=days)


async def sweep(database: Database, settings: Privacy, addresses: Addresses, at: datetime) -> int:
    """Go over everything that is held, a page at a time, and return how many pings were changed or removed.

    Every write is a small piece among the others, and after each page others have their turn: without that a
    search among a million pings took 82 ms beside it instead of 35. Raises `StoreUnavailable`.
    """
    loop = asyncio.get_running_loop()
    changed, after, began_s = 0, "", loop.time()
    while found := await database.read(rows.page, after, _PAGE):
        after = found[-1].id
        changes = [change for seen in found if (change := due(seen, settings, addresses, at)) is not None]
        for first in range(0, len(changes), _AT_ONCE):
            changed += await database.write(rows.apply, changes[first : first + _AT_ONCE])
        await asyncio.sleep(_REST * (loop.time() - began_s))
        began_s = loop.time()
    after = ""
    while labels := await database.read(rows.label_page, after, _PAGE):
        after = labels[-1][0]
        for key, said_at, address in labels:
            age = timedelta(microseconds=to_us(at) - said_at)
            kept = _kept_address(address, age, settings, addresses) if address else address
            if kept != address:
                await database.write(rows.set_label_address, key, kept)
    await database.write(rows.forget_undos, to_us(at - timedelta(days=1)))
    return changed


async def sweep_for_ever(config: Callable[[], Config], addresses: Callable[[], Addresses], database: Database) -> None:
    """Sweep once a day."""
    while True:
        wait_s = _SWEEP_EVERY_S
        try:
            changed = await sweep(database, config().privacy, addresses(), now())
            if changed:
                _log.info("kept for long enough: %d ping(s) removed or made less", changed)
        except StoreUnavailable as problem:
            _log.warning("what was kept for long enough is still there: %s", problem)
            wait_s = _SWEEP_AGAIN_S
        await asyncio.sleep(wait_s)


def about_address(addresses: Addresses, remote_ip: str) -> rows.About:
    """Return the question about an address: in full, as it is kept now, and as it was kept under other settings."""
    forms = {remote_ip, str(_parsed(remote_ip) or remote_ip)}
    modes = ["full", "shortened"] if addresses.mode == "shortened" else ["full"]
    modes += ["hashed"] if addresses.key else []
    return rows.About(addresses=frozenset(forms | {replace(addresses, mode=mode).shown(remote_ip) for mode in modes}))
