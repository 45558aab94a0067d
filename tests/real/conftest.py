"""Lends the real parts to tests."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.real.builds import Build
from tests.real.park import Park
from tests.real.parts import BUILDS, LINES, needed_parts
from tests.real.php import PhpReader
from tests.real.process import fresh_directory
from tests.real.web import Web
from tests.real.wordpress import WordPress


@pytest.fixture(scope="session")
def short_directory() -> Iterator[Path]:
    """A directory whose name is short enough for the sockets in it."""
    directory = fresh_directory()
    yield directory
    shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture(scope="session")
def park(short_directory: Path) -> Iterator[Park]:
    """Every site that a test may ask for."""
    park = Park(short_directory)
    yield park
    park.stop()


@pytest.fixture(params=LINES)
def wordpress(park: Park, request: pytest.FixtureRequest) -> WordPress:
    """Each line of WordPress on MariaDB in turn."""
    return park.wordpress(request.param)


@pytest.fixture(params=BUILDS)
def build(park: Park, request: pytest.FixtureRequest) -> Build:
    """Each line of WordPress on SQLite in turn."""
    return park.build(request.param)


@pytest.fixture
def web() -> Iterator[Web]:
    """A small web for sources."""
    web = Web()
    yield web
    web.stop()


@pytest.fixture(scope="session")
def php_reader(short_directory: Path) -> Iterator[PhpReader]:
    """PHP's own reading of requests."""
    with needed_parts():
        reader = PhpReader(short_directory / "reader")
    yield reader
    reader.stop()
