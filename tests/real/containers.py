"""Containers by a real engine: podman with a store of its own, images made here, and no image registry asked.

What it needs is no part of what every run of the tests needs: `tests/real/install --containers` brings it.
"""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.real.parts import CACHE, MissingPartError, program

IMAGE = "localhost/pingwarden-tests/pingwarden"
DEBIAN = "localhost/pingwarden-tests/debian"
"""Debian with Python, and nothing else."""

_OPTION = "--containers"
_HOUSE = CACHE / "containers"
_ROOT_FILES = _HOUSE / "debian.tar"
_STAND_INS = ("mariadb:11", "wordpress:php8.2-fpm", "nginx:stable")
_STAND_FOR = "docker.io/library"
_PYTHON = f"{_STAND_FOR}/python:3.11-slim"
# The engine's own are above those of some machines, and are then refused.
_LIMITS = ("--ulimit=nofile=4096:4096", "--ulimit=nproc=4096:4096")
_INDEX_OPTIONS = ("index-url", "extra-index-url", "trusted-host")
_AUTHORITIES = Path("/etc/ssl/certs/ca-certificates.crt")


@contextmanager
def wanted_engine() -> Iterator[None]:
    """Inside, a missing part skips the test, even where PINGWARDEN_REAL=require is set."""
    try:
        yield
    except MissingPartError as missing:
        pytest.skip(str(missing))


class Engine:
    """The engine; everything that it keeps is below one directory."""

    def __init__(self) -> None:
        """Have the base images ready. Raises MissingPartError where they, or containers at all, are not to be had."""
        self._podman = program("podman", _OPTION)
        program("runc", _OPTION)
        if not _ROOT_FILES.is_file():
            raise MissingPartError("Debian for containers", _OPTION)
        (_HOUSE / "bin").mkdir(exist_ok=True)
        self._write_settings()
        try:
            self._import()
            self.run("run", "--rm", "--pull=never", DEBIAN, "true")
        except AssertionError as refused:
            # Not every machine can run containers: a reason to skip, and no fault of ours.
            pytest.skip(f"no container runs on this machine: {refused}")

    @property
    def environment(self) -> Mapping[str, str]:
        """What lets other programs find this engine as "podman", and nothing of the machine's own."""
        return {
            "PATH": f"{_HOUSE / 'bin'}:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "CONTAINERS_CONF": str(_HOUSE / "containers.conf"),
        }

    @property
    def command(self) -> list[str]:
        """How the engine is called."""
        return [str(_HOUSE / "bin" / "podman")]

    def run(self, *arguments: str | Path) -> str:
        """Run one of the engine's commands, and return what it prints."""
        done = subprocess.run(
            [*self.command, *arguments],
            env={**os.environ, **self.environment},
            capture_output=True,
            check=False,
            text=True,
        )
        assert done.returncode == 0, f"podman {arguments[0]}: {done.stderr[-3000:]}"
        return done.stdout.strip()

    def build(self, checkout: Path, containerfile: str) -> None:
        """Make IMAGE from a checkout as the Containerfile says, with packages from where this machine's pip has them."""
        file = _HOUSE / "Containerfile"
        file.write_text(containerfile)
        pip = _HOUSE / "pip.conf"
        pip.write_text(_pip_settings())
        mounts = [f"--volume={pip}:/etc/pip.conf:ro", f"--volume={_AUTHORITIES}:{_AUTHORITIES}:ro"]
        self._build(checkout, f"--file={file}", f"--tag={IMAGE}", *mounts)

    def build_stand_ins(self) -> None:
        """Make what stands for the other images of the compose file."""
        for name in _STAND_INS:
            target = name.partition(":")[0]
            self._build(Path(__file__).parent / "images", f"--target={target}", f"--tag={_STAND_FOR}/{name}")

    def forget(self) -> None:
        """Drop IMAGE; the others are kept for the next time."""
        self.run("rmi", "--force", IMAGE)
        self.run("image", "prune", "--force")

    def _build(self, context: Path, *options: str) -> None:
        self.run("build", "--pull=never", "--network=host", "--layers", *_LIMITS, *options, context)

    def _write_settings(self) -> None:
        limits = ", ".join(f'"{limit.removeprefix("--ulimit=")}"' for limit in _LIMITS)
        (_HOUSE / "containers.conf").write_text(
            # runc copes with every kind of control groups.
            f"[containers]\ndefault_ulimits = [{limits}]\n"
            '[engine]\nruntime = "runc"\n[network]\nnetwork_backend = "netavark"\n'
        )
        wrapper = _HOUSE / "bin" / "podman"
        store, state = _HOUSE / "store", Path("/run/pingwarden-tests")
        # Gently: others use this machine too.
        wrapper.write_text(f'#!/bin/sh\nexec nice -n 15 {self._podman} --root {store} --runroot {state} "$@"\n')
        wrapper.chmod(0o755)

    def _import(self) -> None:
        present = self.run("images", "--quiet", DEBIAN)
        if not present:
            self.run("import", "--quiet", _ROOT_FILES, DEBIAN)
        self.run("tag", DEBIAN, _PYTHON)


def _pip_settings() -> str:
    """The machine's own settings of pip, as far as they count elsewhere: package indexes, not directories."""
    listed = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], capture_output=True, check=False, text=True
    ).stdout
    lines = ["[global]", f"cert = {_AUTHORITIES}"]
    for line in listed.splitlines():
        name, _, value = line.partition("=")
        if name.rpartition(".")[2] in _INDEX_OPTIONS and "file:" not in value:
            lines.append(f"{name.rpartition('.')[2]} = {value.strip(chr(39))}")
    return "\n".join(lines) + "\n"


def compose_program(name: str) -> str:
    """The full path of a program that reads compose files."""
    for directory in (_HOUSE / "bin", _HOUSE / "venv" / "bin"):
        if (directory / name).is_file():
            return str(directory / name)
    raise MissingPartError(name, _OPTION)
