"""Hypothesis writes bytes out of the words that matter; no reader breaks on them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz.wire_targets import TARGETS

CORPUS = Path(__file__).parent.parent / "corpus"

XML = [
    *(f"<{mark}{tag}>".encode() for tag in (
        "methodCall", "methodName", "params", "param", "value", "string", "array", "data", "struct", "member", "name", "int",
        "methodResponse", "fault",
    ) for mark in ("", "/")),
    b"<?xml version='1.0'?>", b"<?xml", b"?>", b"<!DOCTYPE x", b"[", b"]", b">", b"<!--", b"-->", b"<![CDATA[", b"]]>", b"&#112;", b"&amp;", b"&x;",
    b"pingback.ping", b"system.multicall", b"methodName", b"params", b"http://a.example/", b" ", b"\n", b"\0", b"\xef\xbb\xbf", b"\xff", b"faultCode", b"403",
]  # fmt: skip
FORMS = [
    b"url", b"title", b"blog", b"name", b"_", b"tb", b"charset", b"excerpt", b"=", b"&", b";", b"+", b".", b"[", b"]", b"[]", b"%00", b"%5B", b"%5D",
    b"%20", b"%", b"%41", b"%25", b"UTF-8", b"BASE64", b"http://a.example/", b"<b>", b"<script>", b"</script>", b"<", b">", b"\xe9", b"\xc3\xa9", b"&amp;",
    b"--x\r\n", b"\r\n--x", b"--x--", b"\r\n", b"\n", b"\0", b"\r", b'Content-Disposition: form-data; name="title"', b"Content-Disposition:", b"; filename=a",
    b'"', b"'", b"\\", b":", b"name=url", b"multipart/form-data; boundary=", b"\t", b"x" * 600,
]  # fmt: skip


def made_of(words: list[bytes]) -> st.SearchStrategy[bytes]:
    """Bytes out of words, with some that are none."""
    return st.lists(st.one_of(st.sampled_from(words), st.binary(max_size=4)), max_size=50).map(b"".join)


briefly = settings(max_examples=500, deadline=None, derandomize=True, database=None)


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS.keys())
def test_no_reader_breaks_on_words_of_its_language(target: Callable[[bytes], None]) -> None:
    @briefly
    @given(made_of(XML) | made_of(FORMS) | st.binary(max_size=200))
    def run(body: bytes) -> None:
        target(body)

    run()


VALUES = st.recursive(
    st.text(max_size=6).map(lambda text: f"<string>{text}</string>") | st.sampled_from(["<i4>1</i4>", "", "x", " ", "<nil/>"]),
    lambda inner: st.lists(inner, max_size=4).map(lambda items: "<array><data>" + "".join(f"<value>{item}</value>" for item in items) + "</data></array>")
    | st.lists(st.tuples(st.sampled_from(["methodName", "params", "0", "1", "a"]), inner), max_size=4).map(
        lambda pairs: "<struct>" + "".join(f"<member><name>{name}</name><value>{value}</value></member>" for name, value in pairs) + "</struct>"
    )
    | st.sampled_from(["pingback.ping", "system.multicall", "demo.sayHello"]).map(lambda name: (
        f"<struct><member><name>methodName</name><value>{name}</value></member><member><name>params</name><value><array><data>"
        "<value>http://a.example/</value><value>http://b.example/</value></data></array></value></member></struct>"
    )),
    max_leaves=12,
)  # fmt: skip


@briefly
@given(st.sampled_from(["pingback.ping", "system.multicall", "wp.getPost"]), st.lists(VALUES, max_size=3))
def test_no_well_formed_call_breaks_the_reader(method: str, values: list[str]) -> None:
    params = "".join(f"<param><value>{value}</value></param>" for value in values)
    TARGETS["xmlrpc"](f"<methodCall><methodName>{method}</methodName><params>{params}</params></methodCall>".encode())


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS.keys())
def test_no_reader_breaks_on_the_corpus_cut_anywhere(target: Callable[[bytes], None]) -> None:
    for path in sorted(CORPUS.rglob("*.*")):
        body = path.read_bytes()[:4000]
        for end in range(0, len(body) + 1, max(1, len(body) // 12)):
            target(body[:end])
