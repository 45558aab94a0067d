"""`pingwarden print-config`: configurations for the servers around us."""

from pathlib import Path

import click

from proxy import recipes
from proxy.commands.setup import chosen, file_named, located, named


@click.command(
    "print-config", help=f"Print a complete, commented configuration for SERVER: {', '.join(recipes.names())}."
)
@click.argument("server", metavar="SERVER", type=click.Choice(recipes.names()))
@located
@click.option("--root", default="/var/www/html", show_default=True, help="WordPress's directory.")
@click.option("--php", default="unix:/run/php/php-fpm.sock", show_default=True, help="Where php-fpm listens.")
def print_config(server: str, config: Path | None, state_dir: Path | None, root: str, php: str) -> None:
    """Print what the file, and a state directory beside it, say."""
    file = file_named(config, state_dir)
    if file is None:
        raise click.UsageError("say which configuration is meant: --config FILE (or PINGWARDEN_CONFIG)")
    state = named(config, state_dir)[1]
    told = recipes.render(
        server,
        chosen(file, state),
        config_file=str(file.absolute()),
        root=root,
        php=php,
        state_dir=state and state.absolute(),
    )
    click.echo(told, nl=False)
