"""Lines out and in again, without loss."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.clock import from_us
from proxy.labels.jsonl import BadLine, line, read
from proxy.labels.words import LabelledSample
from proxy.ping import Label

NOW = datetime(2026, 3, 3, 10, 0, 0, 123456, tzinfo=UTC)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
NAME = TEXT.filter(bool)
SAMPLES = st.builds(
    LabelledSample,
    sample=st.fixed_dictionaries(
        {"url": TEXT},
        optional={"id": TEXT, "title": TEXT, "evidence": st.fixed_dictionaries({"status": st.integers(0, 999)}), "mine": st.booleans()},
    ),
    label=st.sampled_from(Label),
    weight=st.floats(0.01, 1),
    source=NAME.filter(lambda text: len(text) <= 16),
    by=NAME,
    at=st.integers(0, 4 * 10**15).map(from_us),
    group=st.just(""),
    key=NAME,
    site=st.none() | NAME,
)  # fmt: skip


@given(SAMPLES)
def test_what_goes_out_comes_back_as_it_was(one: LabelledSample) -> None:
    back = read(json.loads(line(one)), NOW)
    assert back is not None
    names = ("sample", "label", "weight", "source", "by", "at", "key", "site")
    assert [getattr(back, name) for name in names] == [getattr(one, name) for name in names]
    assert line(back) == line(one)


def test_a_line_from_elsewhere_needs_an_address_and_a_label_only() -> None:
    one = read({"url": "http://a.example/", "label": "spam", "column": 7}, NOW)
    assert one is not None
    assert (one.source, one.by, one.at, one.weight, one.site) == ("import", "import", NOW, 1.0, None)
    assert one.sample == {"url": "http://a.example/", "column": 7}
    again = read({"column": 7, "label": "ham", "url": "http://a.example/"}, NOW)
    assert again is not None
    assert again.key == one.key


def test_a_comment_counts_less_unless_told_otherwise() -> None:
    weights = [read({"url": "", "label": "ham", "kind": "comment", **more}, NOW) for more in ({}, {"weight": 1})]
    assert [one and one.weight for one in weights] == [0.25, 1.0]


def test_a_time_without_a_zone_is_utc() -> None:
    one = read({"url": "", "label": "ham", "at": "2026-01-01T00:00:00"}, NOW)
    assert one is not None
    assert one.at == datetime(2026, 1, 1, tzinfo=UTC)


def test_a_line_without_a_label_says_nothing() -> None:
    assert read({"url": "http://a.example/"}, NOW) is None


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"label": "bad"}, "label = 'bad': must be spam or ham"),
        ({"weight": 0}, "weight = 0: must be a number over 0 and up to 1"),
        ({"weight": True}, "weight = True"),
        ({"weight": "1"}, "weight = '1'"),
        ({"at": "yesterday"}, "at = 'yesterday': must be a time such as"),
        ({"at": 7}, "at = 7"),
        ({"source": "x" * 17}, "must be a text of 1 to 16 characters"),
        ({"by": ""}, "by = ''"),
        ({"key": 7}, "key = 7"),
    ],
)
def test_a_bad_column_is_named(more: dict[str, Any], sentence: str) -> None:
    with pytest.raises(BadLine, match=sentence.replace("(", "\\(")):
        read({"url": "http://a.example/", "label": "spam", **more}, NOW)
