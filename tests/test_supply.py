"""What we are built of: each part has a least version, and one that the tests ran with."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
EXTRAS = {name: parts for name, parts in PROJECT["optional-dependencies"].items() if name != "test"}
PARTS = [
    Requirement(part) for part in (*PROJECT["dependencies"], *(part for parts in EXTRAS.values() for part in parts))
]
TESTED = {
    name: Version(version)
    for name, version in re.findall(
        r"^([a-z0-9.-]+)==(\S+)$", (ROOT / ".ci" / "constraints.txt").read_text("utf-8"), re.MULTILINE
    )
}


@pytest.mark.parametrize("part", PARTS, ids=str)
def test_every_part_has_a_least_version_and_a_tested_one_that_fits(part: Requirement) -> None:
    assert any(limit.operator == ">=" for limit in part.specifier)
    tested = TESTED[canonicalize_name(part.name)]
    assert part.specifier.contains(tested)


def test_no_part_comes_from_an_address_of_its_own() -> None:
    assert [str(part) for part in PARTS if part.url] == []
