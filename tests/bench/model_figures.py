"""The model's figures on real corpora: `python tests/bench/model_figures.py [first-day] [trained] [few] [evasion] [drift]`.

Reads the corpora from PINGWARDEN_CORPORA (default: ../shared/corpora beside the checkout) and says so when they are
missing. Everything is split by group (PINGWARDEN_BENCH_DIVISION=7 makes other folds); recalls are at a share of honest
ones refused. Prints one table per part.
"""

import contextlib
import json
import os
import random
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from unittest import mock

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from model import matrix  # noqa: E402
from model.artifact import load_scorer, shipped_model_dir  # noqa: E402
from model.errors import TooFewLabels  # noqa: E402
from model.evasions import EVASIONS, evade  # noqa: E402
from model.figures import Floats, brier, recall_at, roc_auc, threshold_at  # noqa: E402
from model.groups import folds_of, group_of  # noqa: E402
from model.sample import Kind, Sample  # noqa: E402
from model.scorer import Scorer  # noqa: E402
from model.site import train_site  # noqa: E402
from model.thresholds import cost_of  # noqa: E402
from model.train import Settings, spam_of, train  # noqa: E402
from model.view import View, read  # noqa: E402
from proxy.config import Learning  # noqa: E402

DRAWS = int(os.environ.get("PINGWARDEN_BENCH_DRAWS", "20"))
FOLDS = 4
DIVISION = int(os.environ.get("PINGWARDEN_BENCH_DIVISION", "5"))  # another number divides the groups otherwise


def corpora() -> Path | None:
    """The folder of real corpora, None (and a word about it) when it is not there."""
    folder = Path(os.environ.get("PINGWARDEN_CORPORA", ROOT.parent / "shared" / "corpora"))
    if any(folder.glob("*.jsonl")):
        return folder
    print(f"skipped: no corpora in {folder}; PINGWARDEN_CORPORA names the folder")
    return None


def core_of(folder: Path) -> list[Sample]:
    """All rows but those of uci-*, each with its group."""
    return [
        Sample.from_json(json.loads(line))
        for path in sorted(folder.glob("*.jsonl"))
        if not path.name.startswith("uci-")
        for line in path.read_text(encoding="utf-8").split("\n")
        if line
    ]


def linkbacks(samples: Iterable[Sample]) -> list[Sample]:
    """Trackbacks and pingbacks."""
    return [sample for sample in samples if sample.kind in (Kind.TRACKBACK, Kind.PINGBACK)]


def unnamed(samples: Iterable[Sample]) -> list[Sample]:
    """The same without blog names."""
    return [replace(sample, blog_name=None) for sample in samples]


def scores(scorer: Scorer, samples: Iterable[Sample]) -> Floats:
    """Log-odds of each."""
    return np.array([scorer.log_odds(sample) for sample in samples])


def first_day(core: Sequence[Sample]) -> None:
    """The shipped model alone."""
    scorer = load_scorer(shipped_model_dir())
    print(
        f"\nFirst day (model {scorer.card.model_id})\n{'':24}AUC     found@0.5%  ham rejected  ham held  spam approved"
    )
    for name, rows in (
        ("linkbacks", linkbacks(core)),
        ("  blog name blanked", unnamed(linkbacks(core))),
        ("core", list(core)),
    ):
        spam, odds = spam_of(rows), scores(scorer, rows)
        cost = cost_of(spam, odds, scorer.card.thresholds)
        print(
            f"{name:24}{roc_auc(spam, odds):.4f}  {recall_at(spam, odds, 0.005):.3f}       "
            f"{cost.honest_rejected.value:.4f}        {cost.honest_held.value:.4f}    {cost.spam_approved.value:.4f}"
        )
    started = time.perf_counter()
    scores(scorer, linkbacks(core))
    print(f"{1e6 * (time.perf_counter() - started) / len(linkbacks(core)):.0f} µs per score on the average")


Learn = Callable[[Sequence[Sample]], Scorer]


@lru_cache(maxsize=1)
def _shipped() -> Scorer:
    return load_scorer(shipped_model_dir())


def site_of(labels: Sequence[Sample]) -> Scorer:
    """The shipped model and these labels."""
    site = train_site(_shipped(), labels)
    return Scorer(site.trained.weights, replace(_shipped().card, thresholds=site.thresholds))


def alone_of(labels: Sequence[Sample]) -> Scorer:
    """These labels without the shipped model."""
    shipped = load_scorer(shipped_model_dir())
    return Scorer(train(labels, Settings(strength=10, folds=3)).weights, shipped.card)


def fold_scorers(core: Sequence[Sample], learn: Learn) -> list[tuple[list[Sample], Scorer]]:
    """For each fold its samples and a model that has seen none of their groups."""
    folds = folds_of(core, FOLDS, DIVISION)
    made = []
    for number in range(FOLDS):
        tested = [sample for sample, fold in zip(core, folds, strict=True) if fold == number]
        made.append((tested, learn([sample for sample, fold in zip(core, folds, strict=True) if fold != number])))
    return made


def trained(made: Sequence[tuple[list[Sample], Scorer]]) -> None:
    """Learnt from three quarters of the groups, judged on the last: means over the four folds."""
    print(f"\nTrained ({FOLDS} grouped folds)\n{'':24}AUC     found@0.5%  found@0.1%  Brier    fixed: found / refused")
    for name, changed in (("core", list), ("  blog name blanked", unnamed), ("linkbacks", linkbacks)):
        rows = []
        for tested, scorer in made:
            samples = changed(tested)
            spam, odds = spam_of(samples), scores(scorer, samples)
            cost = cost_of(spam, odds, scorer.card.thresholds)
            rows.append((
                roc_auc(spam, odds), recall_at(spam, odds, 0.005), recall_at(spam, odds, 0.001),
                brier(spam, 1 / (1 + np.exp(-odds))), cost.spam_rejected.value, cost.honest_rejected.value,
            ))  # fmt: skip
        mean = np.mean(rows, axis=0)
        print(
            f"{name:24}{mean[0]:.4f}  {mean[1]:.3f}       {mean[2]:.3f}       {mean[3]:.4f}   {mean[4]:.3f} / {mean[5]:.4f}"
        )


def evasion(made: Sequence[tuple[list[Sample], Scorer]]) -> None:
    """The trained models again, with the spam disguised; thresholds are those of the undisguised fold."""
    print("\nEvasion (found at 0.5 %, core)")
    for name in ("none", *EVASIONS):
        found = []
        for tested, scorer in made:
            spam, odds = spam_of(tested), scores(scorer, tested)
            bar = threshold_at(spam, odds, 0.005)
            bad = [sample for sample, label in zip(tested, spam, strict=True) if label]
            disguised = bad if name == "none" else [evade(name, sample) for sample in bad]
            found.append(float((scores(scorer, disguised) > bar).mean()))
        print(f"{name:24}{np.mean(found):.3f}")


def few(core: Sequence[Sample]) -> None:
    """So many labels of half the groups, judged on the other half."""
    print(
        f"\nFew labels (found at 0.5 %, core, mean of {DRAWS} draws)\n{'labels':8}with shipped  shipped alone  labels alone"
    )
    groups = sorted({group_of(sample) for sample in core})
    shipped = scores(load_scorer(shipped_model_dir()), core)
    for size in (20, 50, 100, 500):
        rows = []
        for draw in range(DRAWS):
            dice = random.Random(f"{size} {draw}")
            half = set(dice.sample(groups, len(groups) // 2))
            pool = [sample for sample in core if group_of(sample) in half]
            tested = [sample for sample in core if group_of(sample) not in half]
            labels = _drawn(pool, size, dice)
            spam = spam_of(tested)
            models = [site_of(labels)]
            if min(spam_of(labels).sum(), (1 - spam_of(labels)).sum()) >= 10:
                models.append(alone_of(labels))
            found = [recall_at(spam, scores(model, tested), 0.005) for model in models]
            first = recall_at(spam, shipped[[group_of(sample) not in half for sample in core]], 0.005)
            rows.append([found[0], first, *found[1:], *[float("nan")] * (2 - len(found))])
        known = [[value for value in column if value == value] for column in zip(*rows, strict=True)]
        mean = [np.mean(column) if column else float("nan") for column in known]
        print(f"{size:<8}{mean[0]:.3f}         {mean[1]:.3f}          {mean[2]:.3f}", flush=True)


def _drawn(pool: Sequence[Sample], size: int, dice: random.Random) -> list[Sample]:
    """`size` of them by chance, drawn again until there are five of each class."""
    while True:
        drawn = dice.sample(list(pool), size)
        if 5 <= spam_of(drawn).sum() <= size - 5:
            return drawn


@contextlib.contextmanager
def _each_read_once() -> Iterator[None]:
    """Within it a sample is read once, however many trainings look at it: the same models, sooner."""
    views: dict[Sample, View] = {}

    def once(sample: Sample, confusables: Mapping[str, str]) -> View:
        if sample not in views:
            views[sample] = read(sample, confusables)
        return views[sample]

    with mock.patch.object(matrix, "read", once):
        yield


@_each_read_once()
def drift(core: Sequence[Sample]) -> None:
    """Rows as time brought them, each scored before it is learnt, with a new model whenever as many labels are new as
    the configuration asks for by itself. PINGWARDEN_BENCH_EVERY takes more of them: each training reads all labels."""
    every = int(os.environ.get("PINGWARDEN_BENCH_EVERY", Learning().retrain_after_labels))
    dated = sorted((sample for sample in core if sample.date), key=lambda sample: str(sample.date))
    spam = [sample for sample in dated if sample.label == "spam"]
    ham = [sample for sample in dated if sample.label == "ham"]
    # The honest ones come from other sites and years, so that both are laid side by side, each in its order.
    rows = sorted(
        [(number / len(part), sample) for part in (spam, ham) for number, sample in enumerate(part)],
        key=lambda row: row[0],
    )
    stream = [sample for _, sample in rows]
    frozen = scores(_shipped(), stream)
    current, found, trainings = _shipped(), [], 0
    start = 0
    while start < len(stream):
        end = min(len(stream), start + every)
        found.append(scores(current, stream[start:end]))
        if end < len(stream):
            with contextlib.suppress(TooFewLabels):  # with five of either class it begins
                current, trainings = site_of(stream[:end]), trainings + 1
        start = end
    truth, odds = spam_of(stream), np.concatenate(found)
    print(
        f"\nDrift ({len(stream)} rows with a time, {trainings} trainings, one every {every} labels; found at 0.5 % over the run)"
    )
    print(f"retrained {recall_at(truth, odds, 0.005):.3f}  shipped alone {recall_at(truth, frozen, 0.005):.3f}")
    for name, part in (("first tenth", slice(0, len(stream) // 10)), ("the rest", slice(len(stream) // 10, None))):
        print(f"  {name}: {recall_at(truth[part], odds[part], 0.005):.3f}", flush=True)


def main() -> None:
    """Runs the parts named on the command line, all of them when none is."""
    folder = corpora()
    if folder is None:
        return
    wanted = sys.argv[1:] or ["first-day", "trained", "few", "evasion", "drift"]
    core = core_of(folder)
    if "first-day" in wanted:
        first_day(core)
    if {"trained", "evasion"} & set(wanted):
        made = fold_scorers(core, site_of)
        if "trained" in wanted:
            trained(made)
        if "evasion" in wanted:
            evasion(made)
    if "few" in wanted:
        few(core)
    if "drift" in wanted:
        drift(core)


if __name__ == "__main__":
    main()
