"""Lines of JSON from files, each of which holds a sample, with a label or without."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

import click

from model.errors import ModelError
from model.sample import Sample
from proxy.errors import PingwardenError

LINES = click.File("rb")  # bytes: what is no UTF-8 is told with the line that it stands in
_MAX_LINE_CHARS = 1_000_000
_STDIN = "<stdin>"


@dataclass(frozen=True, slots=True)
class Line:
    """The object of one line, the sample in it, and where it stands."""

    data: dict[str, Any]
    sample: Sample
    where: str


def read_lines(files: Iterable[BinaryIO]) -> Iterator[Line]:
    """Yield the lines of JSONL *files*, opened as `LINES`. Raises `PingwardenError` naming file and line."""
    for file in files:
        name = getattr(file, "name", _STDIN)
        name = "standard input" if name == _STDIN else name
        for number, line in enumerate(file, start=1):
            if line.strip():
                yield read_line(line, f"{name}, line {number}")


def read_line(line: bytes, where: str) -> Line:
    """Return what a line holds. Raises `PingwardenError` that says *where* it is wrong."""
    try:
        data = json.loads(line.decode("utf-8")[:_MAX_LINE_CHARS])
        if not isinstance(data, dict):
            raise PingwardenError(f"{where}: it is no JSON object")
        return Line(data, Sample.from_json(data), where)
    except UnicodeDecodeError:
        raise PingwardenError(f"{where}: it is not UTF-8") from None
    except (ValueError, RecursionError, ModelError) as problem:
        raise PingwardenError(f"{where}: {problem}") from None
