"""`pingwarden serve`: the proxy itself."""

import asyncio
import logging
import signal
import sys
from pathlib import Path
from typing import Any

import click

from proxy.config import Config, from_mapping, load
from proxy.errors import ConfigError


@click.command()
@click.option("--config", type=click.Path(exists=True, dir_okay=False, path_type=Path), envvar="PINGWARDEN_CONFIG")
@click.option("--upstream", help="The existing WordPress site, for example http://127.0.0.1:8080.")
@click.option("--public-url", help="The address that readers know, for example https://blog.example.")
@click.option("--listen", help="Where the web server sends requests, HOST:PORT.")
@click.option("--admin-listen", help="Where the admin page, API and health are, HOST:PORT.")
@click.option("--state-dir", type=click.Path(file_okay=False), envvar="PINGWARDEN_STATE_DIR")
def serve(config: Path | None, **flags: str | None) -> None:
    """Run the proxy until it is told to stop (SIGTERM, SIGINT)."""
    log_to_stderr()
    run(_settings(config, flags))


def _settings(config: Path | None, flags: dict[str, str | None]) -> Config:
    if config is None or flags["upstream"]:
        return _from_flags(flags)
    if flags["public_url"]:
        raise ConfigError("--public-url goes with --upstream: in a configuration file each site has its own public_url")
    return load(config, {key: flags[key] for key in ("listen", "admin_listen", "state_dir") if flags[key]})


def _from_flags(flags: dict[str, str | None]) -> Config:
    if not flags["upstream"]:
        raise ConfigError("say what stands behind: --config FILE, or --upstream URL")
    site = {"name": "site", "upstream": flags["upstream"], "public_url": flags["public_url"] or ""}
    raw: dict[str, Any] = {"sites": [site]}
    raw |= {key: flags[key] for key in ("listen", "admin_listen", "state_dir") if flags[key]}
    return from_mapping(raw)


def log_to_stderr() -> None:
    """Write one line for each ping and each trouble to standard error; systemd adds the time."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(levelname)s %(name)s %(message)s"))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    logging.getLogger("pingwarden").setLevel(logging.INFO)


def run(settings: Config) -> None:
    """Serve until a signal says to stop."""
    try:
        import uvloop
    except ImportError:  # there is none for Windows
        asyncio.run(_serve(settings))
    else:
        uvloop.run(_serve(settings))


async def _serve(settings: Config) -> None:
    from proxy.app import running

    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    async with running(settings) as proxy:
        log = logging.getLogger("pingwarden")
        log.info("ready listen=%s:%s admin=%s:%s", *proxy.address, *proxy.admin_address)
        for site in settings.sites:
            log.info("site=%s upstream=%s home=%s mode=%s", site.name, site.upstream, site.home, site.mode)
        await stop.wait()
        log.info("stopping")
