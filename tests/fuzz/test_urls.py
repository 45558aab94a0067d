"""Any text is a URL or raises the one error; what is read once is read again as the same."""

from hypothesis import given, settings
from hypothesis import strategies as st

from proxy.errors import MalformedPing
from proxy.identify import FORM_NAMES, Door, door, rpc_endpoint, split_target, trackback_post
from proxy.page.links import resolve
from proxy.rules.case import Relation, relation
from proxy.urls import MAX_URL_CHARS, comparison_key, parse, registrable_domain
from proxy.wire.php_form import read_query

WORDS = [
    "http", "https", "HTTP", "://", ":", "/", "//", "?", "#", "@", "[", "]", "&", "=", ".", "..", "%2e", "%2F", "%0A", "%", "%25", "\\", " ", "\n",
    "www.", "blog.example", "a.example", ":80", ":443", ":8080", ":0", "xn--", "xn--bcher-kva", "ü", "ß", "\u2100", "\uff0f", "\u3002", "\u00ad", "\u200d",
    "\udc80", "\u0660", "0x7f", "127.1", "p=5", "page_id=", "tb=1", "xmlrpc.php", "wp-trackback.php", "trackback", "index.php", "x" * 64, "é" * 700,
]  # fmt: skip
TEXTS = st.lists(st.sampled_from(WORDS) | st.text(max_size=3), max_size=14).map("".join)
HOME = parse("https://blog.example/blog/")
HOSTS = frozenset({"blog.example"})
often = settings(max_examples=700, deadline=None, derandomize=True, database=None)


@often
@given(TEXTS | TEXTS.map("http://a.example".__add__) | TEXTS.map("http://".__add__))
def test_any_text_is_a_url_or_raises_the_one_error(text: str) -> None:
    try:
        url = parse(text)
    except MalformedPing:
        return
    again = str(url)
    assert len(again) <= MAX_URL_CHARS
    assert again.isascii()
    assert not set(again) & set(' \t\r\n"<>\\^`{|}#')
    assert parse(again) == url
    key = comparison_key(url, HOSTS)
    assert comparison_key(parse(again), HOSTS) == key
    assert key.startswith("~") is (url.host == "blog.example" and ":" not in url.origin.partition("://")[2])
    assert registrable_domain(url.host)
    if relation(url, HOME, HOSTS) is Relation.SELF:
        assert again.startswith("https://blog.example/blog")


@often
@given(TEXTS)
def test_any_reference_is_a_url_or_none(text: str) -> None:
    found = resolve("http://a.example/b/c", text.encode("utf-8", "replace").decode())
    assert found is None or parse(str(found)) == found


@often
@given(TEXTS | TEXTS.map("/".__add__))
def test_any_request_target_is_read(text: str) -> None:
    target = split_target(text)
    if door("POST", target, "", has_form=False) is Door.XMLRPC:
        endpoint = rpc_endpoint(target)
        assert endpoint.startswith("/")
        assert endpoint.endswith("/xmlrpc.php")
        assert endpoint.isascii()
        assert not set(endpoint) & set(" \t\r\n?#")
    assert door("POST", target, "", has_form=True) is not Door.NONE or text.partition("?")[0].startswith("/wp-")
    try:
        trackback_post(target, "", read_query(target.query, FORM_NAMES), {})
    except MalformedPing:
        return
