"""`pingwarden serve`: the proxy itself."""

import asyncio
import ctypes
import gc
import logging
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import click

from proxy.commands.setup import file_named, located, named, one_site
from proxy.config import Config, load
from proxy.systemd import started_by

if TYPE_CHECKING:
    from proxy.app import Running

_log = logging.getLogger("pingwarden")
_LINES_PER_S = 20


@click.command()
@click.option("--upstream", help="The existing WordPress site, for example http://127.0.0.1:8080.")
@click.option("--public-url", help="The address that readers know, for example https://blog.example.")
@click.option("--listen", help="Where the web server sends requests, HOST:PORT.")
@click.option("--admin-listen", help="Where the admin page, API and health are, HOST:PORT.")
@click.option("--workers", type=int, metavar="N", help="How many processes take requests (1).")
@located
def serve(
    config: Path | None, state_dir: Path | None, upstream: str | None, public_url: str | None, **flags: Any
) -> None:
    """Run the proxy until it is told to stop (SIGTERM, SIGINT). SIGHUP lets it read its configuration anew."""
    log_to_stderr()
    file = _file(config, state_dir, upstream, public_url)
    found = {"state_dir": named(config, state_dir)[1], **flags}
    given = {key: value for key, value in found.items() if value is not None}
    alone = one_site(given, *((upstream, public_url or "") if file is None else ()))
    run(lambda: alone if file is None else load(file, given))


def _file(config: Path | None, state_dir: Path | None, upstream: str | None, public_url: str | None) -> Path | None:
    """Return the file that is served, None where --upstream says all. Raises `click.UsageError`."""
    if upstream is None:
        file = file_named(config, state_dir)
        if file is None:
            raise click.UsageError("say what stands behind: --config FILE, or --upstream URL")
        if public_url is not None:
            raise click.UsageError("--public-url goes with --upstream: in a file each site has its own public_url")
        return file
    if config is not None:
        raise click.UsageError(f"give either --config {config} or --upstream {upstream}: each says what stands behind")
    return None


def log_to_stderr() -> None:
    """Write one line for each ping and each trouble to standard error; systemd adds the time."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(levelname)s %(name)s %(message)s"))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    logging.getLogger("pingwarden").setLevel(logging.INFO)
    # None of this stands in our lines, and finding it out took most of the time of a line that is left out.
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    logging._srcfile = None
    for name in ("pingwarden.door", "pingwarden.store"):
        logging.getLogger(name).addFilter(AtMost(_LINES_PER_S))


class AtMost(logging.Filter):
    """Lets through so many lines of one wording in a second; the next one after that says how many were left out.

    Whoever floods a site must not fill its disk, nor keep its processors busy, with our complaints.
    """

    def __init__(self, per_s: int) -> None:
        super().__init__()
        self._per_s = per_s
        self._said: dict[str, tuple[int, int]] = {}  # by wording: the second, and how many lines in it

    def filter(self, record: logging.LogRecord) -> bool:
        """Say whether *record* is written."""
        wording, second = str(record.msg), int(record.created)
        began, lines = self._said.get(wording, (second, 0))
        left_out = lines - self._per_s
        if began == second:
            self._said[wording] = (second, lines + 1)
            return lines < self._per_s
        self._said[wording] = (second, 1)
        if left_out > 0:
            record.msg = f"{wording} (and {left_out} such lines before)"
        return True


def run(read: Callable[[], Config]) -> None:
    """Serve what *read* returns until a signal says to stop. Raises `ConfigError` when that is wrong at the start."""
    settings = read()
    with _counting_together(settings.workers):
        try:
            import uvloop
        except ImportError:  # there is none for Windows
            asyncio.run(_serve(settings, read))
        else:
            uvloop.run(_serve(settings, read))


@contextmanager
def _counting_together(processes: int) -> Iterator[None]:
    """Let several processes count for Prometheus in one place, which `proxy.metrics` reads from the environment."""
    if processes == 1:
        yield
        return
    with TemporaryDirectory(prefix="pingwarden-metrics-") as directory:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = directory
        yield


async def _serve(settings: Config, read: Callable[[], Config]) -> None:
    from proxy.app import running

    told: asyncio.Queue[signal.Signals] = asyncio.Queue()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, told.put_nowait, number)
    systemd = started_by(os.environ)
    async with running(settings) as proxy:
        watchdog = asyncio.create_task(systemd.watch(lambda: proxy.database.stuck_s() < systemd.watchdog_s / 2))
        _log.info("ready listen=%s:%s admin=%s:%s", *proxy.address, *proxy.admin_address)
        _say_sites(settings)
        settle_memory()
        systemd.ready(_status(proxy))
        while await told.get() is signal.SIGHUP:
            systemd.reloading()
            await proxy.reload.read_anew(read)
            systemd.ready(_status(proxy))
        _log.info("stopping")
        systemd.stopping()
    watchdog.cancel()


def settle_memory() -> None:
    """Give back what only the start needed: the model's file, the sources of what was imported.

    What is here now stays. The garbage collector does not go over it again: everybody would wait for that some 70 ms.
    """
    gc.collect()
    gc.freeze()
    with suppress(OSError, AttributeError):  # only glibc has it
        ctypes.CDLL(None).malloc_trim(0)


def _say_sites(settings: Config) -> None:
    for site in settings.sites:
        _log.info("site=%s upstream=%s home=%s mode=%s", site.name, site.upstream, site.home, site.mode)


def _status(proxy: "Running") -> str:
    return proxy.reload.trouble or f"serving {len(proxy.config.sites)} site(s)"
