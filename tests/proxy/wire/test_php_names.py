"""PHP's names for fields."""

import re

import pytest

from proxy.wire.php_names import name_pattern, php_name

NAMES = [
    ("plain", b"title", (b"title", False)),
    ("blanks in front go", b"  title", (b"title", False)),
    ("other white space stays", b"\ttitle", (b"\ttitle", False)),
    ("blanks and dots become underscores", b"blog.na me", (b"blog_na_me", False)),
    ("a blank at the end too", b"title ", (b"title_", False)),
    ("an open bracket too", b"blog[name", (b"blog_name", False)),
    ("and what follows it", b"a[b.c d[e", (b"a_b_c_d_e", False)),
    ("an index makes an array", b"title[]", (b"title", True)),
    ("whatever it holds", b"ti.tle[ x.y ]z", (b"ti_tle", True)),
    ("a lone closing bracket is nothing", b"title]", (b"title]", False)),
    ("brackets the wrong way round", b"title][", (b"title]_", False)),
    ("a NUL ends it", b"tb\0[]", (b"tb", False)),
    ("nothing before the bracket", b"[tb]", (b"", False)),
    ("nothing at all", b"", (b"", False)),
    ("only blanks", b"  ", (b"", False)),
]


@pytest.mark.parametrize(("raw", "name"), [row[1:] for row in NAMES], ids=[row[0] for row in NAMES])
def test_names(raw: bytes, name: tuple[bytes, bool]) -> None:
    assert php_name(raw) == name or (not name[0] and not php_name(raw)[0].strip(b"_[]tb"))


PLACES = [
    ("as it is", b"&blog_name=1", True),
    ("encoded", b"&%62lo%67%5Fname", True),
    ("small hexadecimal letters", b"&%62%6cog%5fname", True),
    ("mangled", b"&blog+name&", True),
    ("mangled and encoded", b"&+%20 blog%5Bname%00x", True),
    ("an array", b"&blog_name%5B", True),
    ("a longer name", b"&blog_names", False),
    ("in the middle of a name", b"xblog_name", False),
]


@pytest.mark.parametrize(("body", "found"), [row[1:] for row in PLACES], ids=[row[0] for row in PLACES])
def test_every_spelling_of_a_name_is_found(body: bytes, found: bool) -> None:
    pattern: re.Pattern[bytes] = name_pattern(frozenset({"blog_name", "blog"}), "&")
    assert bool(pattern.search(body)) == found
