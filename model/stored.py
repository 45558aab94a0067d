"""Many things without holding them in memory: kept as JSON in a temporary file, read one at a time, looked at through
views. A few stay in memory; the file of more has no name, so that it is gone however the process ends."""

import json
from abc import abstractmethod
from array import array
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import Any, Final, Self, TypeVar, overload

T = TypeVar("T")
S = TypeVar("S")
IN_MEMORY_BYTES: Final = 16 * 2**20  # of JSON: some 20,000 labels


class Lazy(Sequence[T]):
    """A sequence that makes an item whenever it is asked for one; slices are views."""

    @abstractmethod
    def at(self, place: int) -> T:
        """The item at a place from 0 to the length."""

    @overload
    def __getitem__(self, place: int) -> T: ...
    @overload
    def __getitem__(self, place: slice) -> "Chosen[T]": ...
    def __getitem__(self, place: int | slice) -> "T | Chosen[T]":
        found = range(len(self))[place]
        return Chosen(self, found) if isinstance(found, range) else self.at(found)


class Chosen(Lazy[T]):
    """The items at `places` of another sequence, in that order."""

    def __init__(self, whole: Sequence[T], places: Iterable[int]) -> None:
        self.whole = whole
        self.places = array("q", places)

    def __len__(self) -> int:
        return len(self.places)

    def at(self, place: int) -> T:
        """The item there."""
        return self.whole[self.places[place]]


class Seen(Lazy[T]):
    """What `look` makes of each item of another sequence."""

    def __init__(self, whole: Sequence[S], look: Callable[[S], T]) -> None:
        self._whole = whole
        self._look: Callable[[Any], T] = look

    def __len__(self) -> int:
        return len(self._whole)

    def at(self, place: int) -> T:
        """What is made of the item there."""
        return self._look(self._whole[place])


class Stored(Lazy[T]):
    """Things in a temporary file below `directory`. `to_json` gives what JSON can say, `from_json` makes an equal thing
    of it. Closed, it raises ValueError; a disk that is full raises OSError. Used by one thread at a time."""

    def __init__(
        self,
        to_json: Callable[[T], Any],
        from_json: Callable[[Any], T],
        directory: Path | str | None = None,
        in_memory_bytes: int = IN_MEMORY_BYTES,
    ) -> None:
        self._to_json, self._from_json = to_json, from_json
        below = None if directory is None else str(directory)
        self._file = SpooledTemporaryFile(max_size=in_memory_bytes, dir=below)  # noqa: SIM115 -- `close` ends it
        self._ends = array("q", [0])

    def append(self, one: T) -> None:
        """Keep one more thing."""
        line = json.dumps(self._to_json(one), separators=(",", ":")).encode()
        self._file.seek(self._ends[-1])
        self._file.write(line)
        self._ends.append(self._ends[-1] + len(line))

    def __len__(self) -> int:
        return len(self._ends) - 1

    def at(self, place: int) -> T:
        """The thing there, made anew."""
        start, end = self._ends[place], self._ends[place + 1]
        self._file.seek(start)
        return self._from_json(json.loads(self._file.read(end - start)))

    def close(self) -> None:
        """Give the file back."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
