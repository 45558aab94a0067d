"""WordPress's own XML-RPC server, asked what it would execute: thousands of bodies a second, in one PHP process."""

import base64
import json
import struct
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

from tests.real.parts import program
from tests.real.site import PHP, Site

PhpValue = bytes | int | float | bool | None | dict[bytes, "PhpValue"] | type[object]


@dataclass(frozen=True)
class Executed:
    """A method that WordPress would call. Arrays are dicts, as in PHP; an object is `object`."""

    method: str
    arguments: PhpValue

    def argument(self, number: int) -> PhpValue:
        """PHP's `$args[number]`, where the arguments are an array."""
        return self.arguments.get(str(number).encode()) if isinstance(self.arguments, dict) else None


@dataclass(frozen=True)
class Interpretation:
    """What WordPress makes of a body."""

    calls: tuple[Executed, ...]
    unreadable: bool
    crashed: bool
    """PHP stopped with an error; the calls before it were made."""

    @classmethod
    def of(cls, line: dict[str, Any]) -> Self:
        """From a line of interpreter.php."""
        calls = (Executed(call["method"], _value(call["arguments"])) for call in line["calls"])
        return cls(tuple(calls), line["unreadable"], line["crashed"])

    @property
    def pings(self) -> list[Executed]:
        """The calls of pingback.ping among them."""
        return [call for call in self.calls if call.method == "pingback.ping"]


def _value(plain: dict[str, Any]) -> PhpValue:
    if "text" in plain:
        return base64.b64decode(plain["text"])
    if "array" in plain:
        return {base64.b64decode(key): _value(value) for key, value in plain["array"]}
    return object if "object" in plain else plain["scalar"]


class Interpreter:
    """A running process; `with` ends it."""

    def __init__(self, site: Site) -> None:
        """Load that WordPress."""
        command = [program("php8.2"), str(PHP / "interpreter.php"), str(site.directory)]
        self._child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def __enter__(self) -> Self:
        """Nothing to do."""
        return self

    def __exit__(self, *_: object) -> None:
        """End it."""
        self._child.communicate()

    def interpret(self, bodies: Sequence[bytes]) -> list[Interpretation]:
        """What WordPress would execute for each body."""
        assert self._child.stdin
        assert self._child.stdout
        frames = (struct.pack("!I", len(body)) + body for body in bodies)
        self._child.stdin.write(struct.pack("!I", len(bodies)) + b"".join(frames))
        self._child.stdin.flush()
        lines = [self._child.stdout.readline() for _ in bodies]
        return [Interpretation.of(json.loads(line)) for line in lines]
