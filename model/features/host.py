"""The host: the words in its name, its shape and its top-level domain."""

import re
from collections.abc import Iterable
from typing import Final

from model.features import Signs, Words, steps
from model.features.gibberish import UNSAYABLE
from model.view import View

_PARTS: Final = re.compile(r"[^\W\d_]+")

_LENGTH: Final = steps("length", (8, 14, 20, 26))
_HYPHENS: Final = steps("hyphens", (1, 2, 3))
_DIGITS: Final = steps("digits", (1, 3, 6))
_LEVELS: Final = steps("levels", (1, 2, 3))


def host_words(view: View) -> tuple[str, ...]:
    """The words in a host, in order."""
    address = view.address
    parts = [part for part in address.subdomain.split(".") if part]
    return tuple(word[:24] for part in (*parts, address.label) for word in _PARTS.findall(part))[:12]


def _signs(view: View) -> Iterable[str]:
    address = view.address
    if not address.host:
        return
    if address.numeric:
        yield "numeric"
        return
    label = address.label
    yield f"tld={address.suffix.rpartition('.')[2]}"
    yield from _LENGTH(len(label))
    yield from _HYPHENS(label.count("-"))
    yield from _DIGITS(sum(char.isdigit() for char in address.host))
    yield from _LEVELS(address.subdomain.count(".") + 1 if address.subdomain else 0)
    if "xn--" in address.host:
        yield "punycode"
    if UNSAYABLE.search(label):
        yield "consonants"
    if address.cased:
        yield "capitals"
    if address.port:
        yield "port"


FEATURES: Final = (
    Words("host", host_words, "the host's name holds “{}”", scale=0.6, letters=0.3),
    Signs(
        "host.shape",
        _signs,
        {
            "numeric": "the address has a number for a host",
            "tld": "the address ends in .{}",
            "length": "the domain's name has at least {} characters",
            "hyphens": "the domain's name has at least {} hyphens",
            "digits": "the host holds at least {} digits",
            "levels": "the host has at least {} levels before its domain",
            "punycode": "the host is spelt in an international alphabet",
            "consonants": "the domain's name cannot be pronounced",
            "capitals": "the host is written with capitals",
            "port": "the address names a port",
        },
        scale=0.05,
    ),
)
