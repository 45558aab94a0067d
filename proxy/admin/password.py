"""Passwords: argon2id with the library's parameters (RFC 9106, low memory)."""

import asyncio
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from proxy.errors import PingwardenError

MIN_CHARS = 10
MAX_CHARS = 1000
_hasher = PasswordHasher()


class WeakPassword(PingwardenError):
    """A password that will not do; the message says why."""


def check(password: str) -> str:
    """Return *password* when it will do. Raises `WeakPassword`."""
    if len(password) < MIN_CHARS:
        raise WeakPassword(f"the password must have at least {MIN_CHARS} characters")
    if len(password) > MAX_CHARS:
        raise WeakPassword(f"the password must have at most {MAX_CHARS} characters")
    if len(set(password)) < 4:
        raise WeakPassword("the password repeats too few characters")
    return password


def hashed(password: str) -> str:
    """Return the hash to keep. Takes a tenth of a second on purpose."""
    return _hasher.hash(password)


@cache
def _nobody() -> str:
    """Return the hash of nobody's password: asking for an unknown name takes as long as for a known one."""
    return _hasher.hash("nobody has this password")


def matches(password_hash: str | None, password: str) -> bool:
    """True when *password* is the one that was hashed; None is nobody's and never matches."""
    try:
        fits = _hasher.verify(password_hash or _nobody(), password[:MAX_CHARS])
    except (VerificationError, InvalidHashError):
        return False
    return fits and password_hash is not None


class Passwords:
    """The same off the event loop, never more than two at once: each takes 64 MiB."""

    def __init__(self) -> None:
        self._at_once = asyncio.Semaphore(2)

    async def hashed(self, password: str) -> str:
        """Return the hash to keep."""
        async with self._at_once:
            return await asyncio.to_thread(hashed, password)

    async def match(self, password_hash: str | None, password: str) -> bool:
        """True when *password* is the one that was hashed."""
        async with self._at_once:
            await asyncio.to_thread(_nobody)  # once, whoever asks first: or the first unknown name would take longer
            return await asyncio.to_thread(matches, password_hash, password)
