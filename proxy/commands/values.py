"""Values of options and arguments that are more than texts: what is none is a wrong call."""

from ipaddress import ip_address

import click

from proxy.errors import MalformedPing
from proxy.urls import parse


class _Url(click.ParamType[str]):
    """An absolute http or https URL, as it was given."""

    name = "URL"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return *value*. Raises `click.BadParameter` that says what is wrong with it."""
        try:
            parse(value)
        except MalformedPing as problem:
            why = problem.sentence.removeprefix("The URL ").removesuffix(".")
            self.fail(f'{value[:200]!r} {why}: it must look like "https://blog.example/post/"', param, ctx)
        return value


class _Address(click.ParamType[str]):
    """An IPv4 or IPv6 address."""

    name = "ADDRESS"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return *value* as addresses are written. Raises `click.BadParameter`."""
        try:
            return str(ip_address(value))
        except ValueError:
            self.fail(f'{value[:200]!r} must be an address such as "203.0.113.9"', param, ctx)


URL = _Url()
ADDRESS = _Address()
