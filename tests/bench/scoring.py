"""Scoring one ping in process, beside the plain scikit-learn pipeline of the same model, in turns.

python -m tests.bench scoring
"""

import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from model.artifact import load_scorer, shipped_model_dir
from model.pipeline import pipeline_of
from model.rows import read_samples
from model.sample import Kind, Sample
from tests.bench.figure import Figure, at_least, at_most
from tests.bench.loads import percentile

ROUNDS = 3
_EVERY = 29
_FEW = 60  # mails; SpamAssassin takes its time
_SEED = Path(__file__).parents[2] / "data" / "seed.jsonl.gz"


def measure() -> list[Figure]:
    """Score samples of all languages, each new to the scorer's caches in the first round."""
    scorer = load_scorer(shipped_model_dir())
    plain = pipeline_of(scorer.weights)
    pings = [sample for sample in read_samples(_SEED) if sample.kind is not Kind.COMMENT]
    samples = pings[::_EVERY]
    ours_us: list[float] = []
    plain_us: list[float] = []
    apart = 0.0
    for _ in range(ROUNDS):
        ours, each_us = _timed(lambda sample: scorer.score(sample).probability, samples)
        ours_us.extend(each_us)
        others, each_us = _timed(lambda sample: float(plain.predict_proba([sample])[0][1]), samples)
        plain_us.extend(each_us)
        apart = max(apart, *(abs(one - other) for one, other in zip(ours, others, strict=True)))
    p50, p99 = percentile(ours_us, 0.5), percentile(ours_us, 0.99)
    other50, other99 = percentile(plain_us, 0.5), percentile(plain_us, 0.99)
    return [
        at_most("scoring one ping", p50, 300, f"p50 {p50:.0f} µs, p99 {p99:.0f} µs, {len(samples)} samples", " µs"),
        at_least(
            "scoring one ping, against the plain scikit-learn pipeline",
            other50 / p50,
            5,
            f"{other50 / p50:.1f} times as fast (p50 {other50:.0f} µs, p99 {other99:.0f} µs)",
        ),
        Figure("the largest difference of the two probabilities", f"{apart:.1e}", "at most 1e-6", apart <= 1e-6),
        *_filters_of_mail(samples),
    ]


def _filters_of_mail(samples: list[Sample]) -> list[Figure]:
    """What other people's filters take for the same texts as mails, all of them given to one process."""
    figures = []
    with tempfile.TemporaryDirectory() as directory:
        mails = Path(directory) / "mails"
        mails.write_text("".join(map(_mail, samples)))
        for way, learn in (("-s", _mail(samples[0])), ("-n", _mail(samples[-1]))):
            if shutil.which("bogofilter"):
                subprocess.run(["bogofilter", "-C", "-d", directory, way], input=learn, text=True, check=True)
        few = "".join(map(_mail, samples[:_FEW]))
        for count, text, command in (
            (len(samples), None, ["bogofilter", "-C", "-d", directory, "-M", "-T", "-I", str(mails)]),
            (_FEW, few, ["spamassassin", "-L", "-t", "-x", "--mbox"]),
        ):
            if shutil.which(command[0]):
                began = time.perf_counter()
                subprocess.run(command, input=text, text=True, stdout=subprocess.DEVNULL, check=False)
                each_us = (time.perf_counter() - began) / count * 1e6
                figures.append(Figure(f"scoring one ping as a mail, {command[0]}", f"{each_us:.0f} µs of {count}"))
    return figures


def _mail(sample: Sample) -> str:
    title = " ".join((sample.title or "none").split())
    body = f"{sample.excerpt or ''}\n{sample.url}\n".replace("\nFrom ", "\n>From ")
    return f"From a@example.com Sat Nov 21 00:00:00 2026\nFrom: a@example.com\nSubject: {title}\n\n{body}\n"


def _timed(judge: Callable[[Sample], float], samples: list[Sample]) -> tuple[list[float], list[float]]:
    """Return the probabilities, and what each took, in microseconds."""
    probabilities, each_us = [], []
    for sample in samples:
        began = time.perf_counter()
        probabilities.append(judge(sample))
        each_us.append((time.perf_counter() - began) * 1e6)
    return probabilities, each_us
