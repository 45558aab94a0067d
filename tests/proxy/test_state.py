"""The state directory: who may work in it, and that a restoring cut off anywhere comes to its end."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from proxy import state
from proxy.state import StateInUse, alone_in, finish, kept_files, put_in_place, stage, working_in


def write(directory: Path, **files: str) -> None:
    """Write files, "__" in a name standing for a folder."""
    for name, text in files.items():
        path = directory / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def read(directory: Path) -> dict[str, str]:
    """Everything in a state that is in use."""
    found = [path for path in directory.rglob("*") if path.is_file() and not path.name.startswith("lock")]
    return {
        path.relative_to(directory).as_posix(): path.read_text()
        for path in found
        if not path.relative_to(directory).parts[0].startswith("before-restore")
    }


def test_servers_share_the_directory_and_a_restoring_has_it_alone(tmp_path: Path) -> None:
    in_use = pytest.raises(StateInUse, match=r"a server works in .*: stop it first")
    with working_in(tmp_path), working_in(tmp_path), in_use, alone_in(tmp_path):
        pass
    with alone_in(tmp_path), pytest.raises(StateInUse, match="a backup is being restored"), working_in(tmp_path):
        pass
    with alone_in(tmp_path):
        pass


def test_a_server_that_was_killed_holds_nothing(tmp_path: Path) -> None:
    code = f"from proxy.state import *; from pathlib import Path\nwith working_in(Path({str(tmp_path)!r})): print('in', flush=True); input()"
    server = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert server.stdin is not None
    assert server.stdout is not None
    with server:
        assert server.stdout.readline() == b"in\n"
        with pytest.raises(StateInUse), alone_in(tmp_path):
            pass
        os.kill(server.pid, signal.SIGKILL)
        server.wait()
    with alone_in(tmp_path):
        pass


def test_what_belongs_to_the_state(tmp_path: Path) -> None:
    write(
        tmp_path,
        **{
            "models__a__model.joblib": "m",
            "models__in-force": "a",
            "privacy.key": "k",
            "lock": "",
            "pingwarden.sqlite3": "d",
        },
        **{
            "pingwarden.sqlite3-wal": "w",
            "pingwarden.toml": "h",
            "before-restore-1__models__x": "o",
            ".restore-staged__x": "s",
        },
    )
    (tmp_path / "link").symlink_to("/etc/passwd")
    assert [path.relative_to(tmp_path).as_posix() for path in kept_files(tmp_path)] == [
        "models/a/model.joblib",
        "models/in-force",
        "privacy.key",
    ]


def test_the_staged_state_takes_the_place_and_the_former_one_is_kept(tmp_path: Path) -> None:
    write(tmp_path, **{"pingwarden.sqlite3": "old", "pingwarden.sqlite3-wal": "log", "models__in-force": "a"})
    write(tmp_path, **{"pingwarden.toml": "not ours"})
    for number, text in enumerate(("new", "newer"), start=1):
        write(stage(tmp_path), **{"pingwarden.sqlite3": text})
        assert put_in_place(tmp_path) == tmp_path / f"before-restore-{number}"
        assert read(tmp_path) == {"pingwarden.sqlite3": text, "pingwarden.toml": "not ours"}
    assert (tmp_path / "before-restore-1" / "pingwarden.sqlite3-wal").read_text() == "log"
    assert (tmp_path / "before-restore-2" / "pingwarden.sqlite3").read_text() == "new"


def test_into_an_empty_directory_nothing_is_kept(tmp_path: Path) -> None:
    write(stage(tmp_path), **{"pingwarden.sqlite3": "new"})
    assert put_in_place(tmp_path) is None
    assert read(tmp_path) == {"pingwarden.sqlite3": "new"}


OLD = {"pingwarden.sqlite3": "old", "pingwarden.sqlite3-wal": "log", "models__in-force": "a"}
NEW = {"pingwarden.sqlite3": "new", "models__in-force": "b", "models__b__card": "c"}


class CutOff(Exception):
    """The machine goes down here."""


@pytest.mark.parametrize("step", range(1, 9))
def test_cut_off_at_any_step_it_is_finished_by_whoever_comes_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    """Every rename may be the last thing that happened; before the first the old state counts, from it on the new one."""
    write(tmp_path, **OLD)
    write(stage(tmp_path), **NEW)
    done = 0

    def cut(name: str) -> None:
        real = getattr(Path, name)

        def wrapped(path: Path, target: Path) -> Path:
            nonlocal done
            done += 1
            if done == step:
                raise CutOff
            moved: Path = real(path, target)
            return moved

        monkeypatch.setattr(Path, name, wrapped)

    cut("rename")
    cut("replace")
    try:
        put_in_place(tmp_path)
    except CutOff:
        assert step <= done
    monkeypatch.undo()
    with working_in(tmp_path):
        expected = OLD if step == 1 else NEW
        assert read(tmp_path) == {name.replace("__", "/"): text for name, text in expected.items()}
    assert not any((tmp_path / name).exists() for name in (state._STAGED, state._OUT, state._IN))


def test_what_was_only_half_unpacked_is_thrown_away(tmp_path: Path) -> None:
    write(tmp_path, **OLD)
    write(stage(tmp_path), **{"pingwarden.sqlite3": "half"})
    assert finish(tmp_path) is None
    assert read(tmp_path)["pingwarden.sqlite3"] == "old"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root works in the directories of others")
def test_what_root_makes_belongs_to_whoever_owns_the_directory(tmp_path: Path) -> None:
    os.chown(tmp_path, 4321, 4321)
    with alone_in(tmp_path):
        write(stage(tmp_path), **NEW)
        put_in_place(tmp_path)
    assert {path.stat().st_uid for path in tmp_path.rglob("*")} == {4321}
