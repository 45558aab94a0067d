"""The command line. Each command is a file, loaded when it is called; this one holds what they share."""

import sys
from importlib import import_module

import click

from proxy.errors import PingwardenError

_FILES = {
    "serve": "serve",
    "demo": "demo",
    "check": "check",
    "score": "score",
    "pings": "pings",
    "rules": "rules",
    "send": "send",
    "labels": "labels",
    "move": "move",
    "privacy": "privacy",
    "backup": "backup",
    "restore": "restore",
    "print-config": "print_config",
    "password": "password",
    "train": "train",
    "evaluate": "train",
    "models": "train",
    "backtest": "backtest",
}


class _Commands(click.Group):
    """Loads the command that is called, and no other, so that `serve` starts sooner and stays smaller."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click names it
        return list(_FILES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click names it
        if cmd_name not in _FILES:
            return None
        file = import_module(f"proxy.commands.{_FILES[cmd_name]}")
        command: click.Command = getattr(file, cmd_name.replace("-", "_"))
        return command


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="pingwarden", prog_name="pingwarden")
def cli() -> None:
    """Verifies and judges the pingbacks and trackbacks of a WordPress site, and forwards the approved ones."""


def main() -> None:
    """Run the command that was called. Exit status 2 for a wrong call, 1 for a failure."""
    try:
        cli()
    except PingwardenError as problem:
        click.echo(f"pingwarden: {problem}", err=True)
        sys.exit(1)
    except OSError as problem:
        click.echo(f"pingwarden: {problem.strerror or problem}: {problem.filename or ''}".rstrip(": "), err=True)
        sys.exit(1)
