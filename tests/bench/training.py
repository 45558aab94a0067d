"""Time and memory of training a site's model, from a thousand labels upwards: `python -m tests.bench training`.

The labels are the seed corpus's rows again and again, every time on other hosts, in groups of their own and with their
words in another order; they wait in a temporary file, as `pingwarden train` keeps them. Each size has a process of its
own, whose highest memory is taken. PINGWARDEN_TRAINING names the largest size (default 100,000).
"""

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from math import log
from pathlib import Path

from model.artifact import load_scorer, shipped_model_dir
from model.rows import read_samples
from model.sample import Sample
from model.site import train_site
from model.stored import Stored
from tests.bench.figure import Figure, at_most

ROOT = Path(__file__).resolve().parents[2]
SEED = ROOT / "data" / "seed.jsonl.gz"
SMALLEST, LARGEST = 1_000, int(os.environ.get("PINGWARDEN_TRAINING", "100000"))
MOST_S = 4 * 3600.0


def samples() -> Iterator[Sample]:
    """Labelled linkbacks without end."""
    seed = list(read_samples(SEED))
    copy = 0
    while True:
        for sample in seed:
            words = (sample.excerpt or "").split()
            turn = copy % max(1, len(words))
            yield replace(
                sample,
                id=f"{sample.id}-{copy}",
                url=sample.url.replace("://", f"://{'abcdefghij'[copy % 10]}{copy}-", 1),
                excerpt=" ".join([*words[turn:], *words[:turn]]),
                group=f"{sample.group}-{copy}",
                evidence=None,
            )
        copy += 1


def train(count: int) -> dict[str, float]:
    """Train on so many and say what it took."""
    shipped = load_scorer(shipped_model_dir())
    with Stored(Sample.to_json, Sample.from_json) as labels:
        for sample in islice(samples(), count):
            labels.append(sample)
        began, before = time.monotonic(), time.process_time()
        site = train_site(shipped, labels)
        return {
            "labels": count,
            "seconds": time.monotonic() - began,
            "cpu_s": time.process_time() - before,
            "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            "tokens": sum(len(block.tokens) for block in site.trained.weights.blocks.values()),
        }


def in_process(count: int) -> dict[str, float]:
    """The same in a process of its own, on one processor."""
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    command = [sys.executable, "-m", "tests.bench.training", str(count)]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | threads, capture_output=True, check=True, timeout=MOST_S)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def measure() -> list[Figure]:
    """Ten times as many each time, up to the largest size."""
    sizes = [SMALLEST]
    while sizes[-1] * 10 <= LARGEST:
        sizes.append(sizes[-1] * 10)
    rows = [in_process(size) for size in sizes]
    seen = "; ".join(f"{row['labels']:,.0f}: {row['cpu_s']:.0f} s, {row['peak_mb']:.0f} MB" for row in rows)
    figures = [Figure("training a site's model: labels, processor time, highest memory", seen)]
    for row in rows:
        if row["labels"] == 10_000:
            figures.append(at_most("processor time of training 10,000 labels", row["cpu_s"], 60, unit=" s"))
            figures.append(at_most("memory of training 10,000 labels", row["peak_mb"], 1024, unit=" MB"))
    if len(rows) > 1:
        first, last = rows[0], rows[-1]
        power = log(last["cpu_s"] / first["cpu_s"]) / log(last["labels"] / first["labels"])
        figures.append(Figure("growth of training's time with the labels", f"exponent {power:.2f}"))
    return figures


if __name__ == "__main__":
    print(json.dumps(train(int(sys.argv[1]))))
