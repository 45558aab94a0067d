"""Who is a stranger, who is ourselves, and who only shares our host (facts-newer §2.1)."""

import pytest

from proxy.rules.case import Relation, relation
from proxy.urls import parse

STRANGER, SELF, OWN_HOST = Relation.STRANGER, Relation.SELF, Relation.OWN_HOST
HOSTS = frozenset({"blog.example", "alias.example"})

AT_THE_ROOT: dict[str, tuple[str, Relation]] = {
    "another post": ("https://blog.example/2024/other/", SELF),
    "the front page": ("https://blog.example/", SELF),
    "the front page without slash": ("https://blog.example", SELF),
    "a post by its number": ("https://blog.example/?p=5", SELF),
    "a page by its number": ("https://blog.example/?page_id=5", SELF),
    "a search": ("https://blog.example/?s=x", SELF),
    "a post with a query": ("https://blog.example/2024/other/?share=1", SELF),
    "the scheme's own port": ("https://blog.example:443/x", SELF),
    "in capitals": ("HTTPS://BLOG.EXAMPLE/x", SELF),
    "the root's dot": ("https://blog.example./x", SELF),
    "another host of the site": ("https://alias.example/x", SELF),
    "a number behind other things in the fragment, which goes": ("https://blog.example/x#?p=5", SELF),
    "a stranger": ("https://bread.example/a", STRANGER),
    "a stranger with a number": ("https://bread.example/?p=5", STRANGER),
    "a host below ours": ("https://x.blog.example/a", STRANGER),
    "a host that ends like ours": ("https://myblog.example/a", STRANGER),
    "a host that begins like ours": ("https://blog.example.evil.example/a", STRANGER),
    "our host in the path": ("https://evil.example/blog.example/a", STRANGER),
    "www twice": ("https://www.www.blog.example/a", STRANGER),
    "another scheme": ("http://blog.example/x", OWN_HOST),
    "another port": ("https://blog.example:8080/x", OWN_HOST),
    "the other scheme's port": ("https://blog.example:80/x", OWN_HOST),
    "www of a host that is not named": ("https://www.blog.example/x", OWN_HOST),
    "www of an alias": ("https://www.alias.example/x", OWN_HOST),
    "a number below a path": ("https://blog.example/anything?p=5", OWN_HOST),
    "a number below an upload": ("https://blog.example/wp-content/uploads/x.html?p=5", OWN_HOST),
    "a number with a tail": ("https://blog.example/?p=5abc", OWN_HOST),
    "a number and more": ("https://blog.example/?p=5&x=1", OWN_HOST),
    "a number behind more": ("https://blog.example/?x=1&p=5", OWN_HOST),
    "a number behind a second question mark": ("https://blog.example/?x?p=5", OWN_HOST),
    "an attachment's number below a path": ("https://blog.example/x?attachment_id=5", OWN_HOST),
    "a number in the path": ("https://blog.example/x&p=5", OWN_HOST),
    "no number": ("https://blog.example/?p=", OWN_HOST),
    "dots in the path": ("https://blog.example/a/../b", OWN_HOST),
    "encoded dots in the path": ("https://blog.example/a/%2e%2E/b", OWN_HOST),
    "a dot in the path": ("https://blog.example/./b", OWN_HOST),
}
IN_A_DIRECTORY: dict[str, tuple[str, Relation]] = {
    "a post": ("https://blog.example/blog/x/", SELF),
    "the front page": ("https://blog.example/blog/", SELF),
    "the front page without slash": ("https://blog.example/blog", SELF),
    "a post by its number": ("https://blog.example/blog/?p=5", SELF),
    "a post by its number without slash": ("https://blog.example/blog?p=5", SELF),
    "beside it": ("https://blog.example/other/x/", OWN_HOST),
    "above it": ("https://blog.example/", OWN_HOST),
    "a name that begins like it": ("https://blog.example/blogs/x/", OWN_HOST),
    "another case": ("https://blog.example/Blog/x/", OWN_HOST),
    "out of it by dots": ("https://blog.example/blog/../other/", OWN_HOST),
    "out of it by encoded dots": ("https://blog.example/blog/%2e%2e/other/", OWN_HOST),
    "out of it by encoded slashes": ("https://blog.example/blog/x%2f..%2f..%2fother/", OWN_HOST),
    "a number above it": ("https://blog.example/?p=5", OWN_HOST),
}


@pytest.mark.parametrize(("source", "expected"), AT_THE_ROOT.values(), ids=AT_THE_ROOT.keys())
def test_to_a_site_at_the_root_the_source_is(source: str, expected: Relation) -> None:
    assert relation(parse(source), parse("https://blog.example/"), HOSTS) is expected


@pytest.mark.parametrize(("source", "expected"), IN_A_DIRECTORY.values(), ids=IN_A_DIRECTORY.keys())
def test_to_a_site_in_a_directory_the_source_is(source: str, expected: Relation) -> None:
    assert relation(parse(source), parse("https://blog.example/blog/"), HOSTS) is expected


ON_A_PORT: dict[str, tuple[str, Relation]] = {
    "the same port": ("http://blog.example:8080/x", SELF),
    "no port": ("http://blog.example/x", OWN_HOST),
    "another port": ("http://blog.example:8081/x", OWN_HOST),
}


@pytest.mark.parametrize(("source", "expected"), ON_A_PORT.values(), ids=ON_A_PORT.keys())
def test_to_a_site_on_a_port_of_its_own_the_source_is(source: str, expected: Relation) -> None:
    home, hosts = parse("http://blog.example:8080/"), frozenset({"blog.example:8080"})
    assert relation(parse(source), home, hosts) is expected


def test_www_in_front_of_our_own_host_may_be_missing_in_the_source() -> None:
    home = parse("https://www.blog.example/")
    assert relation(parse("https://blog.example/?p=5"), home, frozenset({"www.blog.example"})) is OWN_HOST
