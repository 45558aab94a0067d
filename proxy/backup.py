"""One file that holds a whole state: the database as it was at one moment, models, keys, and a list of it all.

The list (`manifest.json`) stands first and names every file with its size and SHA-256. Nothing is put in place before
all of it was found as the list says.
"""

import gzip
import hashlib
import json
import os
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path, PurePosixPath
from typing import IO

from proxy.clock import now
from proxy.config import Config
from proxy.errors import PingwardenError
from proxy.state import DATABASE, kept_files
from proxy.store.migrations import NEWEST

_MANIFEST = "manifest.json"
_FORMAT = 1
_MAX_MANIFEST_BYTES = 16 * 1024 * 1024
_CHUNK_BYTES = 1 << 20


class BadBackup(PingwardenError):
    """A backup cannot be used; the message says why."""


@dataclass(frozen=True, slots=True)
class Held:
    """One file in a backup."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds. `schema` is None where the database was not ours to copy (PostgreSQL, MariaDB)."""

    made_at: str
    pingwarden: str
    schema: str | None
    files: tuple[Held, ...]


def write_backup(config: Config, target: Path) -> Manifest:
    """Write a backup to *target*, which must not exist; a running server is not disturbed.

    Raises `BadBackup`, OSError.
    """
    if target.exists():
        raise BadBackup(f"{target} exists already: name a file that does not")
    with tempfile.TemporaryDirectory(prefix=f".{target.name}.", dir=target.absolute().parent) as place:
        work = Path(place)  # mode 0700
        copies = work / "state"
        copies.mkdir()
        schema = None if config.database else _copy_database(config.state_dir / DATABASE, copies / DATABASE)
        for path in kept_files(config.state_dir):
            copy = copies / path.relative_to(config.state_dir)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
        files = tuple(_held(path, copies) for path in sorted(copies.rglob("*")) if path.is_file())
        manifest = Manifest(now().isoformat(timespec="seconds"), _version(), schema, files)
        written = work / "archive"
        _pack(manifest, copies, written)
        written.rename(target)
    return manifest


def _version() -> str:
    try:
        return version("pingwarden")
    except PackageNotFoundError:  # run from a checkout
        return "unknown"


def _copy_database(source: Path, copy: Path) -> str | None:
    """Copy the database as it stands at one moment (SQLite's own online backup), and return its schema."""
    if not source.exists():
        raise BadBackup(f"there is no database in {source.parent}: is this the right state directory?")
    read = sqlite3.connect(f"{source.absolute().as_uri()}?mode=rw", uri=True)  # "ro" could not open its log
    with closing(read) as present, closing(sqlite3.connect(copy)) as new:
        present.backup(new)
        new.execute("PRAGMA journal_mode=DELETE")
    return _schema(copy)


def _schema(database: Path) -> str | None:
    try:
        with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            found = connection.execute("PRAGMA quick_check(1)").fetchone()
            if found != ("ok",):
                raise BadBackup(f"the database is damaged: {found[0]}")
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.Error as problem:
        raise BadBackup(f"the database cannot be read: {problem}") from None
    return None if row is None else str(row[0])


def _held(path: Path, below: Path) -> Held:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Held(path.relative_to(below).as_posix(), path.stat().st_size, digest)


def _pack(manifest: Manifest, files: Path, target: Path) -> None:
    told = json.dumps({"format": _FORMAT, **asdict(manifest)}, indent=1).encode()
    listed = files.parent / _MANIFEST
    listed.write_bytes(told)
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as raw:
        with (
            gzip.GzipFile(fileobj=raw, mode="wb", filename="", compresslevel=6) as packed,
            tarfile.open(fileobj=packed, mode="w") as archive,
        ):
            archive.add(listed, _MANIFEST, filter=_plain)
            for held in manifest.files:
                archive.add(files / held.path, held.path, filter=_plain)
        raw.flush()
        os.fsync(raw.fileno())


def _plain(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mode = 0o600
    return member


def unpack(source: Path, into: Path) -> Manifest:
    """Unpack a backup into the empty directory *into*, checked against its list and against this version's schema.

    Raises `BadBackup`; then what lies in *into* is worth nothing.
    """
    try:
        with tarfile.open(source, mode="r:gz") as archive:
            members = iter(archive)
            manifest = _read_manifest(archive, next(members, None))
            wanted = {held.path: held for held in manifest.files}
            for member in members:
                held = wanted.pop(member.name, None)
                if held is None or not member.isreg() or member.size != held.size:
                    raise BadBackup(f"{source} holds {member.name!a}, which its own list does not know")
                _unpack_one(archive, member, held, into)
    except (tarfile.TarError, EOFError, gzip.BadGzipFile, UnicodeDecodeError, ValueError) as problem:
        raise BadBackup(f"{source} is not a whole backup: {problem}") from None
    except OSError as problem:
        if problem.errno is not None:
            raise
        raise BadBackup(f"{source} is not a whole backup: {problem}") from None
    if wanted:
        raise BadBackup(f"{source} is not a whole backup: {min(wanted)} is missing")
    _check_schema(into / DATABASE, manifest)
    return manifest


def _read_manifest(archive: tarfile.TarFile, member: tarfile.TarInfo | None) -> Manifest:
    if member is None or member.name != _MANIFEST or not member.isreg() or member.size > _MAX_MANIFEST_BYTES:
        raise BadBackup("this is not a backup of pingwarden: it does not begin with its list")
    told = json.loads(_opened(archive, member).read())
    if not isinstance(told, dict) or told.get("format") != _FORMAT:
        raise BadBackup("this backup was made by a newer version of pingwarden: install that version to restore it")
    try:
        files = tuple(_listed(Held(**one)) for one in told["files"])
        return Manifest(told["made_at"], told["pingwarden"], told["schema"], files)
    except (KeyError, TypeError):
        raise BadBackup("this is not a backup of pingwarden: its list cannot be read") from None


def _listed(held: Held) -> Held:
    parts = PurePosixPath(held.path).parts
    if not parts or held.path.startswith("/") or set(parts) & {"..", "."} or "\0" in held.path:
        raise BadBackup(f"the backup names a file outside of its place: {held.path!a}")
    return held


def _opened(archive: tarfile.TarFile, member: tarfile.TarInfo) -> IO[bytes]:
    opened = archive.extractfile(member)
    if opened is None:
        raise BadBackup(f"the backup holds {member.name!a}, which is no file")
    return opened


def _unpack_one(archive: tarfile.TarFile, member: tarfile.TarInfo, held: Held, into: Path) -> None:
    place = into / held.path
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    digest = hashlib.sha256()
    descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        for chunk in _chunks(_opened(archive, member)):
            digest.update(chunk)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    if digest.hexdigest() != held.sha256:
        raise BadBackup(f"the backup is damaged: {held.path} is not what was backed up")


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    while chunk := file.read(_CHUNK_BYTES):
        yield chunk


def _check_schema(database: Path, manifest: Manifest) -> None:
    if not database.exists():
        if manifest.schema is not None:
            raise BadBackup("the backup has no database, though its list names one")
        return
    found = _schema(database)
    if found is None or found > NEWEST:
        raise BadBackup(
            f"the backup has schema {found or 'none'}, which is newer than this version of pingwarden ({NEWEST}): "
            f"install the version that made it ({manifest.pingwarden}) or a newer one"
        )
