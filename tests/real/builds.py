"""WordPress 6.2 to 6.7: builds on SQLite, served by PHP's own web server."""

import sqlite3
from collections.abc import Mapping
from contextlib import closing

from tests.real.parts import program, wordpress_build
from tests.real.process import LOOPBACK, Process, listens
from tests.real.site import Site, Switches, unzip

_PLUGIN = "sqlite-database-integration"


class Build(Site):
    """A running WordPress of one of `parts.BUILDS`."""

    def __init__(self, line: str, *, port: int = 0, switches: Switches | None = None) -> None:
        """Unpack, install and serve it; about two seconds."""
        super().__init__(subpath="", port=port, multisite=False, switches=switches or Switches())
        self._unpack(line)
        self._install()
        self._process = Process(
            [program("php8.2"), "-S", f"{LOOPBACK}:{self.port}", "-t", self.web],
            self.directory / "php.log",
            # WordPress asks itself for pages while it answers.
            env={"PHP_CLI_SERVER_WORKERS": "6"},
        )
        self._process.wait_until(lambda: listens(self.port), f"WordPress {line}")

    def query(self, sql: str) -> list[str]:
        """Run `sql` and return the first column of its rows."""
        file = self.directory / "sqlite" / "wordpress.sqlite"
        with closing(sqlite3.connect(file, timeout=20)) as database, database:
            return [str(row[0]) for row in database.execute(sql)]

    def _database(self) -> Mapping[str, str]:
        return {"name": "wordpress", "host": "localhost"}

    def _unpack(self, line: str) -> None:
        archive = wordpress_build(line)
        unzip(archive, self.web)
        content = self.web / "wp-content"
        plugins = content / "mu-plugins"
        unzip(archive.parent / f"{_PLUGIN}.zip", plugins)
        [unpacked] = [path for path in plugins.iterdir() if path.is_dir()]
        unpacked = unpacked.rename(plugins / _PLUGIN)
        drop_in = (unpacked / "db.copy").read_text()
        drop_in = drop_in.replace("{SQLITE_IMPLEMENTATION_FOLDER_PATH}", str(unpacked))
        (content / "db.php").write_text(drop_in.replace("{SQLITE_PLUGIN}", f"{_PLUGIN}/load.php"))
        (self.directory / "sqlite").mkdir()

    def _stop_servers(self) -> None:
        self._process.stop()
