"""The model's opinion, and what happens without a model."""

from pathlib import Path

import pytest

from proxy.decide import Bands
from proxy.ping import Action, Evidence, Failure, Kind, Linkback, Sender
from proxy.policy import Policy
from proxy.score import UNSURE, Judge, open_judge, sample_of, shelf_in

SENDER = Sender("192.0.2.1")
SPAM = Linkback(
    Kind.TRACKBACK, "http://cheap-pills.example/buy", "http://b.example/", "Buy cheap viagra online", "viagra"
)


def test_the_shipped_model_is_used_where_the_site_has_none(tmp_path: Path) -> None:
    judge = open_judge(shelf_in(tmp_path))
    assert judge.trouble == ""
    opinion = judge.opinion(SPAM, None, SENDER)
    assert opinion.spam_probability is not None
    assert opinion.finding.points > 0
    assert opinion.finding.text.startswith("the model gives a spam probability of ")


def test_without_a_model_the_opinion_decides_nothing() -> None:
    opinion = Judge(None, UNSURE, "none").opinion(SPAM, None, SENDER)
    assert (opinion.finding.rule, opinion.finding.points, opinion.finding.demands) == ("no-model", 0, None)
    assert opinion.spam_probability is None


THRESHOLDS: dict[str, tuple[Bands, dict[str, float], Bands]] = {
    "the card's": (Bands(-1, 4), {}, Bands(-1, 4)),
    "one of the site's": (Bands(-1, 4), {"approve_below": -3}, Bands(-3, 4)),
    "both of the site's": (Bands(-1, 4), {"approve_below": 0, "reject_above": 2}, Bands(0, 2)),
    "where they cross, rejecting counts": (Bands(-1, 4), {"approve_below": 9}, Bands(4, 4)),
    "and the other way round": (Bands(-1, 4), {"reject_above": -2}, Bands(-2, -2)),
    "none without a model": (UNSURE, {"approve_below": 9, "reject_above": 9}, UNSURE),
}


@pytest.mark.parametrize(("bands", "policy", "expected"), THRESHOLDS.values(), ids=THRESHOLDS.keys())
def test_a_site_moves_the_thresholds(bands: Bands, policy: dict[str, float], expected: Bands) -> None:
    assert Judge(None, bands).bands_for(Policy(**policy)) == expected  # type: ignore[arg-type]


def test_a_model_that_fails_holds() -> None:
    class Broken:
        def score(self, _sample: object) -> None:
            raise ZeroDivisionError

    opinion = Judge(Broken(), UNSURE).opinion(SPAM, None, SENDER)  # type: ignore[arg-type]
    assert opinion.finding.demands is Action.HOLD


def test_a_pingback_is_read_by_its_page() -> None:
    evidence = Evidence(title="A page", excerpt="around the link", failure=Failure.TIMEOUT)
    sample = sample_of(Linkback(Kind.PINGBACK, "http://a.example/", "http://b.example/"), evidence, SENDER)
    assert (sample.title, sample.excerpt) == ("A page", "around the link")
    assert sample.evidence is not None
    assert sample.evidence.failure == "timeout"
