"""`pingwarden print-config`: configurations for the servers around us."""

from pathlib import Path

import click

from proxy import recipes
from proxy.config import load


@click.command("print-config")
@click.argument("server", type=click.Choice(recipes.names()))
@click.option(
    "--config",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    envvar="PINGWARDEN_CONFIG",
    required=True,
    help="The configuration file (TOML).",
)
@click.option("--root", default="/var/www/html", show_default=True, help="WordPress's directory.")
@click.option("--php", default="unix:/run/php/php-fpm.sock", show_default=True, help="Where php-fpm listens.")
def print_config(server: str, config: Path, root: str, php: str) -> None:
    """Print a complete, commented configuration for SERVER."""
    click.echo(recipes.render(server, load(config), config_file=str(config.absolute()), root=root, php=php), nl=False)
