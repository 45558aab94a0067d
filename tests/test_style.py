"""The style that the project holds itself to: ruff's rules, ruff's layout and mypy's strict types, nothing skipped."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CHECKS = {
    "no rule of ruff is broken": ("ruff", "check", "--no-cache", "."),
    "every file has ruff's layout": ("ruff", "format", "--check", "--no-cache", "."),
    "mypy finds every type right": ("mypy",),
}


@pytest.mark.parametrize("command", CHECKS.values(), ids=CHECKS.keys())
def test_style(command: tuple[str, ...]) -> None:
    done = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
