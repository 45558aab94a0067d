"""The command line, called as a person or a script calls it."""

import os
import subprocess
import sys
from pathlib import Path
from unittest.mock import patch

from click.testing import CliRunner, Result

from proxy.commands import main


class _Whole:
    """What `CliRunner` runs: the whole of `main`, with the sentence and the exit status of each failure."""

    name = "pingwarden"

    def main(self, args: list[str], prog_name: str) -> None:
        with patch.object(sys, "argv", [prog_name, *args]):
            main()


def call(*arguments: str, stdin: str | bytes = "", **environment: str) -> Result:
    """Call `pingwarden ARGUMENTS` in this process; fail when it breaks instead of ending."""
    nothing = {"PINGWARDEN_CONFIG": "", "PINGWARDEN_STATE_DIR": ""}
    done = CliRunner(env=nothing | environment).invoke(_Whole(), arguments, input=stdin)  # type: ignore[arg-type]
    assert done.exception is None or isinstance(done.exception, SystemExit), repr(done.exception)
    return done


def run(*arguments: str, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `pingwarden ARGUMENTS` in a process of its own (a second each) and return what it printed."""
    return subprocess.run(
        [sys.executable, "-m", "proxy", *arguments],
        input=stdin,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env=os.environ | environment,
    )


def point(config: Path, port: int, more: str = "") -> None:
    """Let the configuration's site stand at *port*, and add what *more* says of it."""
    config.write_text(config.read_text("utf-8").replace("127.0.0.1:9", f"127.0.0.1:{port}") + more, encoding="utf-8")
