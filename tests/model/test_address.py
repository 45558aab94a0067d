"""Addresses come apart whatever they are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.address import split_address


@pytest.mark.parametrize(
    ("url", "parts"),
    [
        ("http://www.blog.example.co.uk/a/b?c=d#e", ("example.co.uk", "example", "blog", "/a/b", "c=d")),
        ("https://user@Shop.EXAMPLE:8080", ("shop.example", "shop", "", "", "")),
        ("http://192.0.2.1/x", ("192.0.2.1", "192", "", "/x", "")),
        ("http://[2001:db8::1]/x", ("[2001:db8::1]", "[2001:db8::1]", "", "/x", "")),
        ("http://a.example/%D0%B6", ("a.example", "a", "", "/ж", "")),
        ("mailto:x", ("x", "x", "", "", "")),
        ("", ("", "", "", "", "")),
    ],
)
def test_parts(url: str, parts: tuple[str, ...]) -> None:
    """Domain, its label, what stands before it, path and parameters."""
    address = split_address(url)
    assert (address.domain, address.label, address.subdomain, address.path, address.query) == parts


@pytest.mark.parametrize(("url", "cased"), [("http://My.example/a", True), ("http://my.example/A", False)])
def test_capitals_of_the_host(url: str, cased: bool) -> None:
    """They are folded away, and remembered."""
    assert split_address(url).cased is cased


@given(st.text(max_size=100))
def test_nothing_breaks_it(url: str) -> None:
    """Any text has parts."""
    assert split_address(url).host == split_address(url).host.lower()
