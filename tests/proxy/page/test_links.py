"""Resolving references as browsers do."""

import pytest

from proxy.page.links import MAX_DISTINCT_LINKS, LinkBook, resolve


@pytest.mark.parametrize(
    ("base", "reference", "url"),
    [
        ("https://h.example/a/b", "", "https://h.example/a/b"),
        ("https://h.example/a/b", "c", "https://h.example/a/c"),
        ("https://h.example/a/b", "/c", "https://h.example/c"),
        ("https://h.example/a/b", "?c", "https://h.example/a/b?c"),
        ("https://h.example/a/b?c", "#d", "https://h.example/a/b?c"),
        ("https://h.example/a/b", "../../../c", "https://h.example/c"),
        ("https://h.example/a/b", "//i.example", "https://i.example/"),
        ("https://h.example/a/b", "http://i.example/x/../y", "http://i.example/y"),
        ("https://h.example/a/b", "http://i.example/x/..", "http://i.example/"),
        ("https://h.example/a/b", "http://i.example/x/.", "http://i.example/x/"),
        ("https://h.example/a/b", "http://i.example/..x/.y", "http://i.example/..x/.y"),
        ("https://h.example/a/b", "a b<c>", "https://h.example/a/a%20b%3Cc%3E"),
        ("https://h.example/a/b", "ü", "https://h.example/a/%C3%BC"),
        ("https://h.example/a/b", "//bücher.example/", "https://xn--bcher-kva.example/"),
        ("https://h.example/a/b", "\\c\\d?e\\f", "https://h.example/c/d?e%5Cf"),
        ("https://h.example/a/b", "\\c\\d", "https://h.example/c/d"),
        ("https://h.example/a/b", "mailto:x@y.example", None),
        ("https://h.example/a/b", "data:text/html,x", None),
        ("https://h.example/a/b", "http://", None),
        ("https://h.example/a/b", "http://[::1]/", None),
        ("https://h.example/a/b", "http://h.example:99999/", None),
        ("https://h.example/a/b", "http://u:p@h.example/", None),
        ("https://h.example/a/b", "x" * 5000, None),
        ("https://h.example/a/b", "http://" + "é." * 500 + "example/", None),
        ("nonsense", "c", None),
        ("", "https://h.example/", "https://h.example/"),
    ],
)
def test_resolve(base, reference, url):
    resolved = resolve(base, reference)
    assert (str(resolved) if resolved else None) == url


def test_a_book_is_closed_when_it_is_full():
    book = LinkBook("https://h.example/", frozenset({"i.example/target"}), frozenset())
    for number in range(MAX_DISTINCT_LINKS):
        book.leads_to_target(f"/{number}")
    assert not book.truncated
    assert not book.leads_to_target("https://i.example/target")
    assert book.truncated


def test_a_host_that_is_ours_by_its_port_only():
    ours = frozenset({"h.example:8080"})
    book = LinkBook("http://h.example:8080/", frozenset({"~/p"}), ours)
    assert book.leads_to_target("http://h.example:8080/p")
    assert not book.leads_to_target("http://h.example/p")
