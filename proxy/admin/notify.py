"""Sends digests: by webhook and e-mail, at most once in `digest_every_h`, and only when something new is held."""

import asyncio
import logging
import smtplib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import unquote, urlsplit

import aiohttp

from proxy.admin.digest import MOST, Digest, to_email, to_json
from proxy.admin.texts import texts_in
from proxy.clock import from_us, now, to_us
from proxy.config import Admin
from proxy.errors import StoreUnavailable
from proxy.ping import State
from proxy.store import inbox, people
from proxy.store.database import Database
from proxy.store.pings import Filter

SENT = "digest_sent"
_LOOK_EVERY_S = 60.0
_TIMEOUT_S = 20.0
_log = logging.getLogger("pingwarden.digest")


@dataclass(frozen=True, slots=True)
class Notifier:
    """Looks every minute whether a digest is due.

    `settings` returns what is in force; people open the admin pages at its `public_url`, else at `own_address`.
    """

    settings: Callable[[], Admin]
    database: Database
    own_address: str

    @property
    def is_wanted(self) -> bool:
        """True when there is anywhere to send a digest to."""
        settings = self.settings()
        return bool(settings.digest_webhook or settings.digest_email)

    async def run(self) -> None:
        """Send what is due, for ever."""
        while True:
            try:
                if self.is_wanted:
                    await self.step(now())
            except (StoreUnavailable, aiohttp.ClientError, OSError, smtplib.SMTPException) as problem:
                _log.error("the digest could not be sent: %s", type(problem).__name__)
            await asyncio.sleep(_LOOK_EVERY_S)

    async def step(self, at: datetime) -> bool:
        """Send a digest if one is due; True when one was sent."""
        before = await self.database.read(people.setting, SENT)
        last = from_us(int(before)) if before else None
        if last is not None and at - last < timedelta(hours=self.settings().digest_every_h):
            return False
        held = (await self.database.read(inbox.look, Filter(State.HELD), MOST)).pings
        if not any(last is None or ping.received_at > last for ping in held):
            return False
        # Of several nodes the one that writes the time sends.
        if not await self.database.write(people.exchange, SENT, before, str(to_us(at))):
            return False
        await self._send(Digest(held, self.settings().public_url or self.own_address))
        return True

    async def _send(self, digest: Digest) -> None:
        settings = self.settings()
        if settings.digest_webhook:
            timeout = aiohttp.ClientTimeout(total=_TIMEOUT_S)
            async with (
                aiohttp.ClientSession(timeout=timeout) as http,
                http.post(settings.digest_webhook, json=to_json(digest), allow_redirects=False) as answer,
            ):
                if answer.status >= 300:
                    _log.error("the webhook answered the digest with HTTP %d", answer.status)
        if settings.digest_email:
            await asyncio.to_thread(self._mail, settings, digest)

    def _mail(self, settings: Admin, digest: Digest) -> None:
        server = urlsplit(settings.digest_smtp)
        kind = smtplib.SMTP_SSL if server.scheme == "smtps" else smtplib.SMTP
        with kind(server.hostname or "127.0.0.1", server.port or 0, timeout=_TIMEOUT_S) as smtp:
            if server.username:
                if server.scheme != "smtps":
                    smtp.starttls()
                smtp.login(unquote(server.username), unquote(server.password or ""))
            smtp.send_message(to_email(texts_in(settings.digest_language), digest, settings.digest_email))
