"""PHP's own form readers against ours: seeded forms, whole and mutated.

PINGWARDEN_FORMS sets how many are tried (default 2,500), PINGWARDEN_SEED where they begin.
"""

import os
import random
from typing import Any

from proxy.errors import MalformedPing
from proxy.wire.php_form import form_type, read_form, read_query
from proxy.wire.php_names import ARRAY, Form

FORMS = int(os.environ.get("PINGWARDEN_FORMS", "2500"))
SEED = int(os.environ.get("PINGWARDEN_SEED", "1"))
NAMES = frozenset({"url", "title", "excerpt", "blog_name", "charset", "tb", "tb_id", "p", "name"})

NAME_PIECES = [
    *sorted(NAMES), "blog", "name", "t", "tb_", "_", "[", "]", "[]", "[a]", "][", " ", ".", "+", "%20", "%5B", "%5d", "%5b%5D", "%00", "%2e",
    "%5f", "%74", "%74%62", "%6Eame", "%", "%zz", "%4", "\0", "\n", "\t", "%09", "x", "blog name", "blog.name", "blog[name", "blog+name", "=", ";", "é", "0",
]  # fmt: skip
VALUE_PIECES = [
    "a",
    "1",
    "=",
    "+",
    "%20",
    "%41",
    "%",
    "%g1",
    "%C3%A9",
    "%00",
    ";",
    "\0",
    "[]",
    "http%3A%2F%2Fx%2F",
    "?",
    "\r\n",
    "é",
    "",
]


def urlencoded(rng: random.Random) -> str:
    """A form of one to eight odd fields."""
    fields = []
    for _ in range(rng.randrange(1, 9)):
        name = "".join(rng.choice(NAME_PIECES) for _ in range(rng.choice((1, 1, 1, 2, 2, 3, 5))))
        value = "".join(rng.choice(VALUE_PIECES) for _ in range(rng.randrange(4)))
        fields.append(name + rng.choice(("=", "=", "=", "")) + value)
    return rng.choice(("&", "&", "&", "&&", ";")).join(fields)


def told(fields: dict[str, bytes | None]) -> dict[str, Any]:
    """PHP's fields in our form, the wanted ones alone."""
    return {name: ARRAY if value is None else value for name, value in fields.items() if name in NAMES}


def as_php(ours: Form, php: Form) -> Form:
    """Our fields; a `tb` that PHP saw emptied stays one for us on purpose, for PHP may have stopped reading before."""
    return {**ours, "tb": b""} if php.get("tb") == b"" and ours.get("tb") else ours


def test_urlencoded_bodies_and_queries_are_read_as_php_reads_them(php_forms: Any) -> None:
    rng = random.Random(SEED)
    for _ in range(FORMS):
        body = urlencoded(rng).encode()
        query = "".join(char for char in urlencoded(rng) if char.isascii() and char.isprintable() and char != " ")
        post, get = php_forms.ask("application/x-www-form-urlencoded", body, query)
        form = read_form("application/x-www-form-urlencoded", body, NAMES)
        assert as_php(form, told(post)) == told(post), body
        assert as_php(read_query(query, NAMES), told(get)) == told(get), query


TYPES = [
    "multipart/form-data; boundary={b}", 'multipart/form-data; boundary="{b}"', "multipart/form-data;boundary={b}", "Multipart/Form-Data; BOUNDARY={b}",
    "multipart/form-data, boundary={b}", "multipart/form-data; xboundary={b}", "multipart/form-data; boundary={b}; charset=utf-8",
    "multipart/form-data; charset=boundary; boundary={b}", "multipart/form-data; boundary={b},y", "multipart/form-data; boundary = {b}",
    'multipart/form-data; boundary="{b}', "multipart/form-data; boundary", "multipart/form-data; boundary=", "multipart/form-datax; boundary={b}",
]  # fmt: skip
BOUNDARIES = ["x", "x", "--", "----WebKitFormBoundaryAbC123", "a b", "x'y", "=", "x" * 300]
HEADERS = [
    'Content-Disposition: form-data; name="{n}"', "Content-Disposition: form-data; name={n}", "content-disposition:form-data;name='{n}'",
    'Content-Disposition: attachment; name="{n}"', 'Content-Disposition: form-data; name="x"; name="{n}"', 'Content-Disposition: form-data; NAME="{n}"',
    'Content-Disposition: form-data; name="{n}"; filename="f"', 'Content-Disposition: form-data; filename=""; name="{n}"', 'Content-Disposition: form-data; filename="a"',
    "Content-Disposition: form-data; name*=utf-8''{n}", 'Content-Disposition: form-data; name = "{n}"', 'Content-Disposition : form-data; name="{n}"',
    'Content-Disposition: form-data; name="a\\"; name=\\"{n}"', 'Content-Disposition: form-data; name="{n}\\\\"', "Content-Disposition: form-data; x=';'; name={n} y",
    'Content-Disposition: form-data;\r\n name="{n}"', 'Content-Disposition: form-data;\r\nname="{n}"', 'Content-Disposition: form-data; name="\r\n{n}"', 'X: y\r\nContent-Disposition: form-data; name="{n}"',
    'Content-Disposition: form-data; name="x"\r\nContent-Disposition: form-data; name="{n}"', 'Content-Disposition: form-data; name="{n}"\r\nContent-Type: text/plain; charset=utf-16', " folded: first\r\nContent-Disposition: form-data; name={n}",
    "Content-Disposition: form-data", "Content-Type: text/plain", "Content-Disposition:", "", 'Content-Disposition: form-data; name="{n}"; y="', "Content-Disposition: form-data; name", "Content-Disposition: ;;; name={n};;",
    'Content-Disposition: form-data; name="{n}\0"', "Content-Disposition: form-data; name=", 'Content-Disposition: form-data; =; name="{n}" z', "Content-Disposition: form-data; name=a{n}='b'",
]  # fmt: skip
VALUES = ["v", "", "\r\n", "\n", "a\r\nb", "a\r", "--{b}", "\r\n--{b}x", "\n--", "\r\n--{b", "\0", "x" * 5000, "y\r\n" * 1800, "é=&", "\r\n-", "z" * 5118]  # fmt: skip


def multipart(rng: random.Random) -> tuple[str, bytes]:
    """A Content-Type and a body of zero to five odd parts, now and then mutated."""
    boundary = rng.choice(BOUNDARIES)
    end = rng.choice(("\r\n", "\r\n", "\r\n", "\n"))
    body = rng.choice(("", "", "", end, "preamble" + end, "x" * 6000 + end))
    for _ in range(rng.randrange(6)):
        header = rng.choice(HEADERS[:3] if rng.random() < 0.4 else HEADERS).replace("{n}", rng.choice(NAME_PIECES[:18]))
        value = "".join(rng.choice(VALUES) for _ in range(rng.choice((1, 1, 1, 2, 3)))).replace("{b", boundary)
        body += f"--{boundary}{end}{header}{end}{end}{value}{end}"
    body += rng.choice((f"--{boundary}--{end}", f"--{boundary}--", f"--{boundary}", "", "--"))
    raw = body.encode()
    for _ in range(rng.choice((0, 0, 0, 1, 1, 2, 4))):
        at = rng.randrange(len(raw) + 1)
        raw = rng.choice(
            (
                raw[:at]
                + rng.choice((b"\r\n", b"\n", b"\r", b"--", b'"', b"'", b";", b":", b"=", b"\\", b"\0", b" "))
                + raw[at:],
                raw[:at] + raw[at + rng.randrange(1, 4) :],
                raw[:at],
            )
        )
    return rng.choice(TYPES[:3] if rng.random() < 0.5 else TYPES).replace("{b}", boundary), raw


def test_multipart_bodies_are_read_as_php_reads_them_or_refused(php_forms: Any) -> None:
    rng = random.Random(SEED)
    refused = fields = 0
    for _ in range(FORMS):
        content_type, body = multipart(rng)
        post, _ = php_forms.ask(content_type, body)
        try:
            ours: Form = read_form(content_type, body, NAMES)
        except MalformedPing:
            refused += 1
            continue
        assert as_php(ours, told(post)) == told(post), (content_type, body)
        fields += len(ours)
    print(f"{FORMS} multipart bodies, {refused} refused, {fields} fields read as PHP reads them")
    assert refused < FORMS * 0.2
    assert fields > FORMS // 4


def test_a_body_is_a_form_for_us_when_it_is_one_for_php(php_forms: Any) -> None:
    base = "application/x-www-form-urlencoded"
    odd = ["", ";", ",", " ", "\t", "x", "; charset=utf-16", ",text/plain", " x", "\t;", '"', "/", "\x0b", ";;", "; "]
    for suffix in odd:
        for spelling in (base, base.upper(), base.title(), " " + base, '"' + base):
            header = spelling + suffix
            post, _ = php_forms.ask(header, b"url=1")
            assert (form_type([header.strip(" ")]) is not None) == bool(post), repr(header)
