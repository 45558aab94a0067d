"""A site's labels move the shipped model as far as they prove something, and no further."""

import gc
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import model.site
from model.artifact import load_scorer
from model.describe import save_trained
from model.errors import TooFewLabels
from model.parts import parts_of
from model.sample import Label, Sample
from model.scorer import Scorer
from model.site import train_site
from model.stored import Stored
from model.train import Settings

SETTINGS = Settings(variants=0, folds=3)


@pytest.fixture(scope="module")
def shipped(model_dir: Path) -> Scorer:
    return load_scorer(model_dir)


def _own(number: int, label: Label) -> Sample:
    """A trade and a hobby that the shipped model has never heard of."""
    spam = label is Label.SPAM
    words = "wholesale zeppelin hangars bargain" if spam else "our zeppelin museum opened its new hall"
    return Sample(
        id=f"{label}{number}",
        url=f"http://site{number}.example/{'zeppelin' if spam else 'museum'}/",
        title="zeppelin bargain" if spam else f"Visit number {number}",
        excerpt=f"{words} and more of it, number {number}",
        label=label,
    )


def test_a_new_campaign_is_learnt(shipped: Scorer, tmp_path: Path) -> None:
    """Twenty labels are enough for what they have in common, and the model can be saved and loaded."""
    labels = [_own(number, label) for number in range(10) for label in Label]
    site = train_site(shipped, labels, SETTINGS)
    assert site.strength > 0
    card = save_trained(tmp_path, site.trained, site.thresholds, parent=shipped.card.model_id)
    scorer = load_scorer(tmp_path)
    assert card.parent == shipped.card.model_id
    assert scorer.log_odds(_own(99, Label.SPAM)) > 1 > -1 > scorer.log_odds(_own(99, Label.HAM))


def test_labels_that_contradict_themselves_move_nothing(shipped: Scorer) -> None:
    """The same samples called spam and ham alike prove nothing, so the shipped weights stay."""
    labels = [replace(_own(number, Label.SPAM), label=label, group=f"{number}{label}")
              for number in range(12) for label in Label]  # fmt: skip
    site = train_site(shipped, labels, SETTINGS)
    assert site.strength == 0


def test_too_few_labels_wait(shipped: Scorer) -> None:
    """Said with numbers."""
    with pytest.raises(TooFewLabels, match="4 spam and 4 ham"):
        train_site(shipped, [_own(number, label) for number in range(4) for label in Label])


@pytest.mark.parametrize("groups", [2, 3])
def test_labels_of_few_groups_are_learnt_from(shipped: Scorer, groups: int) -> None:
    """Though there are fewer groups than folds."""
    labels = [replace(_own(number, label), group=f"{number % groups}") for number in range(6) for label in Label]
    assert np.isfinite(train_site(shipped, labels).trained.out_of_fold).all()


def test_labels_of_one_group_move_nothing(shipped: Scorer) -> None:
    """Nothing shows what they would teach of others."""
    labels = [replace(_own(number, label), group="one") for number in range(6) for label in Label]
    assert train_site(shipped, labels, SETTINGS).strength == 0


def test_the_same_labels_give_the_same_model(shipped: Scorer) -> None:
    """To the last bit."""
    labels = [_own(number, label) for number in range(8) for label in Label]
    first, second = (train_site(shipped, labels, SETTINGS) for _ in range(2))
    assert first.trained.weights == second.trained.weights


@pytest.mark.parametrize("believed", list(Label))
def test_of_two_words_on_the_same_the_one_that_counts_more_is_learnt(shipped: Scorer, believed: Label) -> None:
    """Each text is called both; a weight says which of the two was a person's word on a linkback."""
    twice = [
        replace(_own(number, Label.SPAM), label=label, weight=1.0 if label is believed else 0.1)
        for number in range(12)
        for label in Label
    ]
    odds = train_site(shipped, twice, SETTINGS).trained.weights
    scorer = Scorer(odds, shipped.card)
    assert (scorer.log_odds(_own(99, Label.SPAM)) > 0) == (believed is Label.SPAM)


def test_very_many_labels_are_learnt_part_by_part(shipped: Scorer, monkeypatch: pytest.MonkeyPatch) -> None:
    """What each part taught is still known at the end, and every label was judged by what had not seen it."""
    labels = [_own(number, label) for number in range(60) for label in Label]
    whole = train_site(shipped, labels, SETTINGS)
    monkeypatch.setattr(model.site, "parts_of", lambda samples: parts_of(samples, 40))
    told: list[str] = []
    site = train_site(shipped, labels, SETTINGS, lambda what, _done: told.append(what))
    assert told == ["learning part by part"] * 3
    assert tuple(site.trained.samples) == tuple(whole.trained.samples)
    scorer = Scorer(site.trained.weights, shipped.card)
    assert scorer.log_odds(_own(99, Label.SPAM)) > 1 > -1 > scorer.log_odds(_own(99, Label.HAM))
    spam = site.trained.spam == 1
    assert site.trained.out_of_fold[spam].mean() > 1 > -1 > site.trained.out_of_fold[~spam].mean()


def test_labels_on_disk_teach_the_same_and_those_of_one_part_are_in_memory(
    shipped: Scorer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A part's labels are made anew for it and gone after it."""
    labels = [_own(number, label) for number in range(60) for label in Label]
    monkeypatch.setattr(model.site, "parts_of", lambda samples: parts_of(samples, 40))
    wanted = train_site(shipped, labels, SETTINGS)
    living: list[int] = []

    def watch(_what: str, _done: float) -> None:
        living.append(sum(type(thing) is Sample for thing in gc.get_objects()))

    with Stored(Sample.to_json, Sample.from_json, tmp_path, in_memory_bytes=1) as kept:
        for label in labels:
            kept.append(label)
        watch("before", 0)
        found = train_site(shipped, kept, SETTINGS, watch)
        assert found.trained.weights == wanted.trained.weights
        assert found.thresholds == wanted.thresholds
        assert found.trained.out_of_fold.tolist() == wanted.trained.out_of_fold.tolist()
        assert tuple(found.trained.samples) == tuple(labels)
    assert len(living) == 4
    assert max(living) - living[0] < 40
