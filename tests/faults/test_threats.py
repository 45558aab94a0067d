"""The threat model names tests that exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "proxy" / "THREATS.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", TEXT)))
PARTS = TEXT.split("\n## ")[1:]


@pytest.mark.parametrize(("file", "name"), NAMED, ids=[name for _, name in NAMED])
def test_the_test_is_there(file: str, name: str) -> None:
    assert re.search(rf"^(async )?def {name}\(", (ROOT / file).read_text(encoding="utf-8"), re.MULTILINE)


def test_every_row_names_a_test_and_every_part_says_what_remains() -> None:
    rows = [line for line in TEXT.splitlines() if line.startswith("| ") and not line.startswith("| through")]
    assert rows
    assert [row for row in rows if "::test_" not in row] == []
    assert [part.splitlines()[0] for part in PARTS if "What remains" not in part] == []
