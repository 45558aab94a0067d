"""The scorer gives the pipeline's probabilities, quickly, and says why."""

import itertools
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from statistics import median
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.artifact import load_scorer, shipped_model_dir
from model.encode import SIGNS, feature_of, mended
from model.pipeline import pipeline_of
from model.sample import Sample
from model.scorer import SHOWN, Scorer, about, probability_of, sentences
from model.train import Trained
from model.view import read


@pytest.fixture(scope="session")
def scorer(model_dir: Path) -> Scorer:
    return load_scorer(model_dir)


def test_same_probability_as_the_pipeline(scorer: Scorer, trained: Trained, corpus: tuple[Sample, ...]) -> None:
    """To 1e-6 and better, whole and with fields missing or disguised."""
    samples = [
        *corpus[:40],
        *(replace(sample, blog_name=None, title="cas ino b0nus") for sample in corpus[:20]),
        *(replace(sample, excerpt=None, url="", evidence=None) for sample in corpus[:20]),
    ]
    expected = pipeline_of(trained.weights).predict_proba(samples)[:, 1]
    assert [scorer.score(sample).probability for sample in samples] == pytest.approx(expected.tolist(), abs=1e-9)


def test_reasons_sum_to_the_score(scorer: Scorer, corpus: tuple[Sample, ...]) -> None:
    """Everything is told: the intercept, the strongest, and the rest as one."""
    for sample in corpus[:30]:
        score = scorer.score(sample)
        assert sum(reason.points for reason in score.reasons) == pytest.approx(score.log_odds, abs=1e-12)
        assert score.probability == probability_of(score.log_odds)
        assert len(score.reasons) <= SHOWN + 1


@pytest.mark.parametrize(
    ("feature", "token", "told"),
    [
        ("structure", "digits≥0.03", "at least 3 % of the excerpt are digits"),
        ("structure", "capitals≥0.12", "at least 12 % of the excerpt are capitals"),
        ("structure", "links≥3", "the excerpt holds at least 3 links"),
        ("agreement", "title-path≥1", "at least 100 % of the title's words are in the address"),
        ("agreement", "title-excerpt≥0.34", "at least 34 % of the title's words are in the excerpt"),
        ("agreement", "is-address=title", "the title is an address"),
        ("folding", "octets≥3", "at least 3 %XX octets hide in the text"),
    ],
)
def test_a_sign_is_told_with_its_value(feature: str, token: str, told: str) -> None:
    _, says, value = about(feature_of(feature + SIGNS), token)
    assert says.format(value) == told


def test_reasons_are_words_for_people(scorer: Scorer) -> None:
    """Sentences without a hole in them, the strongest first."""
    score = scorer.score(Sample(url="http://x-casino-1.example/", title="casino bonus", excerpt="buy casino bonus"))
    texts = [reason.text for reason in score.reasons]
    assert any("“casino" in text for text in texts)
    assert not any("{" in text for text in texts)
    strengths = [abs(reason.points) for reason in score.reasons[:-1]]
    assert strengths == sorted(strengths, reverse=True)


@pytest.mark.parametrize(("log_odds", "probability"), [(0.0, 0.5), (1e4, 1.0), (-1e4, 0.0), (2.0, 0.8807970779778823)])
def test_probability(log_odds: float, probability: float) -> None:
    """Without overflow at either end."""
    assert probability_of(log_odds) == pytest.approx(probability, abs=1e-12)


@settings(max_examples=60)
@given(st.text(max_size=200), st.text(max_size=60), st.text(max_size=60))
def test_anything_can_be_scored(scorer: Scorer, excerpt: str, title: str, url: str) -> None:
    """No text breaks the scorer."""
    assert 0 <= scorer.score(Sample(url=url, title=title, excerpt=excerpt, blog_name=title)).probability <= 1


def test_many_threads_agree(scorer: Scorer, corpus: tuple[Sample, ...]) -> None:
    """The same scores come back however many ask."""
    alone = [scorer.score(sample) for sample in corpus]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(scorer.score, corpus)) == alone


def test_scoring_is_quick(scorer: Scorer, corpus: tuple[Sample, ...]) -> None:
    """Half of all scores take well under 2 ms, even on a machine that is busy (the bench tells how long really)."""
    times = []
    for sample in corpus:
        start = perf_counter()
        scorer.score(sample)
        times.append(perf_counter() - start)
    assert median(times) < 0.002


def test_reasons_are_sentences_with_a_value_that_can_be_told_in_other_languages(scorer: Scorer) -> None:
    """Each text is one of the known sentences with its value put in."""
    score = scorer.score(Sample(url="http://x-casino-1.example/", title="casino {} bonus", excerpt="buy casino bonus"))
    assert {reason.says for reason in score.reasons} <= set(sentences())
    assert [reason.text for reason in score.reasons] == [reason.says.format(reason.value) for reason in score.reasons]


def test_words_that_strangers_invent_fill_no_memory(model_dir: Path) -> None:
    """Each would otherwise stay with all its pieces, a kilobyte and more."""
    scorer = load_scorer(model_dir)
    invented = itertools.count()

    def score(texts: int) -> None:
        for _ in range(texts):
            words = " ".join(f"zq{next(invented):x}vy" for _ in range(30))
            scorer.score(Sample(url="http://a.example/", excerpt=words))

    tracemalloc.start()
    try:
        score(600)
        assert tracemalloc.get_traced_memory()[0] < 2_500_000  # of 18,000 words; those remembered take 2 MB
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "excerpt", ["we're happy", "how to mend it", "a man", "no me gusta", "in to the head of a house"]
)
def test_words_in_common_use_are_no_pieces_of_others(excerpt: str) -> None:
    """Those that weigh too little to be kept for their weight once made "aman" of "a man"."""
    weights = load_scorer(shipped_model_dir()).weights
    words = read(Sample(url="", excerpt=excerpt), weights.confusables).excerpt.words
    for block in ("excerpt:words", "title:words", "comment:words"):
        assert mended(words, set(weights.blocks[block].tokens)) == words
