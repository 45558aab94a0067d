"""Past linkbacks decided again with another model or other thresholds."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from proxy.decide import Bands, decide
from proxy.ping import Action, Finding, Kind, Label, Linkback, Ping, Sender, State
from proxy.policy import Policy
from proxy.score.backtest import Candidate, Row, backtest
from proxy.score.judge import Judge, judge_of
from proxy.score.shelf import shelf_in
from tests.proxy.score.shelves import make

SITES = {"blog": Policy()}
RULE = Finding("thin-page", 0.7, "hardly any text")
SAID = Finding("model", 1.0, "the model gives …")
STATES = {Action.APPROVE: State.DELIVERED, Action.HOLD: State.HELD, Action.REJECT: State.REJECTED}


@pytest.fixture
def present(tmp_path: Path) -> Judge:
    """A model that says nothing of anything; approves below −1, rejects from 4."""
    return judge(tmp_path, "1", 0.0)


def judge(tmp_path: Path, shelf_id: str, casino: float) -> Judge:
    """A model that gives a title of the one word "casino" so many points."""
    shelf = shelf_in(tmp_path)
    make(shelf, shelf_id, {"title:words": {"casino": casino * 3**0.5 / 2}})
    return judge_of(shelf.find(shelf_id).load())


def ping(*findings: Finding, title: str = "casino", **more: object) -> Ping:
    """A linkback as the present model judged it."""
    verdict = decide(findings, Bands(-1.0, 4.0))
    one = Ping(
        id="1",
        site="blog",
        state=STATES[verdict.action],
        linkback=Linkback(Kind.TRACKBACK, "http://a.example/", "http://b.example/", title, "", ""),
        sender=Sender("192.0.2.1"),
        endpoint="/t",
        received_at=datetime(2026, 1, 1, tzinfo=UTC),
        verdict=verdict,
        decided_by="pingwarden",
    )
    return replace(one, **more)  # type: ignore[arg-type]


def one_row(candidate: Candidate, past: Ping) -> Row:
    """The row of one linkback."""
    (row,) = backtest(candidate, [past], SITES)
    return row


def test_another_models_opinion_stands_beside_the_points_that_the_rules_found(tmp_path: Path, present: Judge) -> None:
    row = one_row(Candidate(present, judge(tmp_path, "2", 3.5)), ping(RULE, SAID))
    assert (row.before, row.after, row.changed) == (Action.HOLD, Action.REJECT, True)
    assert (row.points_before, round(row.points_after, 3)) == (1.7, 4.2)
    assert row.to_json() == {
        "id": "1", "site": "blog", "source_url": "http://a.example/", "from": "hold", "to": "reject",
        "points_from": 1.7, "points_to": 4.2, "label": None,
    }  # fmt: skip


def test_other_thresholds_alone(present: Judge) -> None:
    for approve, reject, after in (
        (None, None, "hold"),
        (5.0, 6.0, "approve"),
        (None, 0.5, "reject"),
        (-9, -8, "reject"),
    ):
        found = one_row(Candidate(present, present, approve, reject), ping(RULE, SAID))
        assert found.after == after, (approve, reject)


def test_thresholds_of_a_sites_policy_count_for_both(tmp_path: Path, present: Judge) -> None:
    (row,) = backtest(
        Candidate(present, judge(tmp_path, "2", 3.5)), [ping(RULE, SAID)], {"blog": Policy(reject_above=9.0)}
    )
    assert (row.before, row.after) == (Action.HOLD, Action.HOLD)


def test_what_was_rejected_before_the_model_was_asked_stays_so(tmp_path: Path, present: Judge) -> None:
    rule = Finding("post-closed", 0, "closed", Action.REJECT)
    row = one_row(Candidate(present, judge(tmp_path, "2", -9.0)), ping(rule))
    assert (row.before, row.after, row.points_after) == (Action.REJECT, Action.REJECT, 0)


@pytest.mark.parametrize("state", [State.OBSERVED, State.DELIVERED, State.REJECTED])
def test_what_a_person_decided_since_is_compared_by_our_own_verdict(present: Judge, state: State) -> None:
    by = "pingwarden" if state is State.OBSERVED else "anna"
    row = one_row(Candidate(present, present, 3.0), ping(RULE, SAID, state=state, decided_by=by, label=Label.HAM))
    assert (row.before, row.after, row.label) == (Action.HOLD, Action.APPROVE, Label.HAM)


def test_what_was_not_judged_or_is_of_another_site_is_left_out(present: Judge) -> None:
    past = [ping(RULE, verdict=None), ping(RULE, site="gone")]
    assert list(backtest(Candidate(present, present), past, SITES)) == []
