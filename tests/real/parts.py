"""Where the real parts are, and what happens to a test whose part is not there."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

CACHE = Path(os.environ.get("PINGWARDEN_REAL_CACHE") or Path.home() / ".cache/pingwarden-real")
REQUIRED = os.environ.get("PINGWARDEN_REAL") == "require"

LINES = ("6.1", "6.8", "7.1")
"""The lines of WordPress that run on MariaDB."""

BUILDS = {
    "6.2": "wp-6.2",
    "6.3": "wp-6.3",
    "6.4": "wp-6.4",
    "6.5": "wp-6.5",
    "6.6": "wp-beta",
    "6.7": "wp-nightly",
}
"""The lines of WordPress that run on SQLite, and what their builds are called."""

_SEARCH = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin"])


class MissingPartError(Exception):
    """A real part is not on this machine; the message says how to get it."""

    def __init__(self, part: str, option: str = "") -> None:
        """`option`: what tests/real/install has to be told to bring the part."""
        super().__init__(f"{part} is not on this machine; `tests/real/install{option and ' ' + option}` brings it")


@contextmanager
def needed_parts() -> Iterator[None]:
    """Inside, a missing part skips the test, or fails it where PINGWARDEN_REAL=require is set."""
    try:
        yield
    except MissingPartError as missing:
        if REQUIRED:
            pytest.fail(str(missing), pytrace=False)
        pytest.skip(str(missing))


def program(name: str, option: str = "") -> str:
    """The full path of a program."""
    found = shutil.which(name, path=_SEARCH)
    if found is None:
        raise MissingPartError(name, option)
    return found


def wordpress_tree(line: str) -> Path:
    """The unpacked WordPress of one of LINES."""
    tree = Path("/usr/share/wordpress") if line == "6.1" else CACHE / "wordpress" / line
    if not (tree / "xmlrpc.php").is_file():
        raise MissingPartError(f"WordPress {line}")
    return tree


def wordpress_build(line: str) -> Path:
    """The zip file of one of BUILDS."""
    build = CACHE / "builds" / f"{BUILDS[line]}.zip"
    if not build.is_file():
        raise MissingPartError(f"WordPress {line}", "--builds")
    return build


def node_modules() -> Path:
    """The directory with the XML-RPC client that comes from npm."""
    modules = CACHE / "clients" / "node_modules"
    if not (modules / "wordpress").is_dir():
        raise MissingPartError("the npm package wordpress")
    return modules
