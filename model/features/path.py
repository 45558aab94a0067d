"""The path and the parameters of the address: the words in them and their shape."""

import re
from collections.abc import Iterable
from typing import Final

from model.features import Signs, Words, steps
from model.sample import Kind
from model.view import View

_PARTS: Final = re.compile(r"[A-Z]?[^\W\d_A-Z]+|[A-Z]+(?![^\W\d_A-Z])")
_PLAIN_PARTS: Final = re.compile("[a-z]+")
_DATE: Final = re.compile(r"/(?:19|20)\d\d/(?:[01]?\d)(?:/[0-3]?\d)?(?:/|$)")
_EXTENSION: Final = re.compile(r"\.([A-Za-z]{2,5})\d?$")
_NUMBERED: Final = re.compile(r"^[A-Za-z]+[-_]?\d{1,6}(?:\.\w+)?$")
_SLUG: Final = re.compile(r"^[^\W_]+(?:-[^\W_]+){2,}$")
_RANDOM: Final = re.compile(r"^(?=.*[a-z])(?=[^A-Z]*[a-z0-9][A-Z]|.*\d[A-Za-z]|.*[A-Z]{2}[a-z])[A-Za-z0-9]{3,12}$")
# Where a site keeps files for its pages; a page of its own in there was often put by somebody else.
_FILE_PLACES: Final = frozenset(
    [
        *("images", "image", "img", "css", "js", "scripts", "includes", "uploads", "userfiles", "files"),
        *("tmp", "cache", "assets", "media", "fonts", "wp-content", "wp-includes", "wp-admin", "templates"),
        *("modules", "plugins", "themes", "lib", "vendor", "admin", "backup", "old", "pdf"),
    ]
)

_DEPTH: Final = steps("depth", (1, 2, 3, 4, 6))
_HOME_DEPTH: Final = steps("home-depth", (1, 2, 3))
_LENGTH: Final = steps("length", (2, 12, 30, 60, 100))
_DIGITS: Final = steps("digits", (1, 3, 6, 9))
_PARAMETERS: Final = steps("parameters", (1, 2, 4))
_HYPHENS: Final = steps("hyphens", (1, 3, 6, 10))


def path_words(view: View) -> tuple[str, ...]:
    """The words in a path and its parameters, in order."""
    address = view.address
    text = f"{address.path} {address.query}" if address.query else address.path
    plain = text.islower() and text.isascii()  # most are, and then the parts are found in a quarter of the time
    parts = _PLAIN_PARTS.findall(text) if plain else map(str.lower, _PARTS.findall(text))
    return tuple(part[:24] for part in parts)[:30]


def _signs(view: View) -> Iterable[str]:
    address = view.address
    if not address.host:
        return
    path, segments = address.path, address.segments
    if any(segment.lower() in _FILE_PLACES for segment in segments[:-1] or segments):
        yield "files"
    yield from (f"ending={match[1].lower()}" for match in [_EXTENSION.search(path)] if match)
    if view.kind is Kind.COMMENT:  # its address is a person's home, not a page that links
        yield from _HOME_DEPTH(len(segments))
        return
    yield from _DEPTH(len(segments))
    yield from _LENGTH(len(path) + len(address.query))
    yield from _DIGITS(sum(char.isdigit() for char in path))
    yield from _HYPHENS(path.count("-"))
    if address.query:
        yield from _PARAMETERS(address.query.count("=") or 1)
    if _DATE.search(path):
        yield "dated"
    yield f"last={_last(segments)}"


def _last(segments: list[str]) -> str:
    """The shape of the path's last part."""
    if not segments:
        return "nothing"
    last = segments[-1]
    stem = last.rpartition(".")[0] or last
    for shape, pattern in (("slug", _SLUG), ("numbered", _NUMBERED), ("random", _RANDOM)):
        if pattern.match(stem):
            return shape
    if stem.isdigit():
        return "number"
    return "word" if stem.isalpha() else "other"


FEATURES: Final = (
    Words("path", path_words, "the address holds “{}”", scale=1.2, letters=0.6),
    Signs(
        "path.shape",
        _signs,
        {
            "home-depth": "the home page of who comments lies {} parts deep",
            "depth": "the path has at least {} parts",
            "length": "the path has at least {} characters",
            "digits": "the path holds at least {} digits",
            "hyphens": "the path holds at least {} hyphens",
            "parameters": "the address has at least {} parameters",
            "dated": "the path holds a date",
            "files": "the page lies where a site keeps its files",
            "last": "the path's last part is of the kind “{}”",
            "ending": "the path ends in .{}",
        },
    ),
)
