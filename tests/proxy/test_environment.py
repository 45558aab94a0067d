"""What a process that we start gets of our environment."""

import os
import subprocess
import sys

import pytest

from proxy.environment import for_child

GIVEN = {
    "PATH": "/usr/bin", "LANG": "de_DE.UTF-8", "LC_ALL": "C", "TZ": "Asia/Tokyo", "PYTHONUTF8": "1", "TMPDIR": "/var/tmp",
    "SSL_CERT_FILE": "/etc/certificates", "MALLOC_ARENA_MAX": "2",
}  # fmt: skip
KEPT_BACK = {
    "PINGWARDEN_TOKEN": "secret", "PINGWARDEN_CONFIG": "/x", "NOTIFY_SOCKET": "/run/x", "AWS_SECRET_ACCESS_KEY": "x",
    "PGPASSWORD": "secret", "HOME": "/root", "http_proxy": "http://x", "path": "x", "MYPATH": "x", "BASH_ENV": "x",
}  # fmt: skip


@pytest.fixture
def surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        monkeypatch.delenv(name)
    for name, value in (GIVEN | KEPT_BACK).items():
        monkeypatch.setenv(name, value)


@pytest.mark.usefixtures("surroundings")
def test_only_what_is_read_is_passed_on() -> None:
    got = for_child()
    assert got.pop("PYTHONPATH").split(os.pathsep) == [path for path in sys.path if path]
    assert got == GIVEN


@pytest.mark.usefixtures("surroundings")
def test_more_is_passed_on_by_name_and_by_pattern() -> None:
    assert for_child("HOME", "PG*").keys() - for_child().keys() == {"HOME", "PGPASSWORD"}


@pytest.mark.usefixtures("surroundings")
def test_the_child_finds_our_modules_and_no_secret() -> None:
    code = "import os, proxy.page; print(sorted(os.environ))"
    done = subprocess.run([sys.executable, "-c", code], env=for_child(), capture_output=True, text=True, check=True)
    assert "PATH" in done.stdout
    assert not any(name in done.stdout for name in ("PINGWARDEN", "PG", "AWS"))
