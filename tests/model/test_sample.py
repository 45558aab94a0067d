"""Rows come in strictly: what is wrong is named, what is unknown stays unknown."""

import pytest

from model.errors import BadSample
from model.sample import Kind, Label, PageEvidence, Sample

WHOLE = {
    "id": "a1", "kind": "trackback", "url": "http://a.example/", "title": "T", "excerpt": "E", "blog_name": "B",
    "ip": "192.0.2.1", "date": "2020-01-02", "label": "spam", "group": "g", "weight": 0.25,
    "evidence": {"fetched_url": "http://a.example/", "status": 200, "link_found": False, "text_chars": 5},
}  # fmt: skip


def test_a_row_comes_back_as_it_was() -> None:
    """to_json gives what from_json took."""
    assert Sample.from_json(WHOLE).to_json() == WHOLE


def test_only_the_url_is_needed() -> None:
    """What is absent is None, and stays absent."""
    sample = Sample.from_json({"url": "http://a.example/"})
    assert sample == Sample(url="http://a.example/", kind=Kind.OTHER)
    assert sample.to_json() == {"kind": "other", "url": "http://a.example/"}


def test_values_become_nouns() -> None:
    """Kinds and labels are enums, evidence is a dataclass whose unknowns are None."""
    sample = Sample.from_json(WHOLE)
    assert (sample.kind, sample.label) == (Kind.TRACKBACK, Label.SPAM)
    assert sample.evidence == PageEvidence("http://a.example/", 200, link_found=False, text_chars=5)


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ({}, "url"),
        ({"url": 5}, "url"),
        ({"url": "", "kind": "fax"}, "kind"),
        ({"url": "", "label": "maybe"}, "label"),
        ({"url": "", "title": ["a"]}, "title"),
        ({"url": "", "evidence": "yes"}, "evidence"),
        ({"url": "", "evidence": {"status": "200"}}, "evidence.status"),
        ({"url": "", "evidence": {"status": True}}, "evidence.status"),
        ({"url": "", "evidence": {"link_found": 1}}, "evidence.link_found"),
        ({"url": "", "weight": 0}, "weight"),
        ({"url": "", "weight": 1.5}, "weight"),
        ({"url": "", "weight": True}, "weight"),
    ],
)
def test_a_bad_field_is_named(row: dict[str, object], field: str) -> None:
    """The error says which field it was."""
    with pytest.raises(BadSample, match=field) as caught:
        Sample.from_json(row)
    assert caught.value.field == field


@pytest.mark.parametrize(("given", "kept"), [({"id": 7}, "7"), ({"title": None}, None), ({"corpus": 1}, None)])
def test_what_exports_do_is_forgiven(given: dict[str, object], kept: str | None) -> None:
    """Numbers for ids, nulls, and keys that are not ours."""
    assert Sample.from_json({"url": "", **given}).id == kept
