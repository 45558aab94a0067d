"""Labelled lines of JSON from files."""

import json
from collections.abc import Iterable, Iterator
from typing import TextIO

from model.errors import ModelError
from model.sample import Sample
from proxy.errors import PingwardenError

_MAX_LINE_CHARS = 1_000_000


def read_samples(files: Iterable[TextIO]) -> Iterator[Sample]:
    """Yield the samples of JSONL *files*. Raises `PingwardenError` naming file and line."""
    for file in files:
        for number, line in enumerate(file, start=1):
            if line.strip():
                yield read_sample(line, f"{file.name}, line {number}")


def read_sample(line: str, where: str) -> Sample:
    """Return the sample that a line holds. Raises `PingwardenError` that says *where* it is wrong."""
    try:
        raw = json.loads(line[:_MAX_LINE_CHARS])
        if not isinstance(raw, dict):
            raise TypeError("it is no JSON object")
        return Sample.from_json(raw)
    except (ValueError, TypeError, RecursionError, ModelError) as problem:
        raise PingwardenError(f"{where}: {problem}") from None
