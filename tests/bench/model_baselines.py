"""Other ways to find spam, on the same corpora and grouped folds: `python tests/bench/model_baselines.py [FOLDS]`.

bogofilter and SpamAssassin are Debian's, fastText is a wheel (`pip install fasttext-numpy2-wheel`); each is left out,
with a word, where it is not installed. Every sample is scored once, by what had not seen its group; the recalls are
over all of them, and intervals come from drawing whole groups again. "Behind" is how much more ours finds, on the same
draws. Prints one table, ours last.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline, make_union

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from model_figures import core_of, corpora, scores, site_of

from model.figures import Floats, Interval, recall_at, roc_auc
from model.groups import folds_of, group_of
from model.matrix import Indices
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


_BAYES = """
use Mail::SpamAssassin;
use Mail::SpamAssassin::PerMsgStatus;
my $home = shift;
my $config = "loadplugin Mail::SpamAssassin::Plugin::Bayes\\nuse_bayes 1\\nbayes_path $home/bayes\\n"
    . "bayes_auto_learn 0\\nbayes_auto_expire 0\\nlock_method flock\\n";
my $judge = Mail::SpamAssassin->new({
    local_tests_only => 1, dont_copy_prefs => 1, config_text => $config, userstate_dir => $home,
    rules_filename => "$home/none", site_rules_filename => "$home/none", userprefs_filename => "$home/none",
});
$judge->init(1);
$judge->init_learner({ wait_for_lock => 1 });
while (my $line = <STDIN>) {
    chomp $line;
    my ($what, $path) = split / /, $line, 2;
    open my $file, "<", $path or die "$path: $!";
    my $mail = $judge->parse(do { local $/; <$file> });
    if ($what eq "tested") {
        my $status = Mail::SpamAssassin::PerMsgStatus->new($judge, $mail);
        $judge->call_plugins("check_bayes", $status, undef, 0, "undef");
        print defined $status->{bayes_score} ? $status->{bayes_score} : 0.5, "\\n";
        $status->finish;
    } else {
        $judge->learn($mail, undef, $what eq "spam" ? 1 : 0, 0)->finish;
    }
    $mail->finish;
}
"""


def spamassassin(seen: Sequence[Sample], tested: Sequence[Sample]) -> Floats:
    """Bayes of Debian's SpamAssassin alone, one mail per sample; no other test, no network, its files in a folder."""
    with tempfile.TemporaryDirectory() as folder:
        orders = []
        for name, samples in (("seen", seen), ("tested", tested)):
            paths = _mails(Path(folder), name, samples).split()
            what = ["tested"] * len(tested) if name == "tested" else [str(sample.label) for sample in samples]
            orders += [f"{word} {path}" for word, path in zip(what, paths, strict=True)]
        told = subprocess.run(
            ["perl", "-e", _BAYES, folder], input="\n".join(orders), text=True, capture_output=True, check=True
        ).stdout
    return np.array([float(line) for line in told.split()])


def fasttext(seen: Sequence[Sample], tested: Sequence[Sample]) -> Floats:
    """fastText's classifier on words, pairs and parts of words: of a few settings the one that found most."""
    library = import_module("fasttext")
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.writelines(f"__label__{sample.label} {' '.join(whole(sample).lower().split())}\n" for sample in seen)
        file.flush()
        learnt = library.train_supervised(
            file.name,
            epoch=25,
            lr=0.3,
            dim=50,
            wordNgrams=2,
            minn=3,
            maxn=5,
            bucket=200_000,
            thread=1,
            seed=1,
            verbose=0,
        )
    found = []
    for sample in tested:
        said = dict(map(reversed, learnt.f.predict(" ".join(whole(sample).lower().split()) + "\n", 2, 0.0, "strict")))
        found.append(said.get("__label__spam", 0.0) - said.get("__label__ham", 0.0))
    return np.array(found)


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


def judges() -> dict[str, Judge]:
    """All that can be asked here, ours last."""
    found: dict[str, Judge] = {"keyword list": keywords}
    for name, judge, there in (
        ("bogofilter", bogofilter, shutil.which("bogofilter")),
        ("SpamAssassin's Bayes", spamassassin, shutil.which("sa-learn")),
        ("fastText", fasttext, find_spec("fasttext")),
    ):
        if there:
            found[name] = judge
        else:
            print(f"left out: {name} is not installed")
    found["words, TF-IDF + LR"] = _linear(letters=False)
    found["words and letters, TF-IDF + LR"] = _linear(letters=True)
    return found | {"ours": ours}


def ranked(core: Sequence[Sample], judge: Judge, folds: Floats) -> Floats:
    """A score for every sample by what did not see its group."""
    found = np.zeros(len(core))
    for number in np.unique(folds):
        seen, tested = (
            [core[row] for row in np.flatnonzero(part).tolist()] for part in (folds != number, folds == number)
        )
        found[folds == number] = judge(seen, tested)
    return found


def draws(core: Sequence[Sample], count: int = 400) -> list[Indices]:
    """Rows of whole groups, drawn again with their repetitions."""
    _, numbers = np.unique(np.array([group_of(sample) for sample in core]), return_inverse=True)
    members = np.split(np.argsort(numbers, kind="stable"), np.cumsum(np.bincount(numbers))[:-1])
    dice = np.random.default_rng(0)
    return [np.concatenate([members[i] for i in dice.integers(0, len(members), len(members))]) for _ in range(count)]


def compared(spam: Floats, odds: Floats, ours: Floats, again: Sequence[Indices], rate: float) -> list[str]:
    """What it finds, and how much more ours does, with intervals."""
    both = [(recall_at(spam[rows], odds[rows], rate), recall_at(spam[rows], ours[rows], rate)) for rows in again]
    value = recall_at(spam, odds, rate)
    found = interval(value, [theirs for theirs, _ in both])
    behind = interval(recall_at(spam, ours, rate) - value, [mine - theirs for theirs, mine in both])
    return [f"{one.value:.3f} [{one.low:.3f}, {one.high:.3f}]" for one in (found, behind)]


def interval(value: float, drawn: Sequence[float]) -> Interval:
    """95 %, from the draws."""
    low, high = np.quantile(drawn, [0.025, 0.975])
    return Interval(value, float(low), float(high))


def main() -> None:
    """Prints the table."""
    folder = corpora()
    if folder is None:
        return
    core = core_of(folder)
    folds = np.array(folds_of(core, int(sys.argv[1]) if len(sys.argv) > 1 else 10, seed=5))
    spam, again = spam_of(core), draws(core)
    found = {name: ranked(core, judge, folds) for name, judge in judges().items()}
    print(f"\n{'':32}AUC     found@0.5%             behind                 found@0.1%             behind")
    for name, odds in found.items():
        told = [f"{name:32}{roc_auc(spam, odds):.4f}"]
        for rate in (0.005, 0.001):
            told += compared(spam, odds, found["ours"], again, rate)
        print("  ".join(told), flush=True)


if __name__ == "__main__":
    main()
