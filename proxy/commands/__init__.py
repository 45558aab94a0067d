"""The command line. Each command is a file; this one holds what they share."""

import sys

import click

from proxy.commands.check import check
from proxy.commands.demo import demo
from proxy.commands.labels import labels
from proxy.commands.move import move
from proxy.commands.password import password
from proxy.commands.pings import pings
from proxy.commands.print_config import print_config
from proxy.commands.rules import rules
from proxy.commands.score import score
from proxy.commands.send import send
from proxy.commands.serve import serve
from proxy.commands.train import evaluate, models, train
from proxy.errors import PingwardenError


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="pingwarden", prog_name="pingwarden")
def cli() -> None:
    """Verifies and judges the pingbacks and trackbacks of a WordPress site, and forwards the approved ones."""


_COMMANDS = (
    serve,
    demo,
    check,
    score,
    pings,
    rules,
    send,
    labels,
    print_config,
    password,
    move,
    train,
    evaluate,
    models,
)
for _command in _COMMANDS:
    cli.add_command(_command)


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
