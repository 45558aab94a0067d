"""Forms are read as PHP reads them."""

import json
from pathlib import Path
from typing import Any

import pytest

from proxy.errors import MalformedPing, TooLarge
from proxy.wire.php_form import FormType, form_type, read_form, read_query
from proxy.wire.php_names import ARRAY, MAX_FIELD

CASES = sorted((Path(__file__).parents[2] / "corpus" / "forms").glob("*.json"))
NAMES = frozenset(
    {"url", "title", "excerpt", "blog_name", "charset", "tb", "tb_id", "p", "page_id", "name", "pagename"}
)
FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize("path", CASES, ids=[path.stem for path in CASES])
def test_the_corpus(path: Path) -> None:
    case = json.loads(path.read_text("utf-8"))
    body = case["body"].encode()
    if case["fields"] == "refused":
        with pytest.raises(MalformedPing):
            read_form(case["content_type"], body, NAMES)
        return
    expected = {name: ARRAY if value is None else value.encode() for name, value in case["fields"].items()}
    assert read_form(case["content_type"], body, NAMES) == expected


TYPES = [
    ("no header", [], None),
    ("a form", [FORM], FormType.URLENCODED),
    ("capitals and a parameter", ["Multipart/FORM-data; boundary=x"], FormType.MULTIPART),
    ("a comma ends it", [FORM + ",text/plain"], FormType.URLENCODED),
    ("a blank ends it", [FORM + " x"], FormType.URLENCODED),
    ("a tab does not", [FORM + "\tx"], None),
    ("another multipart", ["multipart/mixed; boundary=x"], None),
    ("two others", ["text/plain", "text/xml"], None),
]


@pytest.mark.parametrize(("headers", "kind"), [row[1:] for row in TYPES], ids=[row[0] for row in TYPES])
def test_types(headers: list[str], kind: FormType | None) -> None:
    assert form_type(headers) is kind


@pytest.mark.parametrize("headers", [[FORM, "text/plain"], ["text/plain", FORM], [FORM, FORM]])
def test_two_types_of_which_one_is_a_form_are_refused(headers: list[str]) -> None:
    with pytest.raises(MalformedPing):
        form_type(headers)


def test_queries_are_read_by_the_same_rules() -> None:
    query = "tb%00=1&p=4&%74b_id[]=5&title=\udce9"
    assert read_query(query, NAMES) == {"tb": b"1", "p": b"4", "tb_id": ARRAY, "title": b"\xe9"}


def test_of_a_value_one_mib_is_kept() -> None:
    found = read_form(FORM, b"tb=1&title=" + b"x" * (2 * MAX_FIELD), NAMES)
    assert found == {"tb": b"1", "title": b"x" * MAX_FIELD}


def test_an_index_too_long_to_look_at_is_an_array() -> None:
    assert read_form(FORM, b"tb[" + b"x" * 100_000 + b"]=1", NAMES) == {"tb": ARRAY}


def test_any_number_of_blanks_may_stand_before_a_name() -> None:
    assert read_form(FORM, b"a=b&" + b"+%20 " * 300_000 + b"tb=1", NAMES) == {"tb": b"1"}


def test_fields_in_every_window_are_found() -> None:
    body = b"&".join(b"x%d=%s" % (i, b"y" * 50_000) + b"&p=%d" % i for i in range(20))
    for cut in range(4):
        assert read_form(FORM, memoryview(body)[cut:], NAMES) == {"p": b"19"}


@pytest.mark.parametrize("body", [b"&" * 1_100_000, b"&tb" * 20_001], ids=["any", "wanted"])
def test_more_fields_than_any_form_has_are_refused(body: bytes) -> None:
    with pytest.raises(TooLarge):
        read_form(FORM, body, NAMES)


def test_every_observed_form_is_read_as_php_read_it(observed: Any) -> None:
    """But for limits of PHP's own, beyond which we read on, and what the fixtures shorten."""
    beyond = {"form-59", "form-60", "form-61", "new-47"}
    for row, body in observed("trackback", "trackback-newer"):
        headers = [value for name, value in row["request"]["headers"] if name.lower() == "content-type"]
        kinds = [row["content_type"]] if row["content_type"] else headers
        if row["request"]["method"] != "POST" or row["id"] in beyond or len(kinds) != 1:
            continue
        told = {name: value for name, value in (row["php_post"] or {}).items() if name in NAMES}
        ours = read_form(kinds[0], body, NAMES)
        assert ours.keys() == told.keys(), row["id"]
        for name, value in ours.items():
            if value is ARRAY:
                assert not isinstance(told[name], str), row["id"]
            elif value.isascii():  # the fixtures do not keep other bytes
                assert told[name] == value.decode(), row["id"]
