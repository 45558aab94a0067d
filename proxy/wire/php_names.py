"""What PHP makes of a field's name before it stands in $_POST or $_GET (php_register_variable, PHP 8.2, observed)."""

import re
from collections.abc import Mapping
from enum import Enum
from typing import Final, Literal


class Array(Enum):
    """Stands for a field that PHP made an array of."""

    ARRAY = "array"


ARRAY: Final = Array.ARRAY
Field = bytes | Literal[Array.ARRAY]
Extent = tuple[int, int]  # where a value stands in a body
Form = Mapping[str, Field]  # PHP's name of a field, to its last value

MAX_FIELD: Final = 1 << 20  # bytes kept of one value, as sent; every text is cut far below that
MAX_NAME: Final = 1 << 16  # bytes of a name, as sent, that are looked at
MAX_FIELDS: Final = 1_000_000  # fields of one form; PHP itself takes 1,000 unless told otherwise
MAX_HITS: Final = 20_000  # fields of wanted names in one form

_MANGLED = bytes.maketrans(b" .[", b"___")


def php_name(raw: bytes) -> tuple[bytes, bool]:
    """Return the name under which PHP keeps a field called *raw*, and whether it is an array there.

    Blanks at the start go; a NUL ends the name; blank, dot and a "[" that nothing closes become "_"; what follows
    the "]" of the first index is an array's business. An empty name means that PHP drops the field.
    """
    name = raw.partition(b"\0")[0].lstrip(b" ")
    plain, bracket, index = name.partition(b"[")
    if not plain or not bracket:
        return plain.translate(_MANGLED), False
    # One white space may stand before the "]" of an empty index; in any other index it may stand too.
    if b"]" in index:
        return plain.translate(_MANGLED), True
    return name.translate(_MANGLED), False


def _spellings(char: str) -> str:
    """Return a pattern for every way in which one character of a name can be sent, percent-encoding included."""
    ways = "_ .[" if char == "_" else char
    encoded = "|".join(re.sub("[A-F]", lambda m: f"[{m[0]}{m[0].lower()}]", f"%{ord(way):02X}") for way in ways)
    plus = r"|\+" if char == "_" else ""
    return f"(?:[{re.escape(ways)}]|{encoded}{plus})"


def name_pattern(names: frozenset[str], before: str) -> re.Pattern[bytes]:
    """Return a pattern that finds, after *before*, each place where a urlencoded field of *names* may begin.

    It finds too much (names that go on after a "[") and nothing too little; `php_name` decides.
    """
    wanted = "|".join("".join(map(_spellings, name)) for name in sorted(names, key=len, reverse=True))
    end = r"(?=[=&\[\x00]|%00|%5[bB]|\Z)"
    return re.compile(rf"{before}(?:[+ ]++|%20)*+(?P<name>(?:{wanted}){end})".encode())


def keep(found: dict[str, Extent | None], name: str, extent: Extent | None) -> None:
    """Let a field take the place of an earlier one of its name, as PHP does; an empty `tb` takes back nothing.

    PHP stops reading after `max_input_vars` variables (1,000 unless set otherwise), so that a `tb` which stood early
    may be emptied only for readers that go on. None stands for an array.
    """
    empty = extent is not None and extent[0] >= extent[1]
    if not (name == "tb" and empty and name in found):
        found[name] = extent
