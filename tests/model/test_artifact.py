"""A model is loaded only when everything about it is right."""

import json
import os
import pickle
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from shutil import copytree

import pytest

from model.artifact import CARD_FILE, MODEL_FILE, load_scorer, read_card, shipped_model_dir
from model.card import sha256_of
from model.errors import ModelRefused
from model.sample import Sample
from model.train import Trained

ROOT = Path(__file__).resolve().parents[2]
Damage = Callable[[Path], None]


def _card(**changes: object) -> Damage:
    def damage(folder: Path) -> None:
        path = folder / CARD_FILE
        path.write_text(json.dumps(json.loads(path.read_text()) | changes))

    return damage


def _content(change: Callable[[bytes], bytes], vouch: bool) -> Damage:
    """Another file content; `vouch` writes its hash into the card, as an intruder would."""

    def damage(folder: Path) -> None:
        data = change((folder / MODEL_FILE).read_bytes())
        (folder / MODEL_FILE).write_bytes(data)
        if vouch:
            _card(sha256=sha256_of(data))(folder)

    return damage


class _Bomb:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, ("exit 1",)


def _pickled(thing: object) -> bytes:
    return zlib.compress(pickle.dumps(thing))


DAMAGES: dict[str, tuple[Damage, str]] = {
    "no card": (lambda folder: (folder / CARD_FILE).unlink(), "cannot be read"),
    "no file": (lambda folder: (folder / MODEL_FILE).unlink(), "cannot be read"),
    "a card that is no JSON": (lambda folder: (folder / CARD_FILE).write_text("{"), "not JSON"),
    "a card that is a list": (lambda folder: (folder / CARD_FILE).write_text("[]"), "card cannot be read"),
    "a card without thresholds": (_card(thresholds={}), "card cannot be read"),
    "thresholds the wrong way round": (_card(thresholds={"approve_below": 2, "reject_above": 1}), "not in order"),
    "thresholds that are no numbers": (_card(thresholds={"approve_below": "nan", "reject_above": 1}), "not in order"),
    "one bit": (_content(lambda data: data[:-1] + bytes([data[-1] ^ 1]), vouch=False), "SHA-256"),
    "a foreign file": (_content(lambda _: b"foreign", vouch=False), "SHA-256"),
    "an empty file": (_content(lambda _: b"", vouch=True), "damaged"),
    "a file cut off": (_content(lambda data: data[:-9], vouch=True), "damaged"),
    "code instead of data": (_content(lambda _: _pickled(_Bomb()), vouch=True), "asks for"),
    "data of another shape": (_content(lambda _: _pickled({"format": 1}), vouch=True), "damaged"),
    "another format": (_card(format=99), "format 99"),
    "another reading": (_card(reading="0" * 16), "reads texts otherwise"),
}


@pytest.mark.parametrize("case", DAMAGES)
def test_a_wrong_model_is_refused(case: str, model_dir: Path, tmp_path: Path) -> None:
    """With one sentence that says what is wrong."""
    damage, words = DAMAGES[case]
    folder = copytree(model_dir, tmp_path / "copy")
    load_scorer(folder)
    damage(folder)
    with pytest.raises(ModelRefused, match=words):
        load_scorer(folder)


def test_a_model_comes_back_whole(model_dir: Path, trained: Trained) -> None:
    """The weights that were saved are those that serve."""
    assert load_scorer(model_dir).weights == trained.weights


def test_two_trainings_give_the_same_bytes(model_dir: Path, corpus: tuple[Sample, ...], tmp_path: Path) -> None:
    """File and card alike: nothing of the clock, of chance or of the order of sets is in them."""
    rows = tmp_path / "rows.jsonl"
    rows.write_text("".join(json.dumps(sample.to_json()) + "\n" for sample in corpus))
    code = (
        "import sys; from model.describe import save_trained; from model.rows import read_samples;"
        "from model.train import Settings, train;"
        "save_trained(sys.argv[2], train(list(read_samples(sys.argv[1])), Settings(variants=1, folds=3)))"
    )
    surroundings = os.environ | {"PYTHONHASHSEED": "4711"}
    subprocess.run([sys.executable, "-c", code, rows, tmp_path], check=True, cwd=ROOT, env=surroundings)
    for name in (MODEL_FILE, CARD_FILE):
        assert (tmp_path / name).read_bytes() == (model_dir / name).read_bytes()


def test_the_shipped_model_judges() -> None:
    """What the project ships can be loaded, is small, and knows a plain case of either kind."""
    folder = shipped_model_dir()
    assert (folder / MODEL_FILE).stat().st_size <= 5 * 2**20
    scorer = load_scorer(folder)
    spam = Sample(url="http://cheap-watches-outlet.example/", title="cheap replica watches outlet",
                  excerpt="great post thanks for sharing, buy cheap watches online")  # fmt: skip
    ham = Sample(url="https://ada.example/2020/05/sailing-with-friends/", title="Sailing with friends",
                 excerpt="Last weekend we sailed around the island, as she describes in her post")  # fmt: skip
    assert scorer.score(spam).log_odds > 0 > scorer.score(ham).log_odds


def test_serving_needs_no_numerical_library() -> None:
    """Loading and scoring import neither scikit-learn nor scipy, numpy or joblib."""
    code = (
        "import sys; from model.artifact import load_scorer, shipped_model_dir; from model.sample import Sample;"
        "load_scorer(shipped_model_dir()).score(Sample(url='http://a.example/', title='x'));"
        "print([name for name in ('sklearn', 'scipy', 'numpy', 'joblib') if name in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert told.stdout.strip() == "[]"


def test_a_card_says_where_it_comes_from(model_dir: Path) -> None:
    """Counts, digests and figures with intervals stand in it."""
    card = read_card(model_dir)
    assert card.learnt_from["labels"] == {"ham": 70, "spam": 70}
    assert card.learnt_from["groups"] == 40
    assert card.figures["out_of_fold"]["roc_auc"]["low"] <= card.figures["out_of_fold"]["roc_auc"]["value"]
    assert card.versions["python"]
    assert card.model_id == card.sha256[:12]
