"""States, labels and points in words."""

from datetime import UTC, datetime

import pytest

from proxy.admin.texts import Texts, texts_in
from proxy.admin.views.words import STATES, label_name, points_text, state_name, strongest
from proxy.ping import Action, Finding, Kind, Label, Linkback, Ping, Sender, State, Verdict

ENGLISH, GERMAN = Texts(), texts_in("de")


def test_every_state_and_label_has_words_of_its_own() -> None:
    assert set(STATES) == set(State)
    for texts in (ENGLISH, GERMAN):
        assert len({state_name(texts, state) for state in State}) == len(State)
        assert len({label_name(texts, label) for label in (*Label, None)}) == 3
    assert label_name(ENGLISH, None) == ""


@pytest.mark.parametrize(("points", "told"), [(0.74, "+0.7"), (-2, "−2.0"), (1234.56, "+1,234.6"), (0, "+0.0")])
def test_points_have_a_sign(points: float, told: str) -> None:
    assert points_text(ENGLISH, points) == told


def ping(*findings: Finding) -> Ping:
    link = Linkback(Kind.PINGBACK, "http://a.example/", "http://b.example/")
    verdict = Verdict(Action.HOLD, 0, findings) if findings else None
    return Ping("ID", "blog", State.HELD, link, Sender("::1"), "/x", datetime(2026, 3, 3, tzinfo=UTC), verdict)


def test_what_demands_something_is_stronger_than_any_points() -> None:
    heavy, light, negative = Finding("heavy", 5, ""), Finding("light", 1, ""), Finding("negative", -3, "")
    demand = Finding("demand", 0, "", Action.HOLD)
    assert strongest(ping(heavy, light, negative, demand)) == [demand, heavy]
    assert strongest(ping(light, heavy, negative), 3) == [heavy, negative, light]
    assert strongest(ping()) == []
