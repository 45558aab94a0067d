"""What is no URL and no address is a wrong call."""

import click
import pytest

from proxy.commands.values import ADDRESS, URL


@pytest.mark.parametrize(
    ("kind", "given", "taken"),
    [
        (URL, "http://a.example", "http://a.example"),
        (URL, "https://bücher.example:8080/x?y#z", "https://bücher.example:8080/x?y#z"),
        (ADDRESS, "192.0.2.7", "192.0.2.7"),
        (ADDRESS, "2001:DB8::0:1", "2001:db8::1"),
    ],
)
def test_what_is_one_is_taken(kind: click.ParamType[str], given: str, taken: str) -> None:
    assert kind.convert(given, None, None) == taken


@pytest.mark.parametrize(
    ("kind", "given", "sentence"),
    [
        (URL, "foo", "'foo' is not an absolute http or https URL: it must look like \"https://blog.example/post/\""),
        (URL, "ftp://a.example/", "is not an absolute http or https URL"),
        (URL, "http://a.example:0/", "names port 0"),
        (URL, "http://me@a.example/", "holds a user name or an IPv6 address"),
        (ADDRESS, "zzz", "'zzz' must be an address such as \"203.0.113.9\""),
        (ADDRESS, "192.0.2.0/24", "must be an address"),
    ],
)
def test_what_is_none_is_said(kind: click.ParamType[str], given: str, sentence: str) -> None:
    with pytest.raises(click.BadParameter) as raised:
        kind.convert(given, None, None)
    assert sentence in raised.value.message
