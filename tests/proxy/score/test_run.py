"""The state of training is kept as text and read back."""

import json

import pytest

from proxy.score.run import Phase, Run


def test_it_comes_back_as_it_was_kept() -> None:
    run = Run(Phase.RUNNING, by="anna", started_at="2026-01-01T00:00:00Z").at("reading", 0.25)
    assert run.runs
    assert Run.from_text(json.dumps(run.to_json())) == run


@pytest.mark.parametrize(("share", "kept"), [(-1.0, 0.0), (0.33333, 0.333), (7.0, 1.0)])
def test_a_share_is_from_nothing_to_all(share: float, kept: float) -> None:
    assert Run().at("reading", share).done == kept


@pytest.mark.parametrize("text", [None, "", "{", "[]", '{"phase": "odd"}', '{"unknown": 1}'])
def test_what_cannot_be_read_is_idle(text: str | None) -> None:
    assert Run.from_text(text) == Run()
