"""Stands for WordPress where only the reading of requests matters: real PHP behind a real web server, noting all."""

import json
import shutil
from dataclasses import dataclass

from tests.real.php import HERE, PhpFpm
from tests.real.process import fresh_directory

_SCRIPTS = ("index.php", "xmlrpc.php", "wp-trackback.php", "wp-login.php", "wp-comments-post.php")


@dataclass(frozen=True)
class Heard:
    """A request as PHP read it; `linkback` is what the source of the linkback ends in that WordPress would take."""

    method: str
    uri: str
    linkback: str | None


class Recorder:
    """A directory of scripts and the php-fpm that runs them, for a web server to use."""

    def __init__(self) -> None:
        """Start php-fpm."""
        self.directory = fresh_directory()
        self.root = self.directory / "www"
        self.root.mkdir()
        for name in _SCRIPTS:
            shutil.copy(HERE / "php" / "recorder.php", self.root / name)
        (self.root / "style.css").write_text("p {}\n")
        self._notes = self.directory / "requests.jsonl"
        self._notes.touch()
        self._notes.chmod(0o666)
        # Caddy before 2.9 leaves PHP waiting for ever for the end of a body without a length.
        self._fpm = PhpFpm(self.directory / "php", patience_s=3)
        self.socket = self._fpm.socket

    def heard(self) -> list[Heard]:
        """Every request so far."""
        return [Heard(**json.loads(line)) for line in self._notes.read_text().splitlines()]

    def stop(self) -> None:
        """End it and remove its files."""
        self._fpm.stop()
        shutil.rmtree(self.directory, ignore_errors=True)
