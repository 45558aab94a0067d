"""`pingwarden demo`: everything on loopback, to see what Pingwarden does."""

import asyncio
import logging
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click
from rich.console import Console

from proxy.commands.setup import one_site


@click.command()
@click.option("--listen", default="127.0.0.1:8700", show_default=True, help="Where the proxy is, HOST:PORT.")
@click.option(
    "--admin-listen", default="127.0.0.1:8701", show_default=True, help="Where the admin pages are, HOST:PORT."
)
@click.option("--once", is_flag=True, help="Print the table of verdicts; exit 0 if each is what it should be.")
def demo(listen: str, admin_listen: str, once: bool) -> None:
    """Run a small blog, a small web of honest and dishonest pages, and the proxy; send linkbacks; show the verdicts."""
    from proxy.demo.show import run_once, table

    one_site({"listen": listen, "admin_listen": admin_listen})
    console = Console(width=None if sys.stdout.isatty() else 140)
    if not once:
        asyncio.run(_until_stopped(listen, admin_listen, console))
        return
    with _without_warnings():
        seen = asyncio.run(run_once(listen, admin_listen))
    console.print(table(seen))
    if not all(one.as_expected for one in seen):
        sys.exit(1)


@contextmanager
def _without_warnings() -> Iterator[None]:
    """Leave out what the log tells those who stay, such as where a first password is set."""
    log = logging.getLogger("pingwarden")
    before = log.level
    log.setLevel(logging.ERROR)
    try:
        yield
    finally:
        log.setLevel(before)


async def _until_stopped(listen: str, admin_listen: str, console: Console) -> None:
    from proxy.demo.show import run_until

    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    await run_until(stop, listen, admin_listen, console)
