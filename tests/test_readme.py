"""What the README says exists, and what exists it says."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from click import Context
from pydantic import BaseModel

from proxy.commands import cli
from proxy.config import Config, Site

_ROOT = Path(__file__).parent.parent
README = (_ROOT / "README.md").read_text(encoding="utf-8")


def keys(model: type[BaseModel]) -> Iterator[str]:
    """Yield the keys of a configuration section and of the sections below it."""
    for name, field in model.model_fields.items():
        yield name
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from keys(field.annotation)


@pytest.mark.parametrize("key", sorted({*keys(Config), *keys(Site)}))
def test_every_key_of_the_configuration_is_described(key: str) -> None:
    assert re.search(rf"^(?:# )?\[{{0,2}}(?:sites\.)?{key}\b", README, re.MULTILINE), f"{key} is not in the README"


def rule_names() -> set[str]:
    """Return the names under which rules speak."""
    sources = [*(_ROOT / "proxy" / "rules").glob("*.py"), *(_ROOT / "proxy" / "score").glob("*.py")]
    found = re.compile(r"(?:Finding|_missing)\(\s*\"([a-z-]+)\"")
    return {name for path in sources for name in found.findall(path.read_text(encoding="utf-8"))}


@pytest.mark.parametrize("rule", sorted(rule_names()))
def test_every_rule_stands_in_the_table(rule: str) -> None:
    assert f"`{rule}`" in README


@pytest.mark.parametrize("command", cli.list_commands(Context(cli)))
def test_every_command_is_listed(command: str) -> None:
    assert f"pingwarden {command}" in README
