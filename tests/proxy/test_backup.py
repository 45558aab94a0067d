"""A backup is whole and exact, or it is not used."""

import asyncio
import gzip
import io
import json
import os
import sqlite3
import tarfile
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from proxy.backup import BadBackup, unpack, write_backup
from proxy.config import Config, from_mapping
from proxy.state import DATABASE
from proxy.store.database import open_database
from proxy.store.migrations import NEWEST
from tests.stage import on_stage


def config(state_dir: Path) -> Config:
    """A configuration with that state."""
    return from_mapping({"state_dir": str(state_dir), "sites": [{"upstream": "http://127.0.0.1:8080"}]})


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """A state with a database, a model and a key."""
    state_dir = tmp_path / "state"
    (state_dir / "models" / "m1").mkdir(parents=True)
    (state_dir / "models" / "m1" / "model.joblib").write_bytes(os.urandom(5000))
    (state_dir / "models" / "in-force").write_text("m1\n")
    (state_dir / "privacy.key").write_bytes(b"k" * 32)

    async def make() -> None:
        await (await open_database(config(state_dir).database_url)).close()

    asyncio.run(make())
    return state_dir


@pytest.fixture
def written(kept: Path, tmp_path: Path) -> Path:
    """A backup of it."""
    write_backup(config(kept), tmp_path / "backup.tar.gz")
    return tmp_path / "backup.tar.gz"


def fresh(tmp_path: Path) -> Path:
    """An empty directory."""
    place = tmp_path / f"into-{len(list(tmp_path.iterdir()))}"
    place.mkdir()
    return place


def test_what_was_backed_up_comes_out_again(kept: Path, written: Path, tmp_path: Path) -> None:
    into = fresh(tmp_path)
    made = unpack(written, into)
    assert made.schema == NEWEST
    assert {held.path for held in made.files} == {DATABASE, "models/in-force", "models/m1/model.joblib", "privacy.key"}
    for name in ("models/in-force", "models/m1/model.joblib", "privacy.key"):
        assert (into / name).read_bytes() == (kept / name).read_bytes()
    modes = {path.stat().st_mode & 0o777 for path in [written, *into.rglob("*")] if path.is_file()}
    assert modes == {0o600}


def test_it_leaves_nothing_beside_it_and_overwrites_nothing(kept: Path, written: Path, tmp_path: Path) -> None:
    assert sorted(path.name for path in tmp_path.iterdir()) == ["backup.tar.gz", "state"]
    before = written.read_bytes()
    with pytest.raises(BadBackup, match="exists already"):
        write_backup(config(kept), written)
    assert written.read_bytes() == before


async def test_while_the_server_writes_the_backup_is_of_one_moment(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    async with on_stage(tmp_path / "state") as stage:
        sending = asyncio.create_task(_send_for_ever(stage))
        try:
            for number in range(3):
                target = tmp_path / f"{number}.tar.gz"
                await asyncio.to_thread(write_backup, stage.proxy.config, target)
                into = fresh(tmp_path)
                await asyncio.to_thread(unpack, target, into)
                with closing(sqlite3.connect(into / DATABASE)) as copy:
                    lost = "SELECT count(*) FROM pings WHERE id NOT IN (SELECT ping_id FROM events)"
                    assert copy.execute(lost).fetchone() == (0,)
                    assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        finally:
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)
        assert await stage.all_pings()


async def _send_for_ever(stage: Any) -> None:
    number = 0
    while True:
        number += 1
        await stage.trackback(stage.web.url(f"bread.example/{number}"))


def test_without_a_database_it_says_so(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(BadBackup, match="is this the right state directory"):
        write_backup(config(tmp_path / "empty"), tmp_path / "backup.tar.gz")
    assert not (tmp_path / "backup.tar.gz").exists()


def test_a_database_elsewhere_is_left_to_its_own_tools(kept: Path, tmp_path: Path) -> None:
    elsewhere = config(kept).model_copy(update={"database": "postgresql://db/x"})
    made = write_backup(elsewhere, tmp_path / "b.tar.gz")
    assert made.schema is None
    assert DATABASE not in {held.path for held in made.files}
    assert unpack(tmp_path / "b.tar.gz", fresh(tmp_path)) == made


def rewritten(written: Path, change: Any) -> Path:
    """The backup with its members changed: *change* takes and returns a list of names and contents."""
    with tarfile.open(written) as archive:
        members = [(one.name, archive.extractfile(one).read()) for one in archive]  # type: ignore[union-attr]
    target = written.with_name("changed.tar.gz")
    with tarfile.open(target, "w:gz") as archive:
        for name, content in change(members):
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return target


def flipped(members: list[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
    """One bit of the model is another."""
    return [(name, bytes([data[0] ^ 1]) + data[1:] if name.endswith("joblib") else data) for name, data in members]


def listing(**changes: Any) -> Any:
    """A change of the list."""

    def change(members: list[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
        told = json.loads(members[0][1]) | changes
        return [("manifest.json", json.dumps(told).encode()), *members[1:]]

    return change


def escaping(members: list[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
    """A file that would lie elsewhere."""
    told = json.loads(members[0][1])
    told["files"].append({"path": "../evil", "size": 1, "sha256": "x"})
    return [("manifest.json", json.dumps(told).encode()), *members[1:], ("../evil", b"x")]


DAMAGED = [
    ("a changed file", flipped, "models/m1/model.joblib is not what was backed up"),
    ("a missing file", lambda members: members[:-1], "is missing"),
    ("one file too many", lambda members: [*members, ("models/extra", b"x")], "which its own list does not know"),
    ("a file twice", lambda members: [*members, members[-1]], "which its own list does not know"),
    ("no list", lambda members: members[1:], "does not begin with its list"),
    ("a file outside", escaping, "outside of its place"),
    ("another format", listing(format=2), "newer version"),
    ("a list of nonsense", listing(files=[{"a": 1}]), "its list cannot be read"),
]


@pytest.mark.parametrize(("change", "sentence"), [row[1:] for row in DAMAGED], ids=[row[0] for row in DAMAGED])
def test_what_is_not_as_its_list_says_is_not_used(written: Path, tmp_path: Path, change: Any, sentence: str) -> None:
    changed = rewritten(written, change)
    with pytest.raises(BadBackup, match=sentence):
        unpack(changed, fresh(tmp_path))
    assert not (tmp_path / "evil").exists()


def test_a_link_in_it_is_refused(written: Path, tmp_path: Path) -> None:
    with tarfile.open(written) as archive:
        manifest = archive.extractfile("manifest.json").read()  # type: ignore[union-attr]
    with tarfile.open(tmp_path / "link.tar.gz", "w:gz") as archive:
        info = tarfile.TarInfo("manifest.json")
        info.size = len(manifest)
        archive.addfile(info, io.BytesIO(manifest))
        link = tarfile.TarInfo("privacy.key")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    with pytest.raises(BadBackup):
        unpack(tmp_path / "link.tar.gz", fresh(tmp_path))


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.99])
def test_a_file_that_was_cut_off_is_not_used(written: Path, tmp_path: Path, share: float) -> None:
    whole = written.read_bytes()
    written.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(BadBackup):
        unpack(written, fresh(tmp_path))


@pytest.mark.parametrize("content", [b"", b"text", gzip.compress(b"text", mtime=0), b"\x1f\x8b" + b"\0" * 50])
def test_any_other_file_is_not_used(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x").write_bytes(content)
    with pytest.raises(BadBackup):
        unpack(tmp_path / "x", fresh(tmp_path))


def test_a_newer_schema_is_refused_with_what_to_do(kept: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(kept / DATABASE)) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
        database.commit()
    made = write_backup(config(kept), tmp_path / "b.tar.gz")
    assert replace(made, schema="9999") == made
    with pytest.raises(BadBackup, match=r"schema 9999, which is newer than this version of pingwarden.*install"):
        unpack(tmp_path / "b.tar.gz", fresh(tmp_path))


def test_a_damaged_database_is_noticed_when_it_is_backed_up(kept: Path, tmp_path: Path) -> None:
    raw = bytearray((kept / DATABASE).read_bytes())
    raw[4096:12288] = os.urandom(8192)
    (kept / DATABASE).write_bytes(raw)
    with pytest.raises((BadBackup, sqlite3.DatabaseError)):
        write_backup(config(kept), tmp_path / "b.tar.gz")
