"""How a run of all tests is shared out: two processes, a file at a time, the slow ones first."""

import os
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[1]
# More would start the same sites and databases once more each, and take the time from what they wait for.
_PROCESSES = 2
# By how long they take; the last ones are short, so that both end together.
_SLOW = (
    "tests/real/test_nodes",
    "tests/real/browser/",
    "tests/faults/test_faults",
    "tests/real/test_labels",
    "tests/real/test_burst",
    "tests/real/test_doors",
    "tests/real/",
    "tests/proxy/commands/test_serve_reload",
    "tests/proxy/score/test_newcomer",
    "tests/test_style",
    "tests/proxy/workers/",
    "tests/faults/",
    "tests/proxy/admin/",
    "tests/proxy/commands/",
)


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Return how many processes share the tests. Tests that are named run here, where `-s` shows what they print."""
    is_all = config.args_source is pytest.Config.ArgsSource.TESTPATHS
    shown = config.getoption("capture") == "no"
    enough = (os.cpu_count() or 1) >= _PROCESSES
    return _PROCESSES if is_all and enough and not shown else 0


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the slow files first, so that no process waits long for the other's last one."""
    items.sort(key=lambda item: _place(item.path.relative_to(_ROOT).as_posix()))


def _place(file: str) -> int:
    return next((place for place, slow in enumerate(_SLOW) if file.startswith(slow)), len(_SLOW))
