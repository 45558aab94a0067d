"""A private PostgreSQL on a loopback port."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from tests.real.parts import MissingPartError, program
from tests.real.process import LOOPBACK, Process, free_port

_USER = "postgres"  # the server does not run as root


class PostgreSQL:
    """A running server, with its files under `directory`."""

    def __init__(self, directory: Path, *, durable: bool = False) -> None:
        """Make the files and start the server. Only a *durable* one keeps what a `stop` cuts off."""
        directory.mkdir(parents=True)
        shutil.chown(directory, _USER)
        for parent in directory.parents:
            if parent.stat().st_uid == 0 and not parent.stat().st_mode & 0o001:
                parent.chmod(parent.stat().st_mode | 0o011)  # so that the server gets to its own files
        data = directory / "data"
        subprocess.run(_as_server("initdb", "-D", data, "-A", "trust", "-N"), check=True, capture_output=True)
        self.port = free_port()
        self._where = ["-h", LOOPBACK, "-p", str(self.port), "-U", _USER]
        listens = ["-c", f"listen_addresses={LOOPBACK}", "-c", f"unix_socket_directories={directory}"]
        listens += ["-c", "dynamic_shared_memory_type=mmap"]  # in its own files: whoever is killed clears nothing away
        # Nobody else needs this data after a crash.
        careless = [] if durable else ["-c", "fsync=off", "-c", "synchronous_commit=off"]
        self._command = _as_server("postgres", "-D", data, "-p", str(self.port), *listens, *careless)
        self._log = directory / "postgresql.log"
        self.start()

    def start(self) -> None:
        """Start the server; after `stop` too."""
        self._process = Process(self._command, self._log)
        self._process.wait_until(self._is_ready, "PostgreSQL")

    def query(self, sql: str, database: str) -> str:
        """What the client prints for `sql`: rows as lines, columns between tabs, nothing escaped."""
        command = [_binary("psql"), *self._where, "-X", "-q", "-A", "-t", "-F", "\t", "-c", sql, database]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    def create(self, database: str) -> str:
        """Make an empty database, and return its address."""
        subprocess.run([_binary("createdb"), *self._where, database], check=True, capture_output=True)
        return f"postgresql://{_USER}@{LOOPBACK}:{self.port}/{database}"

    def pause(self) -> Callable[[], None]:
        """Let the server answer nothing; return what lets it go on."""
        return self._process.pause()

    def stop(self) -> None:
        """End the server with kill -9."""
        self._process.kill()

    def _is_ready(self) -> bool:
        return subprocess.run([_binary("pg_isready"), *self._where], capture_output=True, check=False).returncode == 0


def _as_server(name: str, *arguments: str | Path) -> list[str | Path]:
    return [program("setpriv"), f"--reuid={_USER}", "--regid=" + _USER, "--clear-groups", _binary(name), *arguments]


def _binary(name: str) -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    if not found:
        raise MissingPartError("PostgreSQL", "--all")
    return found[-1]
