"""The process in which a server trains: modest, and its end stands in the database."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import pytest

from proxy.score import ledger
from proxy.score.run import Phase
from tests.databases import fresh, put_empty

_LOOK = (
    "import os, resource; from proxy.score.child import _be_modest; _be_modest();"
    "print(os.nice(0), resource.getrlimit(resource.RLIMIT_DATA)[0])"
)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems bound memory otherwise")
def test_it_gives_way_and_may_take_two_gigabytes() -> None:
    done = subprocess.run([sys.executable, "-c", _LOOK], capture_output=True, text=True, check=True)
    niceness, limit = done.stdout.split()
    assert (int(niceness) >= 15, int(limit)) == (True, 2 * 2**30)


async def test_too_few_labels_end_it_with_a_sentence_and_status_1(tmp_path: Path) -> None:
    async with fresh(tmp_path) as database:
        owner = await ledger.claim(database, "anna")
    order = {
        "database_url": f"sqlite+aiosqlite:///{put_empty(tmp_path)}",
        "state_dir": str(tmp_path),
        "by": "anna",
        "promote": "auto",
        "shared": False,
        "owner": owner,
    }
    command = [sys.executable, "-m", "proxy.score.child"]
    done = await asyncio.to_thread(
        subprocess.run, command, input=json.dumps(order), capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert "no model was trained: 0 of 5 spam and 0 of 5 ham labels are too few" in done.stderr
    async with fresh(tmp_path) as database:
        run = await ledger.state(database)
        assert (run.phase, run.by) == (Phase.WAITING, "anna")
