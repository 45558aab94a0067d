"""Hours of steady, modest load on the real `pingwarden serve`, and whether anything in it grows.

    python -m tests.bench.soak [--minutes 60] [--warm-minutes 10] [--pings-per-s 5] [--others-per-s 20]

First the caches, which are of fixed sizes, are filled by three times as many linkbacks. Then, every few seconds of the
steady load, the memory of the process and its children, its file descriptors and threads are noted; in the end a
straight line is laid through all of these. Its slope, in an hour, is the figure that counts.
"""

import argparse
import asyncio
import os
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tests.faults.ledger import balance
from tests.faults.stage import Stage, on_stage

_EVERY_S = 10.0
_WARMING = 3


@dataclass(frozen=True, slots=True)
class Sample:
    """What the process held at a second of the run."""

    at_s: float
    memory_kb: int
    files: int
    threads: int
    children: int
    tasks: int


async def sampled(stage: Stage, minutes: float) -> list[Sample]:
    """Note what the process holds, until the time is over."""
    began = time.monotonic()
    samples: list[Sample] = []
    while (passed := time.monotonic() - began) < minutes * 60:
        server = stage.server
        children = [int(pid) for pid in _children(server.pid)]
        tasks = int(server.tasks.read_text()) if server.tasks.exists() else 0
        memory = server.status("VmRSS") + sum(_rss_kb(pid) for pid in children)
        samples.append(Sample(passed, memory, server.open_files(), server.status("Threads"), len(children), tasks))
        await asyncio.sleep(_EVERY_S)
    return samples


def _children(pid: int) -> list[str]:
    found: list[str] = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        with suppress(OSError):  # a thread may end between the two looks
            found += (task / "children").read_text().split()
    return found


def _rss_kb(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 1024
    except OSError:
        return 0


def slope_per_h(samples: list[Sample], name: str) -> tuple[float, float]:
    """Return by how much a figure grows in an hour, and twice the standard error of that."""
    hours = np.array([sample.at_s / 3600 for sample in samples])
    values = np.array([getattr(sample, name) for sample in samples], dtype=float)
    (slope, _), covariance = np.polyfit(hours, values, 1, cov=True)
    return float(slope), 2 * float(covariance[0, 0]) ** 0.5


async def soak(minutes: float, warm_minutes: float, pings_per_s: float, others_per_s: float) -> None:
    """Run and print."""
    async with on_stage() as stage:
        before = await sampled(stage, 0.2)
        await warm(stage, warm_minutes, pings_per_s * _WARMING, others_per_s)
        stage.load.pings_per_s, stage.load.others_per_s = pings_per_s, others_per_s
        stage.load.start()
        samples = await sampled(stage, minutes)
        await stage.load.stop()
        try:
            await stage.at_rest()
            after = await sampled(stage, 0.7)
        finally:
            report(stage, samples)
        for name in ("files", "threads", "tasks"):
            print(f"{name} at rest: {getattr(before[-1], name)} before, {getattr(after[-1], name)} after")


async def warm(stage: Stage, minutes: float, pings_per_s: float, others_per_s: float) -> None:
    """Let the caches fill."""
    stage.load.pings_per_s, stage.load.others_per_s = pings_per_s, others_per_s
    stage.load.start()
    seen = await sampled(stage, minutes)
    await stage.load.stop()
    sent, memory = stage.load.told.total(), [sample.memory_kb for sample in seen]
    print(f"{minutes:g} minutes and {sent} linkbacks to fill the caches: memory from {memory[0]} to {memory[-1]} kB")


def report(stage: Stage, samples: list[Sample]) -> None:
    """Print the figures."""
    sums = balance(stage.load)
    waits = sorted(stage.load.answer_times_s)
    print(f"{samples[-1].at_s / 60:.0f} minutes, {stage.load.told.total()} linkbacks: {dict(stage.load.told)}")
    print(f"{sums.acknowledged} acknowledged, {sums.lost} lost, {sums.doubled} delivered twice, {sums.others} others")
    print(f"answers: median {waits[len(waits) // 2]:.2f} s, 99 % within {waits[len(waits) * 99 // 100]:.2f} s")
    for name, unit in (("memory_kb", " kB"), ("files", ""), ("threads", ""), ("children", ""), ("tasks", "")):
        values = [getattr(sample, name) for sample in samples]
        shown = name.replace("memory_kb", "memory").replace("children", "child processes")
        line = f"{shown}: {values[0]} at first, {values[-1]} at last, {min(values)} to {max(values)}{unit}"
        slope, error = slope_per_h(samples, name)
        print(f"{line}; slope {slope:+.1f} ± {error:.1f}{unit} an hour")
    for sentence in sums.broken[:20]:
        print(sentence)


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--warm-minutes", type=float, default=10)
    parser.add_argument("--pings-per-s", type=float, default=5)
    parser.add_argument("--others-per-s", type=float, default=20)
    given = parser.parse_args()
    asyncio.run(soak(given.minutes, given.warm_minutes, given.pings_per_s, given.others_per_s))


if __name__ == "__main__":
    main()
