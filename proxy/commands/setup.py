"""Which configuration, database and model a command means.

Options count more than the environment: where one is given, neither PINGWARDEN_CONFIG nor PINGWARDEN_STATE_DIR does.
"""

import asyncio
import os
import re
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from functools import update_wrapper
from pathlib import Path
from typing import Any, TypeVar

import click

from proxy.config import Config, Site, from_mapping, load
from proxy.errors import ConfigError, PingwardenError
from proxy.state import working_in
from proxy.store.database import Database, open_database

F = TypeVar("F", bound=Callable[..., Any])
T = TypeVar("T")

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_DIR = click.Path(file_okay=False, path_type=Path)
# A state directory alone is enough for commands that only touch its database and model.
_NO_SITE = "http://no-site.invalid"


def located(command: F) -> F:
    """Give a command the options --config and --state-dir, as they are."""
    with_state = click.option("--state-dir", type=_DIR, help="Where the database and the models are.")(command)
    return click.option("--config", type=_FILE, help="The configuration file (TOML).")(with_state)


def configured(command: F) -> F:
    """Give a command the options --config and --state-dir, and hand it the `config` that they mean."""

    def with_config(*args: Any, config: Path | None, state_dir: Path | None, **kwargs: Any) -> Any:
        return command(*args, config=chosen(config, state_dir), **kwargs)

    return located(update_wrapper(with_config, command))  # type: ignore[return-value]


def looking(command: F) -> F:
    """The same for a command that needs a state to look into, and so makes no directory for it."""

    def with_state(*args: Any, config: Config, **kwargs: Any) -> Any:
        if not config.database and not config.state_dir.is_dir():
            raise PingwardenError(no_state(config.state_dir))
        return command(*args, config=config, **kwargs)

    return configured(update_wrapper(with_state, command))  # type: ignore[return-value]


def no_state(directory: Path) -> str:
    """Return the sentence about a state directory that is not there."""
    return f"there is no state directory {directory}: the first start of the server makes it, if the name is right"


def chosen(config: Path | None, state_dir: Path | None) -> Config:
    """Return the configuration that options or the environment name.

    Raises `ConfigError`, or `click.UsageError` when nothing is named.
    """
    config, state_dir = named(config, state_dir)
    if config is not None:
        found = load(config)
        return found if state_dir is None else found.model_copy(update={"state_dir": state_dir})
    if state_dir is None:
        raise click.UsageError("say which site is meant: --config FILE or --state-dir DIR (or PINGWARDEN_CONFIG)")
    return one_site({"state_dir": state_dir})


def one_site(keys: Mapping[str, Any], upstream: str = _NO_SITE, public_url: str = "") -> Config:
    """Return what options say: *keys*, and the one site if it is known. Raises `click.UsageError` that names one."""
    site = {"name": "site", "upstream": upstream, "public_url": public_url}
    try:
        return from_mapping({"sites": [site], **keys})
    except ConfigError as problem:
        raise click.UsageError(re.sub(r"^sites\.0(?:\.|: )", "", str(problem))) from None


def named(config: Path | None, state_dir: Path | None) -> tuple[Path | None, Path | None]:
    """Return the file and the state directory that are meant: where no option is given, those of the environment."""
    if config is None and state_dir is None:
        return _from_environment("PINGWARDEN_CONFIG"), _from_environment("PINGWARDEN_STATE_DIR")
    return config, state_dir


def file_named(config: Path | None, state_dir: Path | None) -> Path | None:
    """Return the file that is meant where only a file will do: beside --state-dir, that of the environment."""
    return named(config, state_dir)[0] or _from_environment("PINGWARDEN_CONFIG")


def _from_environment(name: str) -> Path | None:
    value = os.environ.get(name)
    return Path(value) if value else None


def known_sites(config: Config) -> tuple[Site, ...]:
    """Return the sites, none where only a state directory is known."""
    return tuple(site for site in config.sites if site.upstream != _NO_SITE)


def site_named(config: Config, name: str) -> Site:
    """Return the site that --site names. Raises `click.UsageError` when there is none of that name."""
    sites = {site.name: site for site in known_sites(config)}
    if name not in sites:
        allowed = (
            f"must be one of {', '.join(sites)}" if sites else "needs --config FILE, which says what sites there are"
        )
        raise click.UsageError(f"--site = {name!r} {allowed}")
    return sites[name]


@contextmanager
def wrong_call() -> Iterator[None]:
    """Let what is found wrong in a value of the call be told as such. Raises `click.UsageError`."""
    try:
        yield
    except PingwardenError as problem:
        raise click.UsageError(str(problem)) from None


def with_database(config: Config, work: Callable[[Database], Coroutine[Any, Any, T]]) -> T:
    """Run *work* with the configured database open, and return what it returns."""

    async def run() -> T:
        with working_in(config.state_dir) if not config.database else nullcontext():
            database = await open_database(config.database_url)
            try:
                return await work(database)
            finally:
                await database.close()

    return asyncio.run(run())
