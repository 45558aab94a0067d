"""Progress: shown on a terminal, nothing in a pipe."""

import io
import sys

import pytest

from proxy.commands.progress import progress


class Terminal(io.StringIO):
    """Text that says it goes to a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("stream", "shown"), [(Terminal(), True), (io.StringIO(), False)], ids=["terminal", "pipe"])
def test_only_a_terminal_sees_it(monkeypatch: pytest.MonkeyPatch, stream: io.StringIO, shown: bool) -> None:
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setenv("TERM", "xterm")
    with progress() as tell:
        tell("reading", 0.5)
        tell("reading", 1.0)
        tell("learning", 0.1)
    assert ("reading" in stream.getvalue()) is shown
    assert ("learning" in stream.getvalue()) is shown
