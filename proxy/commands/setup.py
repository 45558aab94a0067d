"""Which configuration, database and model a command means."""

import asyncio
import os
from collections.abc import Callable, Coroutine
from contextlib import nullcontext
from functools import update_wrapper
from pathlib import Path
from typing import Any, TypeVar

import click

from proxy.config import Config, from_mapping, load
from proxy.errors import ConfigError
from proxy.state import working_in
from proxy.store.database import Database, open_database

F = TypeVar("F", bound=Callable[..., Any])
T = TypeVar("T")

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_DIR = click.Path(file_okay=False, path_type=Path)
# A state directory alone is enough for commands that only touch its database and model.
_NO_SITE = {"name": "site", "upstream": "http://127.0.0.1:9"}


def configured(command: F) -> F:
    """Give a command the options --config and --state-dir, and hand it the `config` that they mean."""

    def with_config(*args: Any, config: Path | None, state_dir: Path | None, **kwargs: Any) -> Any:
        return command(*args, config=chosen(config, state_dir), **kwargs)

    wrapped = update_wrapper(with_config, command)
    wrapped = click.option("--state-dir", type=_DIR, help="Where the database and the models are.")(wrapped)
    return click.option("--config", type=_FILE, help="The configuration file (TOML).")(wrapped)  # type: ignore[return-value]


def chosen(config: Path | None, state_dir: Path | None) -> Config:
    """Return the configuration that options or the environment name. Raises `ConfigError`."""
    if config is None and state_dir is None:
        config = _from_environment("PINGWARDEN_CONFIG")
        state_dir = _from_environment("PINGWARDEN_STATE_DIR")
    if config is not None:
        found = load(config)
        return found if state_dir is None else found.model_copy(update={"state_dir": state_dir})
    if state_dir is None:
        raise ConfigError("say which site is meant: --config FILE or --state-dir DIR (or PINGWARDEN_CONFIG)")
    return from_mapping({"state_dir": str(state_dir), "sites": [_NO_SITE]})


def _from_environment(name: str) -> Path | None:
    value = os.environ.get(name)
    return Path(value) if value else None


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
