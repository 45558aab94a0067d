"""A private MariaDB on a socket of its own; several WordPress sites share it, with a database each."""

import subprocess
from collections.abc import Callable
from pathlib import Path

from tests.real.parts import program
from tests.real.process import Process


class MariaDB:
    """A running server, with its files under `directory` and without a network port."""

    def __init__(self, directory: Path, *, durable: bool = False) -> None:
        """Make the files and start the server; a second or two. Only a *durable* one keeps what a `stop` cuts off."""
        self.directory = directory
        self.socket = directory / "mariadb.sock"
        self._client = [program("mariadb"), "--no-defaults", "-uroot", f"--socket={self.socket}"]
        self._command = [
            program("mariadbd"),
            "--no-defaults",
            "--user=root",
            f"--datadir={directory / 'data'}",
            f"--socket={self.socket}",
            "--skip-networking",
            "--performance-schema=off",
            "--innodb-buffer-pool-size=48M",
            # Nobody else needs this data after a crash.
            *([] if durable else ["--innodb-flush-log-at-trx-commit=0", "--innodb-flush-method=nosync"]),
        ]
        _make_files(directory)
        self.start()

    def start(self) -> None:
        """Start the server; after `stop` too."""
        self.socket.unlink(missing_ok=True)
        self._process = Process(self._command, self.directory / "mariadb.log")
        self._process.wait_until(self.socket.exists, "MariaDB")

    def query(self, sql: str, database: str = "") -> str:
        """What the client prints for `sql`: rows as lines, columns between tabs, nothing escaped."""
        command = [*self._client, "--batch", "--raw", "--skip-column-names", database]
        done = subprocess.run(command, input=sql.encode(), capture_output=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{sql}: {done.stderr.decode(errors='replace')}")
        return done.stdout.decode(errors="replace")

    def create(self, database: str) -> None:
        """Make an empty database."""
        self.query(f"create database `{database}` character set utf8mb4")

    def pause(self) -> Callable[[], None]:
        """Let the server answer nothing; return what lets it go on."""
        return self._process.pause()

    def stop(self) -> None:
        """End the server with kill -9, without the care that data worth keeping would need."""
        self._process.kill()


def _make_files(directory: Path) -> None:
    directory.mkdir(parents=True)
    subprocess.run(
        [
            program("mariadb-install-db"),
            "--no-defaults",
            "--user=root",
            f"--datadir={directory / 'data'}",
            "--auth-root-authentication-method=normal",
            "--skip-test-db",
        ],
        check=True,
        capture_output=True,
    )
