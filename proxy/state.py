"""The state directory: who works in it, and putting a backup in its place so that nobody ever sees half of it.

A server holds the lock as long as it runs, shared with others; restoring needs it alone. A restored state lies ready
in a directory of its own until all of it is there and checked. From the renaming to `_OUT` on it is decided: whoever
opens the directory next brings it to its end.

    _STAGED  being unpacked; worth nothing
    _OUT     complete; the former state is on its way out, to `before-restore-…`
    _IN      the former state is out, the restored one is on its way in
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from proxy.errors import PingwardenError

LOCK = "lock"
DATABASE = "pingwarden.sqlite3"
_STAGED, _OUT, _IN = ".restore-staged", ".restore-out", ".restore-in"
_FORMER = "before-restore"


class StateInUse(PingwardenError):
    """Somebody else works in the state directory."""


@contextmanager
def working_in(directory: Path) -> Iterator[None]:
    """Hold the directory as a server does, made ready for it. Raises `StateInUse` while a backup is restored."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _locked(directory, fcntl.LOCK_SH, f"a backup is being restored into {directory}: wait until that is done"):
        yield


@contextmanager
def alone_in(directory: Path) -> Iterator[None]:
    """Hold the directory alone. Raises `StateInUse` while a server runs there."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _locked(directory, fcntl.LOCK_EX, f"a server works in {directory}: stop it first"):
        yield


@contextmanager
def _locked(directory: Path, mode: int, sentence: str) -> Iterator[None]:
    descriptor = os.open(directory / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        if os.geteuid() == 0:  # a command of root's must not lock the service's user out
            owner = directory.stat()
            os.fchown(descriptor, owner.st_uid, owner.st_gid)
        try:
            if any((directory / name).exists() for name in (_STAGED, _OUT, _IN)):
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                finish(directory)
            fcntl.flock(descriptor, mode | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StateInUse(sentence) from None
        yield
    finally:
        os.close(descriptor)


def kept_files(directory: Path) -> list[Path]:
    """Return what belongs to the state besides its database: models, keys, and which model is in force."""
    places = [directory.glob("*.key"), (directory / "models").rglob("*")]
    return sorted(path for place in places for path in place if path.is_file() and not path.is_symlink())


def stage(directory: Path) -> Path:
    """Return a new, empty directory in which a restored state is put together."""
    staged = directory / _STAGED
    shutil.rmtree(staged, ignore_errors=True)
    staged.mkdir(mode=0o700)
    return staged


def put_in_place(directory: Path) -> Path | None:
    """Replace the state by the staged one, and return where the former one lies now, None where there was none."""
    _follow_owner(directory)
    (directory / _STAGED).rename(directory / _OUT)
    os.sync()
    return finish(directory)


def finish(directory: Path) -> Path | None:
    """Bring a restoring that was decided to its end, whoever began it."""
    shutil.rmtree(directory / _STAGED, ignore_errors=True)
    former = None
    if (directory / _OUT).is_dir():
        former = _move_out(directory)
        (directory / _OUT).rename(directory / _IN)
    if (directory / _IN).is_dir():
        for entry in sorted((directory / _IN).iterdir()):
            entry.replace(directory / entry.name)
        (directory / _IN).rmdir()
        os.sync()
    return former


def _move_out(directory: Path) -> Path | None:
    leaving = [entry for entry in sorted(directory.iterdir()) if _belongs(entry)]
    if not leaving:
        return None
    numbers = (number for number in range(1, 10_000) if not (directory / f"{_FORMER}-{number}" / "complete").exists())
    former = directory / f"{_FORMER}-{next(numbers)}"
    former.mkdir(mode=0o700, exist_ok=True)
    for entry in leaving:
        entry.replace(former / entry.name)
    (former / "complete").touch(mode=0o600)
    return former


def _belongs(entry: Path) -> bool:
    return entry.name == "models" or entry.name.endswith(".key") or entry.name.startswith(DATABASE)


def _follow_owner(directory: Path) -> None:
    """Give what was staged to whoever owns the directory, where root restores for a service's user."""
    if os.geteuid() != 0:
        return
    owner = directory.stat()
    staged = directory / _STAGED
    for path in (staged, *staged.rglob("*")):
        os.chown(path, owner.st_uid, owner.st_gid)
