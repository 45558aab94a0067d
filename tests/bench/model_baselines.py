"""Other ways to find spam, on the same corpora and grouped folds: `python tests/bench/model_baselines.py`.

bogofilter is Debian's and is left out, with a word, where it is not installed. Prints one table, ours last.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline, make_union

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from model_figures import FOLDS, core_of, corpora, scores, site_of

from model.figures import Floats, recall_at, roc_auc
from model.groups import folds_of
from model.sample import Sample
from model.train import spam_of

Judge = Callable[[Sequence[Sample], Sequence[Sample]], Floats]
"""Learns from the first samples and scores the second."""

_KEYWORDS = re.compile(
    r"viagra|cialis|casino|poker|loan|replica|outlet|cheap|discount|porn|sex|escort|seo|backlink|essay|bitcoin|"
    r"forex|pharmacy|pills|louis vuitton|gucci|handbag|jersey|free shipping|weight loss|insurance|betting",
    re.IGNORECASE,
)


def whole(sample: Sample) -> str:
    """All texts and the address in one."""
    return " ".join(part for part in (sample.title, sample.excerpt, sample.blog_name, sample.url) if part)


def keywords(_seen: Sequence[Sample], tested: Sequence[Sample]) -> Floats:
    """How many of the usual words there are."""
    return np.array([float(len(_KEYWORDS.findall(whole(sample)))) for sample in tested])


def _linear(letters: bool) -> Judge:
    def judge(seen: Sequence[Sample], tested: Sequence[Sample]) -> Floats:
        parts = [TfidfVectorizer(sublinear_tf=True, min_df=2, ngram_range=(1, 2))]
        if letters:
            parts.append(TfidfVectorizer(analyzer="char_wb", sublinear_tf=True, min_df=2, ngram_range=(3, 5)))
        learner = LogisticRegression(C=10, class_weight="balanced", max_iter=300)
        line = make_pipeline(make_union(*parts), learner).fit([whole(sample) for sample in seen], spam_of(seen))
        return np.asarray(line.decision_function([whole(sample) for sample in tested]))

    return judge


def bogofilter(seen: Sequence[Sample], tested: Sequence[Sample]) -> Floats:
    """Debian's bogofilter, one mail per sample."""
    with tempfile.TemporaryDirectory() as folder:
        for label, flag in ((1.0, "-s"), (0.0, "-n")):
            chosen = [sample for sample, spam in zip(seen, spam_of(seen), strict=True) if spam == label]
            names = _mails(Path(folder), f"seen{int(label)}", chosen)
            subprocess.run(["bogofilter", "-C", "-d", folder, flag, "-b"], input=names, text=True, check=True)
        names = _mails(Path(folder), "tested", tested)
        told = subprocess.run(
            ["bogofilter", "-C", "-d", folder, "-T", "-b"], input=names, text=True, capture_output=True, check=False
        ).stdout
    return np.array([float(line.split()[-1]) for line in told.splitlines()])


def _mails(folder: Path, name: str, samples: Sequence[Sample]) -> str:
    paths = []
    for number, sample in enumerate(samples):
        path = folder / f"{name}-{number}"
        title = " ".join((sample.title or "none").split())
        path.write_text(f"Subject: {title}\nFrom: {sample.blog_name or ''}\n\n{sample.excerpt or ''}\n{sample.url}\n")
        paths.append(str(path))
    return "\n".join(paths) + "\n"


def ours(seen: Sequence[Sample], tested: Sequence[Sample]) -> Floats:
    """The shipped model and the labels of the other folds."""
    return scores(site_of(seen), tested)


def main() -> None:
    """Prints means over grouped folds, with their standard error over the folds."""
    folder = corpora()
    if folder is None:
        return
    judges: dict[str, Judge] = {"keyword list": keywords, "words, TF-IDF + LR": _linear(letters=False)}
    judges["words and letters, TF-IDF + LR"] = _linear(letters=True)
    if shutil.which("bogofilter"):
        judges["bogofilter"] = bogofilter
    else:
        print("left out: bogofilter is not installed")
    judges["ours"] = ours
    core = core_of(folder)
    folds = np.array(folds_of(core, FOLDS, seed=5))
    print(f"{'':32}AUC     found@0.5%        found@0.1%")
    for name, judge in judges.items():
        rows = []
        for number in range(FOLDS):
            seen, tested = ([core[row] for row in np.flatnonzero(part)] for part in (folds != number, folds == number))
            spam, odds = spam_of(tested), judge(seen, tested)
            rows.append((roc_auc(spam, odds), recall_at(spam, odds, 0.005), recall_at(spam, odds, 0.001)))
        mean, error = np.mean(rows, axis=0), np.std(rows, axis=0) / np.sqrt(FOLDS)
        print(f"{name:32}{mean[0]:.4f}  {mean[1]:.3f} ± {error[1]:.3f}     {mean[2]:.3f} ± {error[2]:.3f}", flush=True)


if __name__ == "__main__":
    main()
