"""What may be a source, what is the same page, and who owns a host."""

import pytest

from proxy.errors import FaultCode, MalformedPing
from proxy.urls import (
    MAX_URL_CHARS,
    Url,
    ascii_host,
    comparison_key,
    normal_octets,
    parse,
    post_key,
    registrable_domain,
)

READ = {
    "a plain address": ("http://a.example/b?c=d", "http://a.example/b?c=d"),
    "no path": ("http://a.example", "http://a.example/"),
    "a query without path": ("http://a.example?b", "http://a.example/?b"),
    "an empty query stays": ("http://a.example/?", "http://a.example/?"),
    "blanks around go": (" \thttp://a.example/\n", "http://a.example/"),
    "scheme and host in capitals": ("HTTP://A.Example/B", "http://a.example/B"),
    "the scheme's own port goes": ("https://a.example:443/", "https://a.example/"),
    "an empty port goes": ("http://a.example:/", "http://a.example/"),
    "another port stays": ("http://a.example:443/", "http://a.example:443/"),
    "zeros before a port go": ("http://a.example:0080/", "http://a.example/"),
    "the root's dot goes": ("http://a.example./", "http://a.example/"),
    "a fragment goes": ("http://a.example/b#?p=5", "http://a.example/b"),
    "a fragment behind the host goes": ("http://a.example#?p=5", "http://a.example/"),
    "a fragment in a fragment goes": ("http://a.example/?x#y#z", "http://a.example/?x"),
    "octets stay as they are": ("http://a.example/%7e%2F%zz", "http://a.example/%7e%2F%zz"),
    "other scripts are encoded in the path": ("http://a.example/é?ü", "http://a.example/%C3%A9?%C3%BC"),
    "other scripts in the host": ("http://Bücher.example/", "http://xn--bcher-kva.example/"),
    "full-width dots in the host": ("http://a\u3002example/", "http://a.example/"),
    "an underscore in the host": ("http://a_b.example/", "http://a_b.example/"),
    "an address for a host": ("http://127.1/", "http://127.1/"),
    "a decimal host, for the fetcher to judge": ("http://2852039166/", "http://2852039166/"),
    "a question mark in the query": ("http://a.example/?a?b", "http://a.example/?a?b"),
    "brackets in the query": ("http://a.example/?a[]=1", "http://a.example/?a[]=1"),
    "an at sign in the path": ("http://a.example/@b", "http://a.example/@b"),
    "two slashes in the path": ("http://a.example//b", "http://a.example//b"),
    "dots in the path stay": ("http://a.example/a/../b", "http://a.example/a/../b"),
}
REFUSED = {
    "nothing": "",
    "blanks": "  \n",
    "too long": "http://a.example/" + "b" * MAX_URL_CHARS,
    "too long once it is encoded": "http://a.example/" + "é" * 500,
    "relative": "/a",
    "without scheme": "//a.example/",
    "another scheme": "ftp://a.example/",
    "a script": "javascript:alert(1)//http://a.example/",
    "one slash": "http:/a.example/",
    "three slashes": "http:///a.example/",
    "no slash": "http:a.example",
    "no host": "http://",
    "a port alone": "http://:80/",
    "a user": "http://u@a.example/",
    "a user and a password": "http://u:p@a.example/",
    "an at sign behind a port": "http://a.example:80@b.example/",
    "an IPv6 address": "http://[::1]/",
    "half a bracket": "http://[a.example/",
    "the other half": "http://a]b.example/",
    "port zero": "http://a.example:0/",
    "a port that is none": "http://a.example:65536/",
    "a port that is a word": "http://a.example:x/",
    "a port in other digits": "http://a.example:\u0668\u0660/",
    "a signed port": "http://a.example:+80/",
    "a blank inside": "http://a.example/a b",
    "a tab in the host": "http://a.ex\tample/",
    "a line end": "http://a.example/\r\nX: y",
    "a NUL": "http://a.example/\0",
    "a quote": 'http://a.example/"',
    "an angle": "http://a.example/<b>",
    "a backslash": "http://a.example\\@b.example/",
    "a caret": "http://a.exa^mple/",
    "braces": "http://a.example/{x}",
    "a back-tick": "http://a.example/`",
    "an octet in the host": "http://a%2eexample/",
    "two dots at the host's end": "http://a.example../",
    "an empty label": "http://a..example/",
    "a dot alone": "http://./",
    "a hyphen first": "http://-a.example/",
    "a label of 64 characters": f"http://{'a' * 64}.example/",
    "a host of 254 characters": f"http://{'a.' * 127}a/",
    "a star": "http://*.example/",
    "a character that stands for a slash": "http://a\u2100b.example/",
    "a character that stands for a colon": "http://a\uff1a80/",
    "a character that stands for an at sign": "http://a\uff20b.example/",
    "a soft hyphen alone": "http://\u00ad/",
    "a lone surrogate": "http://a.example/\udc80",
    "a lone surrogate in the host": "http://a\udc80.example/",
}  # fmt: skip


@pytest.mark.parametrize(("text", "read"), READ.values(), ids=READ.keys())
def test_an_address_is_read_as(text: str, read: str) -> None:
    assert str(parse(text)) == read
    assert parse(read) == parse(text)


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED.keys())
def test_no_source_is(text: str) -> None:
    with pytest.raises(MalformedPing) as problem:
        parse(text)
    assert problem.value.fault is FaultCode.SOURCE_MISSING


def test_the_longest_address_is_read_and_read_again() -> None:
    longest = "http://a.example/" + "b" * (MAX_URL_CHARS - 17)
    assert str(parse(str(parse(longest)))) == longest


def test_an_address_comes_apart() -> None:
    url = parse("https://A.example:8443/b?c#d")
    assert url == Url("https", "a.example", 8443, "/b", "c")
    assert (url.origin, url.path_query) == ("https://a.example:8443", "/b?c")


@pytest.mark.parametrize(("host", "name"), [("A.Example.", "a.example"), ("bücher.example", "xn--bcher-kva.example")])
def test_a_host_s_name_on_the_wire(host: str, name: str) -> None:
    assert ascii_host(host) == name


OURS = frozenset({"blog.example", "www.blog.example", "blog.example:8080"})
PAGE = "https://blog.example/2024/post/"
SAME = {
    "another scheme": "http://blog.example/2024/post/",
    "another host of ours": "https://www.blog.example/2024/post/",
    "a port of ours": "http://blog.example:8080/2024/post/",
    "no slash at the end": "https://blog.example/2024/post",
    "the scheme's own port": "https://blog.example:443/2024/post/",
    "a fragment": "https://blog.example/2024/post/#comment-1",
    "an empty query": "https://blog.example/2024/post/?",
    "capitals in the host": "https://BLOG.example/2024/post/",
    "a letter encoded": "https://blog.example/2024/p%6Fst/",
    "a letter encoded in small hex": "https://blog.example/2024/p%6fst/",
}
OTHER = {
    "another path": "https://blog.example/2024/post2/",
    "another case": "https://blog.example/2024/Post/",
    "a query": "https://blog.example/2024/post/?x",
    "an encoded slash": "https://blog.example/2024%2Fpost/",
    "an encoded question mark": "https://blog.example/2024/post%3F",
    "encoded twice": "https://blog.example/2024/p%256Fst/",
    "another host": "https://a.example/2024/post/",
    "www of a host that is not named": "https://www.www.blog.example/2024/post/",
    "a host that ends like ours": "https://myblog.example/2024/post/",
    "a host that begins like ours": "https://blog.example.evil.example/2024/post/",
    "another port": "https://blog.example:8443/2024/post/",
    "the other scheme's port": "http://blog.example:443/2024/post/",
    "a port of ours on another host": "http://www.blog.example:8080/2024/post/",
    "dots": "https://blog.example/2024/x/../post/",
    "the front page": "https://blog.example/",
}


@pytest.mark.parametrize("spelling", SAME.values(), ids=SAME.keys())
def test_a_spelling_of_the_same_page(spelling: str) -> None:
    assert comparison_key(parse(spelling), OURS) == comparison_key(parse(PAGE), OURS)


@pytest.mark.parametrize("spelling", OTHER.values(), ids=OTHER.keys())
def test_another_page(spelling: str) -> None:
    assert comparison_key(parse(spelling), OURS) != comparison_key(parse(PAGE), OURS)


def test_a_stranger_s_hosts_and_ports_are_told_apart() -> None:
    names = ["http://a.example/", "http://www.a.example/", "http://a.example:8080/", "https://a.example:80/", PAGE]
    assert len({comparison_key(parse(name), OURS) for name in names}) == len(names)


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("%41%7e%2D", "A~-"),
        ("%2f%c3%a9", "%2F%C3%A9"),
        ("%2541", "%2541"),
        ("%", "%"),
        ("%zz", "%zz"),
        ("%4", "%4"),
    ],
)
def test_octets_in_their_normal_spelling(text: str, normal: str) -> None:
    assert normal_octets(text) == normal
    assert normal_octets(normal) == normal


OWNERS = {
    "blog.example.co.uk": "example.co.uk",
    "example.co.uk": "example.co.uk",
    "co.uk": "co.uk",
    "a.b.example.com": "example.com",
    "anna.github.io": "anna.github.io",
    "a.anna.github.io": "anna.github.io",
    "localhost": "localhost",
    "127.0.0.1": "127.0.0.1",
    "2852039166": "2852039166",
    "xn--bcher-kva.example": "xn--bcher-kva.example",
}


@pytest.mark.parametrize(("host", "domain"), OWNERS.items())
def test_one_owner_registers(host: str, domain: str) -> None:
    assert registrable_domain(host) == domain


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("http://blog.example/alpha", "https://www.blog.example:8443/alpha/", True),
        ("https://blog.example/alpha/", "https://blog.example/%61lpha/?x=1&name=2", True),
        ("https://blog.example/alpha/", "https://blog.example/alpha/trackback/", True),
        ("https://blog.example/alpha/", "https://blog.example/alpha/feed", True),
        ("https://blog.example/alpha/", "https://blog.example/beta/", False),
        ("https://blog.example/alpha/", "https://blog.example/alpha/?p=4", False),
        ("https://blog.example/?p=4", "https://blog.example/any?x=1&page_id=04&p=5", True),
        ("https://blog.example/?p=4", "https://blog.example/?%70=4", True),
        ("https://blog.example/?p=4", "https://blog.example/?p=5", False),
        ("https://blog.example/?p=4", "https://blog.example/", False),
    ],
)
def test_addresses_of_one_post_are_one_as_far_as_they_tell(one: str, other: str, same: bool) -> None:
    assert (post_key(parse(one)) == post_key(parse(other))) is same
