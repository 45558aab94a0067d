"""`pingwarden backup`: what it says, and what it leaves alone."""

from pathlib import Path

from tests.proxy.commands.running import call


def test_it_says_what_it_wrote_and_writes_nothing_twice(config: Path, tmp_path: Path) -> None:
    target = tmp_path / "b.tar.gz"
    done = call("backup", str(target), "--config", str(config))
    assert (done.exit_code, done.stdout) == (0, "")
    assert done.stderr == f"wrote {target}: 1 file(s), {target.stat().st_size} bytes\n"
    again = call("backup", str(target), "--config", str(config))
    assert (again.exit_code, again.stderr) == (1, f"pingwarden: {target} exists already: name a file that does not\n")


def test_a_directory_without_a_state_is_said(tmp_path: Path) -> None:
    done = call("backup", str(tmp_path / "b"), "--state-dir", str(tmp_path / "none"))
    assert done.exit_code == 1
    assert "is this the right state directory?" in done.stderr


def test_a_place_that_is_not_there_is_one_sentence(config: Path, tmp_path: Path) -> None:
    done = call("backup", str(tmp_path / "no" / "b"), "--config", str(config))
    assert (done.exit_code, done.stderr.count("\n")) == (1, 1)
