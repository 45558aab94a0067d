"""The observed cases: what real sites did with hundreds of requests. They lie beside the checkout, or where told."""

import base64
import importlib.util
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tests.real.parts import MissingPartError

WHERE = Path(os.environ.get("PINGWARDEN_FIXTURES") or Path(__file__).parents[3] / "shared/fixtures")


@dataclass(frozen=True)
class Case:
    """One observed request, and what WordPress did with it."""

    id: str
    description: str
    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    pings: tuple[Mapping[str, Any], ...]
    """Calls of pingback.ping that were executed."""
    calls: tuple[str, ...]
    """All methods that were executed."""
    stores_trackback: bool
    php_form: Mapping[str, Any] | None
    pages: Mapping[str, str]
    """Source pages that have to be there, by path."""
    raw: Mapping[str, Any]


@cache
def cases(name: str) -> tuple[Case, ...]:
    """All cases of a file."""
    file = WHERE / name
    if not file.is_file():
        raise MissingFixturesError(file)
    with file.open(encoding="utf-8") as lines:
        return tuple(_case(json.loads(line)) for line in lines)


class MissingFixturesError(MissingPartError):
    """The fixtures are not there."""

    def __init__(self, file: Path) -> None:
        """Say where they were looked for."""
        Exception.__init__(self, f"the observed cases are not at {file}; PINGWARDEN_FIXTURES says where they are")


def _case(raw: Mapping[str, Any]) -> Case:
    executes = raw.get("wordpress_executes") or {}
    request = raw["request"]
    calls = executes.get("calls") or []
    headers = [(name, value) for name, value in request["headers"]]
    given = {name.lower() for name, _ in headers}
    if raw["content_type"] is not None and "content-type" not in given:
        headers.append(("Content-Type", raw["content_type"]))
    return Case(
        id="-".join(filter(None, [raw["id"], raw.get("version", "")])),
        description=raw["description"],
        method=request["method"],
        target=request["path"],
        headers=tuple(headers),
        body=base64.b64decode(raw["body_base64"]) if raw["body_base64"] is not None else _recipe(raw["id"]),
        pings=tuple(call for call in calls if call["method"] == "pingback.ping"),
        calls=tuple(call["method"] for call in calls),
        stores_trackback=(raw.get("wordpress_does") or {}).get("verdict") == "stored",
        php_form=raw.get("php_post"),
        pages=raw.get("source_pages") or {},
        raw=raw,
    )


def _recipe(case: str) -> bytes:
    """A body too large to be kept: the fixtures bring a module that makes it."""
    specification = importlib.util.spec_from_file_location("make_big_bodies", WHERE / "make_big_bodies.py")
    assert specification
    assert specification.loader
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    body: bytes = module.body_for(case)
    return body
