"""The command line. Each command is a file, loaded when it is called; this one holds what they share."""

import sys
from importlib import import_module
from typing import NoReturn

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
    """Run the command that was called. Exit status 2 for a wrong call, 1 for a failure, each with one sentence."""
    try:
        sys.exit(cli(standalone_mode=False))
    except click.exceptions.NoArgsIsHelpError as nothing:
        nothing.show()
        sys.exit(nothing.exit_code)
    except click.ClickException as problem:
        _end(_told(problem), problem.exit_code)
    except click.Abort:
        _end("it was interrupted", 1)
    except PingwardenError as problem:
        _end(str(problem), 1)
    except OSError as problem:
        _end(f"{problem.strerror or problem}: {problem.filename or ''}".rstrip(": "), 1)


def _end(sentence: str, status: int) -> NoReturn:
    click.echo(f"pingwarden: {sentence}", err=True)
    sys.exit(status)


def _told(problem: click.ClickException) -> str:
    """Return what click says in several lines as one sentence, with what is allowed where click does not say it."""
    allowed = _allowed(problem) if isinstance(problem, click.UsageError) else []
    said = " ".join((problem.message if allowed else problem.format_message()).split()).removesuffix(".")
    said = said[:1].lower() + said[1:].replace(". Choose from:", ": choose from")
    return f"{said}; allowed are {', '.join(allowed)}" if allowed else said


def _allowed(problem: click.UsageError) -> list[str]:
    """Return the options or commands that there are, for a call that names another one."""
    if problem.ctx is None:
        return []
    command = problem.ctx.command
    if isinstance(problem, click.NoSuchOption):
        options = (one.opts[-1] for one in command.get_params(problem.ctx) if isinstance(one, click.Option))
        return sorted(options)
    return command.list_commands(problem.ctx) if isinstance(command, click.Group) else []
