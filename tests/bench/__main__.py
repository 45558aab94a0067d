"""All benchmarks, or those that are named, and one table of what they saw, in the README's form.

    python -m tests.bench [NAME...] [--list]

Each is bounded in time. Figures of a shared machine mean little by themselves: what counts stands beside a peer that
was measured in turns with it. What a benchmark needs and does not find it names and leaves out.
"""

import argparse
import sys
import time
from importlib import import_module

from tests.bench.figure import Figure, table

BENCHMARKS = {
    "pass-through": "a small XML-RPC call, against the upstream alone, nginx, bare aiohttp and mitmproxy",
    "workers": "two workers against one process",
    "transfer": "200 MB up and down, against bare aiohttp",
    "judging": "pings through the door with instant sources, and the time in each room",
    "scoring": "one ping in process, against the plain scikit-learn pipeline, bogofilter and SpamAssassin",
    "flood": "a real WordPress's ordinary calls while 2,000 spam pings a second arrive",
    "start": "start to ready, and memory",
    "tracing": "what a span of OpenTelemetry would add to a request",
    "training": "time and memory of training, from a thousand to a hundred thousand labels",
    "history": "growth with a thousand to a million pings in the database",
}


def measure(name: str) -> list[Figure]:
    """Run one benchmark."""
    began = time.monotonic()
    print(f"{name}: {BENCHMARKS[name]}", file=sys.stderr, flush=True)
    module = import_module(f"tests.bench.{name.replace('-', '_')}")
    found: list[Figure] = module.measure()
    for figure in found:
        print(f"  {figure.row(f'{time.monotonic() - began:.0f} s')}", file=sys.stderr, flush=True)
    return found


def main() -> int:
    """Measure, print, and say by the status whether everything asked for was reached."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHMARKS))
    parser.add_argument("--list", action="store_true", help="say what there is")
    given = parser.parse_args()
    if unknown := set(given.names) - set(BENCHMARKS):
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}; there are {', '.join(BENCHMARKS)}")
    if given.list:
        for name, what in BENCHMARKS.items():
            print(f"{name:<14}{what}")
        return 0
    figures = [(name, figure) for name in given.names or BENCHMARKS for figure in measure(name)]
    print(table(figures))
    return int(any(figure.holds is False for _, figure in figures))


if __name__ == "__main__":
    sys.exit(main())
