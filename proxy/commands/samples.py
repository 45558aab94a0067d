"""Labelled lines of JSON from files."""

import json
from collections.abc import Iterable, Iterator
from typing import Any, TextIO

from model.errors import ModelError
from model.sample import Sample
from proxy.errors import PingwardenError

_MAX_LINE_CHARS = 1_000_000


def read_samples(files: Iterable[TextIO]) -> Iterator[Sample]:
    """Yield the samples of JSONL *files*. Raises `PingwardenError` naming file and line."""
    return (sample for sample, _, _ in _read(files))


def read_lines(files: Iterable[TextIO]) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield the objects of JSONL *files*, each of which holds a sample, and where each stands.

    Raises `PingwardenError` naming file and line.
    """
    return ((data, where) for _, data, where in _read(files))


def _read(files: Iterable[TextIO]) -> Iterator[tuple[Sample, dict[str, Any], str]]:
    for file in files:
        for number, line in enumerate(file, start=1):
            if line.strip():
                where = f"{file.name}, line {number}"
                data = _object(line, where)
                yield _sample(data, where), data, where


def read_sample(line: str, where: str) -> Sample:
    """Return the sample that a line holds. Raises `PingwardenError` that says *where* it is wrong."""
    return _sample(_object(line, where), where)


def _object(line: str, where: str) -> dict[str, Any]:
    try:
        raw = json.loads(line[:_MAX_LINE_CHARS])
    except (ValueError, RecursionError) as problem:
        raise PingwardenError(f"{where}: {problem}") from None
    if not isinstance(raw, dict):
        raise PingwardenError(f"{where}: it is no JSON object")
    return raw


def _sample(data: dict[str, Any], where: str) -> Sample:
    try:
        return Sample.from_json(data)
    except ModelError as problem:
        raise PingwardenError(f"{where}: {problem}") from None
