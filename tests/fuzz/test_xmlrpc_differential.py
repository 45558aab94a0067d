"""WordPress's own reader against ours: seeded mutations, and not one ping that we do not see.

PINGWARDEN_MUTATIONS sets how many bodies are tried (default 4,000), PINGWARDEN_SEED where they begin.
"""

import base64
import os
import random
from pathlib import Path
from typing import Any

from proxy.errors import MalformedPing
from proxy.wire.ixr import Typed, read_message
from proxy.wire.xmlrpc import Multicall, OtherCall, PassedMember, PingCall, build_multicall, build_ping, read_call

CORPUS = Path(__file__).parent.parent / "corpus" / "xmlrpc"
MUTATIONS = int(os.environ.get("PINGWARDEN_MUTATIONS", "4000"))
SEED = int(os.environ.get("PINGWARDEN_SEED", "1"))

PIECES = [
    *(f"<{mark}{tag}>".encode() for mark in ("", "/") for tag in (
        "methodCall", "methodName", "params", "param", "value", "string", "array", "data", "struct", "member", "name",
        "int", "i4", "i8", "nil", "double", "boolean", "base64", "dateTime.iso8601", "x", "fault", "methodResponse",
    )),
    b"<value/>", b"<x/>", b"<data/>", b"<struct/>", b"pingback.ping", b"system.multicall", b"demo.sayHello", b"wp.getPost",
    b"methodName", b"params", b"0", b"1", b"http://s.example/a", b"http://t.example/b", b"<!--", b"-->", b"<![CDATA[", b"]]>",
    b"<?xml", b"?>", b"<?p ", b"<!DOCTYPE a", b"[", b"]>", b"<!ENTITY e 'x'>", b"&amp;", b"&#112;", b"&#x13;", b"&#13;", b"&e;",
    b" ", b"\n", b"\t", b"\r", b"\0", b"\x0b", b"\x0c", b"\xef\xbb\xbf", b"\xc3\xa9", b"\xc2\xa0", b"\xff", b" a='1'", b" xmlns='u'",
    b"cGluZ2JhY2sucGluZw==", b"DXBpbmdiYWNrLnBpbmc=", b"encoding='utf-16'", b"encoding='ISO-8859-1'", b"<", b">", b"'", b'"', b"\xe2\x80\xa8",
    b"<value><string>pingback.ping</string></value>", b"<methodName>pingback.ping</methodName>",
    b"<member><name>methodName</name><value>pingback.ping</value></member>", b"<value>5</value>", b"<value><int>5</int></value>",
]  # fmt: skip


def seeds(*kinds: str) -> list[bytes]:
    """The documents of the corpus, of some kinds or all."""
    paths = [path for kind in kinds or ("",) for path in (CORPUS / kind).rglob("*.xml")]
    return [body for path in sorted(paths) if 0 < len(body := path.read_bytes()) < 20_000]


def mutated(rng: random.Random, bodies: list[bytes]) -> bytes:
    """A body of the corpus, changed in one to six places."""
    body = rng.choice(bodies)
    for _ in range(rng.choice((1, 1, 1, 2, 2, 3, 4, 6))):
        at, other = sorted((rng.randrange(len(body) + 1), rng.randrange(len(body) + 1)))
        tags = [i for i, byte in enumerate(body) if byte in b"<>"] or [0]
        if rng.random() < 0.7:  # keep to the seams, so that what comes out is often well-formed
            at, other = sorted((_seam(rng, body, tags), _seam(rng, body, tags)))
        kind = rng.randrange(7)
        if kind <= 2:
            body = body[:at] + rng.choice(PIECES) + body[at:]
        elif kind == 3:
            body = body[:at] + body[other:] if other - at < 200 else body
        elif kind == 4:
            donor = rng.choice(bodies)
            start = rng.randrange(len(donor))
            body = body[:at] + donor[start : start + rng.randrange(120)] + body[at:]
        elif kind == 5:
            body = body[:other] + body[at:other] + body[other:]
        else:
            old, new = rng.choice(PIECES), rng.choice(PIECES)
            body = body.replace(old, new, 1)
    return body[:20_000]


def _seam(rng: random.Random, body: bytes, tags: list[int]) -> int:
    at = rng.choice(tags)
    return at + (body[at : at + 1] == b">")


def test_whatever_ping_wordpress_would_run_is_seen_or_refused(wordpress_ixr: Any) -> None:
    rng, bodies = random.Random(SEED), seeds()
    pings = agreed = 0
    for _ in range(MUTATIONS):
        body = mutated(rng, bodies)
        told = wordpress_ixr.ask(body)
        check(body, told)
        pings += bool(told["calls"])
        agreed += same_message(body, told)
    print(f"{MUTATIONS} bodies, {pings} with pings, {agreed} read the same by the first reader")
    assert pings > MUTATIONS // 20
    assert agreed >= MUTATIONS * 0.99


def check(body: bytes, told: dict[str, Any]) -> None:
    """Fail if WordPress and we differ in a way that lets a ping pass, or changes one."""
    try:
        call = read_call(body, max_members=1000)
    except MalformedPing:
        return
    assert told["ok"] or not told["calls"], body
    if isinstance(call, OtherCall):
        assert not told["calls"], body
        return
    ours = [[call.source, call.target]] if isinstance(call, PingCall) else pings_of(call)
    theirs = [[text(value) for value in pair] for pair in told["calls"]]
    # A member that crashes PHP ends its list early; a ping without two texts of a line is one that we never send on.
    runnable = [pair for pair in theirs if all(url is not None and "\n" not in url.strip(" \t\n") for url in pair)]
    assert runnable == ours[: len(runnable)], body


def pings_of(call: Multicall) -> list[list[str]]:
    """The arguments of each ping in a multicall."""
    return [[member.source, member.target] for member in call.members if isinstance(member, PingCall)]


def text(told: list[Any]) -> str | None:
    """A PHP string, or None for any other value."""
    if told[0] != "s":
        return None
    return base64.b64decode(told[1]).decode("utf-8", "replace").replace("\r", "\n")  # as expat has it in CDATA


def same_message(body: bytes, told: dict[str, Any]) -> bool:
    """Whether the first reader alone reads what WordPress's message class reads."""
    try:
        message = read_message(body)
    except MalformedPing:
        return told["ok"] is not True
    if not told["ok"]:
        return message.kind == "fault"  # there PHP stumbles over a fault's missing parts
    kind, method = told["type"], text(told["method"]) or ""
    return (message.kind, message.method or "") == (kind, method) and agrees(message.params, told["params"])


def agrees(ours: Any, told: list[Any]) -> bool:
    """Whether PHP holds the same lists, structs and texts; what it computes from other values is left open."""
    if isinstance(ours, Typed):
        return told[0] != "a"
    if isinstance(ours, str):
        return ours.replace("\r", "\n") == (text(told) or "")
    items = list(enumerate(ours)) if isinstance(ours, list) else list(ours.items())
    return (
        told[0] == "a"
        and [str(key) for key, _ in items] == [base64.b64decode(key).decode() for key, _ in told[1]]
        and all(agrees(item, php) for (_, item), (_, php) in zip(items, told[1], strict=True))
    )


def test_what_we_write_ourselves_wordpress_reads_as_meant(wordpress_ixr: Any) -> None:
    rng, bodies = random.Random(SEED + 1), seeds("ping", "multicall")
    rebuilt = 0
    for _ in range(MUTATIONS // 2):
        try:
            call = read_call(mutated(rng, bodies), max_members=1000)
        except MalformedPing:
            continue
        if isinstance(call, PingCall):
            told = wordpress_ixr.ask(build_ping(call.source, call.target))
            expected = [[call.source.strip(" \t\n\r"), call.target.strip(" \t\n\r")]]
            assert [[text(value) for value in pair] for pair in told["calls"]] == expected
            rebuilt += 1
        elif isinstance(call, Multicall):
            passed = [member for member in call.members if isinstance(member, PassedMember)]
            told = wordpress_ixr.ask(build_multicall(passed))
            assert told["ok"]
            assert told["calls"] == []
            read = read_message(build_multicall(passed)).params[0]
            assert read == [{"methodName": member.method, "params": member.params} for member in passed]
            rebuilt += 1
    assert rebuilt > MUTATIONS // 50
