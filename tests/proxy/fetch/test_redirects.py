"""Redirects: each is a URL like any other, and there is an end to them."""

import pytest

from proxy import urls
from proxy.fetch.answer import FetchFailed
from proxy.fetch.redirects import follow
from proxy.ping import Failure

HERE = urls.parse("https://a.example/dir/page?q=1")


@pytest.mark.parametrize(
    ("location", "there"),
    [
        ("https://b.example/x", "https://b.example/x"),
        ("http://b.example/x", "http://b.example/x"),
        ("//b.example", "https://b.example/"),
        ("/x", "https://a.example/x"),
        ("x", "https://a.example/dir/x"),
        ("?q=2", "https://a.example/dir/page?q=2"),
        ("../../../x", "https://a.example/x"),
        (" /x\t", "https://a.example/x"),
        ("/x#part", "https://a.example/x"),
        ("/a b|c", "https://a.example/a%20b%7Cc"),
        ("/caf\udcc3\udca9", "https://a.example/caf%C3%A9"),
        ("/caf\udce9", "https://a.example/caf%E9"),
        ("/café", "https://a.example/caf%C3%A9"),
        ("http://b.example:8080/x", "http://b.example:8080/x"),
        ("\\\\b.example/x", "https://a.example/dir/%5C%5Cb.example/x"),
    ],
)
def test_a_location_is_read_against_the_present_url(location: str, there: str) -> None:
    """RFC 3986 §5, and blanks as servers send them."""
    assert str(follow(302, HERE, location, frozenset({str(HERE)}), 5)) == there


@pytest.mark.parametrize(
    "location",
    [
        "ftp://b.example/",
        "file:///etc/passwd",
        "gopher://127.0.0.1:6379/_FLUSHALL",
        "data:text/html,x",
        "javascript:alert(1)",
        "dict://b.example/",
        "http://user:secret@b.example/",
        "http://b.example@127.0.0.1/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[fe80::1%25eth0]/",
        "http://[",
        "//[x",
        "http://b.example:0/",
        "http://b.example:99999/",
        "http://b.example:x/",
        "http://b.example\\@127.0.0.1/",
        "http://b%2eexample/",
        "http:///x",
        "http://",
        "http://b.example/" + "x" * 3000,
    ],
)
def test_a_location_that_is_no_plain_web_address_is_not_followed(location: str) -> None:
    """Other schemes, credentials, IPv6 literals and broken ports end the journey."""
    failed = follow(302, HERE, location, frozenset({str(HERE)}), 5)
    assert isinstance(failed, FetchFailed)
    assert (failed.failure, failed.status) == (Failure.NOT_PUBLIC, 302)


def test_a_redirect_without_a_location_is_no_page() -> None:
    """There is nowhere to go."""
    failed = follow(301, HERE, None, frozenset({str(HERE)}), 5)
    assert isinstance(failed, FetchFailed)
    assert failed.failure is Failure.OTHER_STATUS


@pytest.mark.parametrize("location", ["", "page?q=1", "#x", "https://A.example:443/dir/page?q=1"])
def test_a_circle_ends(location: str) -> None:
    """The same URL in another spelling is the same URL."""
    failed = follow(301, HERE, location, frozenset({str(HERE)}), 5)
    assert isinstance(failed, FetchFailed)
    assert failed.failure is Failure.REDIRECTS


def test_the_number_is_bounded() -> None:
    """Five are followed, the sixth is not."""
    been = frozenset({str(HERE)} | {f"https://a.example/{n}" for n in range(4)})
    assert not isinstance(follow(301, HERE, "/5", been, 5), FetchFailed)
    failed = follow(301, HERE, "/6", been | {"https://a.example/5"}, 5)
    assert isinstance(failed, FetchFailed)
    assert failed.failure is Failure.REDIRECTS
