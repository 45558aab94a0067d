"""Where the observed cases lie: PINGWARDEN_FIXTURES, else ../shared/fixtures beside the checkout."""

import base64
import importlib.util
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
FIXTURES = Path(os.environ.get("PINGWARDEN_FIXTURES", ROOT.parent / "shared" / "fixtures"))


def _big_bodies() -> Callable[[str], bytes]:
    spec = importlib.util.spec_from_file_location("make_big_bodies", FIXTURES / "make_big_bodies.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    body_for: Callable[[str], bytes] = module.body_for
    return body_for


@pytest.fixture(scope="session")
def observed() -> Callable[..., Iterator[tuple[dict[str, Any], bytes]]]:
    """Return a reader of fixture files by name; each row comes with its body."""
    if not FIXTURES.is_dir():
        pytest.skip("The observed cases are not here: set PINGWARDEN_FIXTURES to their directory.")

    def rows(*names: str) -> Iterator[tuple[dict[str, Any], bytes]]:
        big = _big_bodies()
        for name in names:
            for line in (FIXTURES / f"{name}.jsonl").read_text("utf-8").splitlines():
                row = json.loads(line)
                encoded = row["body_base64"]
                yield row, big(row["id"]) if encoded is None else base64.b64decode(encoded)

    return rows
