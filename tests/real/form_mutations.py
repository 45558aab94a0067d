"""Seeded trackback forms as a clever stranger would write them: names that PHP mangles, odd multiparts, odd doors."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random
from urllib.parse import quote_plus


@dataclass(frozen=True)
class FormRequest:
    """A POST that PHP may or may not read as a form."""

    target: str
    content_type: str | None
    body: bytes


_FIELDS: Sequence[tuple[str, Sequence[bytes]]] = (
    ("url", (b"http://a.example/%d", b"http://b.example/?x=1&y=2", b"", b"0", b"javascript:x")),
    ("title", (b"Title %d", b"T\xe9l\xe9", "Tél".encode(), b"", b"0", b"\0", b"+ADw-", b"<b>")),
    ("excerpt", (b"Excerpt", b"E\xff", b"")),
    ("blog_name", (b"Blog", b"B\xc3", b"")),
    ("charset", (b"", b"UTF-8", b"BASE64", b"UTF-7", b"ISO-8859-1")),
    ("tb", (b"1", b"1", b"0", b"", b"foo")),
    ("p", (b"4", b"5", b"4x", b"")),
    ("name", (b"alpha",)),
    ("tb_id", (b"1",)),
    ("other", (b"x",)),
)
_WEIGHTS = (8, 8, 4, 4, 1, 6, 3, 1, 1, 2)

_TARGETS = (
    "/",
    "/?p=4",
    "/?tb=1&p=4",
    "/?tb=1&x=/4",
    "/2024/03/03/alpha/",
    "/2024/03/03/alpha/trackback/",
    "/wp-trackback.php/4",
    "/wp-trackback.php?page_id=8",
    "/wp-blog-header.php?p=4",
    "/index.php/2024/03/03/alpha/trackback/",
    "/about/trackback",
    "/author/admin/?z=/5",
    "/4",
    # Doors whose forms are not read, and the one for calls: no way may lead through them.
    "/wp-login.php?p=4",
    "/wp-comments-post.php?tb=1&p=4",
    "/wp-admin/admin-ajax.php?p=4",
    "/wp-admin/post.php",
    "/xmlrpc.php?p=4",
)
_TARGET_PIECES = [
    "?tb=1",
    "&tb=1",
    "?%74b=1",
    "?+tb=1",
    "?tb%00x=1",
    "?tb[]=1",
    "?tb.=1",
    "?TB=1",
    "?;tb=1",
    "?tb",
    "?tb=",
    "?tb==1",
    "&p=4",
    "&name=alpha",
    "&x=/4",
    "#x",
    "/",
    "//",
    "/.",
    "/..",
    "/x/..",
    "%2f",
    "%2F",
    "%0a",
    "%0A",
    ";",
    "/trackback/",
    "trackback",
    "%74rackback",
    "trackback%0A",
    "trackback/%0A",
    "/TRACKBACK/",
    "%00",
    "%20",
    "+",
    "%25",
    ".php",
    "?p[]=4",
    "?page_id=8",
    "?url=q&title=q",
    "?x=1&tb[a][b]=1",
    "?&tb=1",
    "?x&tb=1",
    "?%20tb=1",
    "?tb%5b=1",
    "?tb[=1",
    "?tb%20=1",
    "?_tb=1",
]

_URLENCODED = (
    *["application/x-www-form-urlencoded"] * 8,
    "application/x-www-form-urlencoded; charset=utf-8",
    "Application/X-WWW-Form-URLEncoded",
    "application/x-www-form-urlencoded,x",
    "application/x-www-form-urlencoded x",
    "application/x-www-form-urlencoded\tx",
    "application/x-www-form-urlencodedx",
    "application/x-www-form-urlencoded;",
    "text/plain",
    "application/json",
    None,
)

_MULTIPART = (
    *["multipart/form-data; boundary=%s"] * 6,
    'multipart/form-data; boundary="%s"',
    "multipart/form-data;boundary=%s",
    "Multipart/Form-Data; BOUNDARY=%s",
    "multipart/form-data; xboundary=%s",
    "multipart/form-data; charset=utf-8; boundary=%s; x=y",
    "multipart/form-data; boundary=%s,y",
    "multipart/form-data; boundary='%s'",
    "multipart/form-data, boundary=%s",
    "multipart/form-data; boundary = %s",
    'multipart/form-data; boundary="%s',
    "multipart/form-data; boundary=a; boundary=%s",
    "multipart/form-data",
    "multipart/form-data; boundary=",
    "multipart/mixed; boundary=%s",
)

_DISPOSITIONS = (
    *[b'Content-Disposition: form-data; name="%s"'] * 8,
    b"Content-Disposition: form-data; name=%s",
    b"Content-Disposition: form-data; name='%s'",
    b'content-disposition:form-data;name="%s"',
    b'Content-Disposition: attachment; name="%s"',
    b'Content-Disposition: form-data; name="x"; name="%s"',
    b'Content-Disposition: form-data; name="%s"; filename="f.txt"',
    b'Content-Disposition: form-data; name="%s"; filename=""',
    b'Content-Disposition: form-data; filename="f"; name="%s"',
    b"Content-Disposition: form-data; name*=utf-8''%s",
    b'Content-Disposition: form-data;\r\n name="%s"',
    b'Content-Disposition : form-data; name="%s"',
    b'Content-Disposition: form-data; name = "%s"',
    b'Content-Disposition: name="%s"',
    b'Content-Disposition: form-data; name="\\%s"',
    b'Content-Disposition: form-data; name="%s',
    b'X-Other: y\r\nContent-Disposition: form-data; name="%s"',
    b'Content-Type: text/plain; charset=utf-16\r\nContent-Disposition: form-data; name="%s"',
    b'Content-Disposition: form-data; name="%s"\r\nContent-Transfer-Encoding: base64',
    b'Content-Disposition: form-data; name="other"\r\nContent-Disposition: form-data; name="%s"',
    b'Content-Disposition: form-data; Name="%s"',
    b'Content-Disposition: form-data; xname="%s"',
)


def _mangled(rng: Random, name: str) -> bytes:
    """A name that PHP may read as `name`."""
    middle = name.replace("_", rng.choice([".", " ", "[", "_", "%2e", "%20", "%5B", "+"]))
    forms = (
        f" {name}",
        f"+{name}",
        f"%20{name}",
        "".join(f"%{ord(letter):02x}" for letter in name),
        f"{name}%00x",
        f"{name}\0x",
        f"{name}[]",
        f"{name}[a][b]",
        f"{name}[",
        f"{name}]",
        f"{name}%5B%5D",
        f"[{name}",
        f"{name} ",
        f"{name}%0a",
        f"\n{name}",
        f"\t{name}",
        name.upper(),
        f"{name};",
        f"_{name}",
        f"x[{name}]",
        f"{name}[]x",
        f"%{name}",
        middle,
        f" {middle}[x",
    )
    return rng.choice(forms).encode()


def _fields(rng: Random) -> list[tuple[bytes, bytes]]:
    """What a form holds: half of the time a trackback that WordPress would take, with at most one odd field."""
    if rng.random() < 0.5:
        return _honest_fields(rng)
    chosen = rng.choices(_FIELDS, _WEIGHTS, k=rng.randint(0, 5))
    if rng.random() < 0.8:
        chosen += [_FIELDS[0], _FIELDS[1]]
    rng.shuffle(chosen)
    odd = 0.25 if rng.random() < 0.5 else 0.0
    return [
        (
            _mangled(rng, name) if rng.random() < odd else name.encode(),
            rng.choice(values).replace(b"%d", str(rng.randrange(10**9)).encode()),
        )
        for name, values in chosen
    ]


def _honest_fields(rng: Random) -> list[tuple[bytes, bytes]]:
    number = str(rng.randrange(10**9)).encode()
    fields = [(b"url", b"http://a.example/" + number), (b"title", b"Title " + number), (b"tb", b"1")]
    fields += [(b"p", b"4")] * rng.choice([0, 1, 1])
    at = rng.randrange(len(fields))
    name, value = fields[at]
    if rng.random() < 0.5:
        fields[at] = (_mangled(rng, name.decode()), value)
    else:
        fields.append((name, rng.choice([b"", b"0", b"x"])))
    rng.shuffle(fields)
    return fields


def _quoted(rng: Random, value: bytes) -> bytes:
    return quote_plus(value).encode() if rng.random() < 0.7 else value.replace(b"&", b"%26")


def _urlencoded(rng: Random) -> tuple[str | None, bytes]:
    pairs = [
        name + rng.choice([b"="] * 12 + [b"", b"==", b"=&="]) + _quoted(rng, value) for name, value in _fields(rng)
    ]
    separator = rng.choice([b"&"] * 12 + [b";", b"&&", b"&amp;", b"\r\n", b"&;"])
    body = separator.join(pairs)
    return rng.choice(_URLENCODED), body


def _multipart(rng: Random) -> tuple[str | None, bytes]:
    boundary = rng.choice(["x", "----form42", "a b", "a'b", "x" * 70])
    line = b"\n" if rng.random() < 0.1 else b"\r\n"
    mark = b"--" + boundary.encode()
    parts = []
    for name, value in _fields(rng):
        disposition = rng.choice(_DISPOSITIONS) if rng.random() < 0.3 else _DISPOSITIONS[0]
        head = (disposition % name).replace(b"\r\n", line)
        parts.append(mark + line + head + line + line + value + line)
    end = mark + rng.choice([b"--"] * 6 + [b"", b"-", b"--x"]) + line
    body = (
        rng.choice([b""] * 8 + [b"preamble" + line, line, mark])
        + b"".join(parts)
        + (end if rng.random() < 0.9 else b"")
    )
    content_type = rng.choice(_MULTIPART)
    return content_type.replace("%s", boundary), body


def _noise(rng: Random, body: bytes) -> bytes:
    """Bytes lost, repeated or added."""
    at = rng.randint(0, len(body))
    piece = rng.choice(
        [b"", body[at : at + 9] * 2, b"\0", b"\r\n", b"=", b"&", b'"', b"%", b"--x", b";", b"[", b"\xff"]
    )
    return body[:at] + piece + body[at + rng.choice([0, 0, 1, 5]) :]


def _target(rng: Random) -> str:
    target = rng.choice(_TARGETS)
    for _ in range(rng.choice([0, 0, 1, 1, 2])):
        piece = rng.choice(_TARGET_PIECES)
        at = len(target) if rng.random() < 0.7 else rng.randint(1, len(target))
        target = target[:at] + piece + target[at:]
    return target


_KINDS: Sequence[Callable[[Random], tuple[str | None, bytes]]] = (_urlencoded, _urlencoded, _multipart)


def forms(seed: int, count: int) -> Iterator[FormRequest]:
    """`count` forms, always the same for a seed."""
    rng = Random(seed)
    for _ in range(count):
        content_type, body = rng.choice(_KINDS)(rng)
        if rng.random() < 0.25:
            body = _noise(rng, body)
        yield FormRequest(_target(rng), content_type, body)
