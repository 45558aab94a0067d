"""All sites of a test session: started when first asked for, shared, and put back into order before each use."""

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from tests.real.builds import Build
from tests.real.mariadb import MariaDB
from tests.real.parts import needed_parts, wordpress_tree
from tests.real.wordpress import WordPress


class Park:
    """All sites of the session, each started when it is first asked for and stopped at the end."""

    def __init__(self, directory: Path) -> None:
        """Nothing is started yet."""
        self._directory = directory
        self._running: dict[str, Any] = {}
        self._stack = ExitStack()

    def wordpress(self, line: str, role: str = "receiver", **specification: Any) -> WordPress:
        """The WordPress of that line and role; two roles are two sites."""

        def start() -> WordPress:
            mariadb = self._once("mariadb", lambda: MariaDB(self._directory / "mariadb"))
            return WordPress(wordpress_tree(line), mariadb, **specification)

        site: WordPress = self._once(f"{role} {line}", start)
        site.reset()
        return site

    def build(self, line: str) -> Build:
        """The WordPress of that line on SQLite."""
        site: Build = self._once(f"build {line}", lambda: Build(line))
        site.reset()
        return site

    def stop(self) -> None:
        """Stop everything, the last started first."""
        self._stack.close()

    def _once(self, name: str, start: Callable[[], Any]) -> Any:
        if name not in self._running:
            with needed_parts():
                self._running[name] = start()
            self._stack.callback(self._running[name].stop)
        return self._running[name]
