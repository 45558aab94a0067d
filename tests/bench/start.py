"""From the start of the command to ready, and how much memory it takes: at rest, and after many pings.

python -m tests.bench start
"""

import itertools
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from tests.bench.figure import Figure, at_most
from tests.bench.judging import ping
from tests.bench.loads import as_fast_as_possible, cpu_s, rss_mb, run
from tests.bench.served import ROOT, Server

STARTS = 5
PINGS_S = 20.0
_QUIET_S = 2.0


def measure() -> list[Figure]:
    """Start it and a bare aiohttp in turns, then look at its memory."""
    with tempfile.TemporaryDirectory(prefix="pingwarden-bench-") as directory:
        _started(Path(directory))  # the first one makes the database
        ours, cpu, bare, at_rest = [], [], [], []
        for _ in range(STARTS):
            took_s, cpu_used, memory = _started(Path(directory))
            ours.append(took_s)
            cpu.append(cpu_used)
            at_rest.append(memory)
            began = time.perf_counter()
            peer = Server("bare", "http://127.0.0.1:9")
            bare.append(time.perf_counter() - began)
            peer.stop()
    seen = f"{median(ours):.2f} s, {median(cpu):.2f} s of CPU (a bare aiohttp pass-through: {median(bare):.2f} s)"
    return [
        at_most("start to ready", median(ours), 1.5, seen, " s"),
        at_most("memory at rest", median(at_rest), 120, f"{median(at_rest):.0f} MB", " MB"),
        _after_many(),
    ]


def _started(state: Path) -> tuple[float, float, float]:
    """Return the seconds to ready, the CPU that they took, and the memory in MB a little later."""
    flags = ["--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", "--state-dir", str(state / "state")]
    command = [sys.executable, "-m", "proxy", "serve", "--upstream", "http://127.0.0.1:9", *flags]
    began = time.perf_counter()
    process = subprocess.Popen(
        ["setpriv", "--pdeathsig", "TERM", *command], stderr=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert process.stderr is not None
    for line in process.stderr:
        if " ready " in line:
            break
    took_s, cpu = time.perf_counter() - began, cpu_s(process.pid)
    time.sleep(_QUIET_S)
    memory = rss_mb(process.pid)
    process.terminate()
    process.communicate()
    return took_s, cpu, memory


def _after_many() -> Figure:
    upstream, sources = Server("wordpress"), Server("sources")
    with tempfile.NamedTemporaryFile() as noted:
        ours = Server("judging", upstream.url, noted.name)
        try:
            numbers = itertools.count()
            seen = run(as_fast_as_possible(ours.port, lambda: ping(next(numbers), sources.port), PINGS_S, 32))
            memory = rss_mb(ours.pid)
        finally:
            for server in (ours, upstream, sources):
                server.stop()
    return Figure(f"memory after {len(seen.waits):,} pings in {PINGS_S:.0f} s", f"{memory:.0f} MB")
