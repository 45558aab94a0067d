"""Two workers against one process, passing small calls through, in turns.

    python -m tests.bench workers

Where the processors are shared with whoever asks and answers, requests/s say little: then what counts is how much
processor time a request takes in all, for twice the processors do twice as much of it.
"""

import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from tests.bench.figure import Figure, at_least
from tests.bench.loads import as_fast_as_possible, cpu_s, median_ratio, rss_mb, run
from tests.bench.pass_through import request
from tests.bench.served import ROOT, Server
from tests.real.process import free_port

ROUNDS = 5
SECONDS = 2.0
CONNECTIONS = 32
HELLO = b"<methodCall><methodName>demo.sayHello</methodName><params></params></methodCall>"
POST = (
    b"<?xml version='1.0'?><methodCall><methodName>metaWeblog.newPost</methodName><params><param><value><int>1</int>"
    b"</value></param><param><value><string>admin</string></value></param><param><value><string>a password</string>"
    b"</value></param><param><value><struct><member><name>description</name><value><string>%s</string></value></member>"
    b"</struct></value></param></params></methodCall>" % (b"&lt;p&gt;A long post, word for word.&lt;/p&gt;\n" * 1200)
)
ASKED = {
    "a call without a password": request(b"/xmlrpc.php", HELLO),
    "a call with a password": request(b"/xmlrpc.php"),
    "a form that no door reads": request(b"/wp-json/"),
    "a post of 50 kB, next to which the senders' work is little": request(b"/xmlrpc.php", POST),
}


class Served:
    """`pingwarden serve` with so many workers, and the processor time of all its processes."""

    def __init__(self, upstream: str, workers: int) -> None:
        self._directory = tempfile.TemporaryDirectory()
        self.port = free_port()
        file = Path(self._directory.name) / "pingwarden.toml"
        file.write_text(
            f'listen = "127.0.0.1:{self.port}"\nadmin_listen = "127.0.0.1:0"\nstate_dir = "{self._directory.name}"\n'
            f'workers = {workers}\n[[sites]]\npublic_url = "https://blog.example"\nupstream = "{upstream}"\n'
            "[limits]\nfailed_logins_per_client_per_hour = 1000000000\n"  # who hangs up at a round's end has guessed
        )
        command = [sys.executable, "-m", "proxy", "serve", "--config", str(file)]
        self._process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)
        assert self._process.stderr is not None
        if not any("ready" in line for line in self._process.stderr):
            sys.exit(f"{workers} worker(s) did not start")
        self.pids = [self._process.pid, *self._fronts()]

    def round(self, asked: bytes) -> tuple[float, list[float]]:
        """Requests per second, and microseconds of processor time for each in every process."""
        before = [cpu_s(pid) for pid in self.pids]
        seen = run(as_fast_as_possible(self.port, lambda: asked, SECONDS, CONNECTIONS))
        assert not seen.failed, "a request failed"
        after = [cpu_s(pid) for pid in self.pids]
        return seen.rate, [(late - early) / len(seen.waits) * 1e6 for early, late in zip(before, after, strict=True)]

    def stop(self) -> None:
        """End all of it."""
        self._process.terminate()
        self._process.communicate()
        self._directory.cleanup()

    def _fronts(self) -> list[int]:
        told = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()
        return [int(pid) for pid in told if b"proxy.workers.front" in Path(f"/proc/{pid}/cmdline").read_bytes()]


def measure() -> list[Figure]:
    """Ask one process and two workers in turns."""
    upstream = Server("upstream")
    one, two = Served(upstream.url, 1), Served(upstream.url, 2)
    try:
        sizes = " + ".join(f"{rss_mb(pid):.0f}" for pid in two.pids)
        memory = Figure(
            "memory at rest: one process; main process and two workers", f"{rss_mb(one.pids[0]):.0f} MB; {sizes} MB"
        )
        return [*(_compare(name, asked, one, two) for name, asked in ASKED.items()), memory]
    finally:
        for server in (one, two, upstream):
            server.stop()


def _compare(name: str, asked: bytes, one: Served, two: Served) -> Figure:
    for served in (one, two):
        served.round(asked)
    rounds = [(one.round(asked), two.round(asked)) for _ in range(ROUNDS)]
    rate = median_ratio([there[0] for _, there in rounds], [here[0] for here, _ in rounds])
    cpu_one = median(sum(here[1]) for here, _ in rounds)
    main, *fronts = (median(there[1][place] for _, there in rounds) for place in range(3))
    # What one front and the main process can do at most, each on a processor of its own.
    room = 2 * cpu_one / (sum(fronts) + main)
    seen = (
        f"{rate:.2f} by requests/s; {cpu_one:.0f} µs of processor time for each with one process, "
        f"{sum(fronts):.0f} µs + {main:.0f} µs in the main process with two workers: {room:.2f} on two free processors"
    )
    return at_least(f"two workers against one process: {name}", max(rate, room), 1.6, seen)
