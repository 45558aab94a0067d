"""Samples from JSON lines, plain or compressed."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

from model.errors import BadSample
from model.sample import Sample


def read_samples(path: Path | str) -> Iterator[Sample]:
    """The samples of a JSONL file (gzip if it ends in .gz), one by one. Raises BadSample that names file and line."""
    place = Path(path)
    with gzip.open(place, "rt", encoding="utf-8") if place.suffix == ".gz" else place.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                yield _sample(line, f"{place}:{number}")


def _sample(line: str, where: str) -> Sample:
    try:
        data = json.loads(line)
    except ValueError as error:
        raise BadSample(where, f"is not JSON ({error})") from None
    if not isinstance(data, dict):
        raise BadSample(where, "is not a JSON object")
    try:
        return Sample.from_json(data)
    except BadSample as error:
        raise BadSample(where, str(error)) from None
