"""The seed corpus is what its generator makes, and gives nothing away by a single sign."""

import gzip
import importlib.util
import json
import re
import sys
from collections import Counter
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

import pytest

DATA = Path(__file__).resolve().parents[2] / "data"
Row = dict[str, Any]


@pytest.fixture(scope="module")
def generate() -> ModuleType:
    spec = importlib.util.spec_from_file_location("seed_generator", DATA / "generate.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def packed() -> bytes:
    return (DATA / "seed.jsonl.gz").read_bytes()


@pytest.fixture(scope="module")
def rows(packed: bytes) -> list[Row]:
    return [json.loads(line) for line in gzip.decompress(packed).decode("utf-8").splitlines()]


def share(rows: list[Row], label: str, what: Any, among: Any = lambda row: True) -> float:
    fitting = [row for row in rows if row["label"] == label and among(row)]
    return sum(bool(what(row)) for row in fitting) / len(fitting)


def test_the_generator_makes_the_committed_file_bit_for_bit(generate: ModuleType, packed: bytes) -> None:
    """The rows to the byte; how zlib packs them may differ between its versions, so the packing only of itself."""
    content = generate.encode(generate.compose())
    assert gzip.decompress(packed) == content
    assert generate.pack(content) == generate.pack(content)
    assert packed[4:8] == bytes(4), "the time of packing stands in the file"


def test_it_is_large_balanced_and_in_many_languages(rows: list[Row]) -> None:
    labels = Counter(row["label"] for row in rows)
    assert len(rows) >= 8_000
    assert set(labels) == {"spam", "ham"}
    assert min(labels.values()) >= 0.45 * len(rows)
    assert len({row["lang"] for row in rows}) >= 14


@pytest.mark.parametrize("field", ["lang", "kind"])
def test_language_and_kind_say_nothing_about_the_label(rows: list[Row], field: str) -> None:
    per_value: dict[str, Counter[str]] = {}
    for row in rows:
        per_value.setdefault(row[field], Counter())[row["label"]] += 1
    for value, labels in per_value.items():
        assert 0.45 <= labels["spam"] / labels.total() <= 0.55, value


def test_every_row_has_the_columns_of_the_contract(rows: list[Row]) -> None:
    known = {"id", "kind", "url", "title", "excerpt", "blog_name", "evidence", "label", "group", "lang", "family"}
    for row in rows:
        assert set(row) <= known
        assert row["kind"] in {"trackback", "pingback", "comment"}
        parts = urlsplit(row["url"])
        if row["url"] or row["kind"] != "comment":
            assert parts.scheme in {"http", "https"}
            assert re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", parts.netloc), row["url"]
        assert row["url"].isascii()
        assert len(row.get("excerpt", "")) < 2_000
        for text in (row.get("title", ""), row.get("excerpt", ""), row.get("blog_name", "")):
            assert not re.search(r"[{}]|\[\[|\]\]", text), f"a slot was left open: {text}"


def test_evidence_has_the_keys_of_the_contract_and_agrees_with_itself(rows: list[Row]) -> None:
    known = {
        "fetched_url",
        "status",
        "redirects",
        "content_type",
        "title",
        "link_found",
        "link_visible",
        "link_rel",
        "link_text",
        "excerpt",
        "outbound_links",
        "text_chars",
        "language",
        "sender_matches_host",
        "wordpress_would_accept",
        "failure",
    }
    for row in rows:
        evidence = row.get("evidence", {})
        assert set(evidence) <= known
        if "failure" in evidence:
            assert not evidence.get("link_found")
        if not evidence.get("link_found"):
            assert "link_visible" not in evidence


def test_ids_and_texts_are_there_once(rows: list[Row], generate: ModuleType) -> None:
    assert len({row["id"] for row in rows}) == len(rows)
    assert len({generate.text_of(row) for row in rows}) == len(rows)


def test_near_copies_are_few(rows: list[Row], generate: ModuleType) -> None:
    assert generate.near_duplicates(rows, 0.7) <= 0.06


def test_a_group_has_one_label_one_language_and_its_own_hosts(rows: list[Row], generate: ModuleType) -> None:
    groups: dict[str, set[tuple[str, str, str]]] = {}
    owners: dict[str, set[str]] = {}
    for row in rows:
        groups.setdefault(row["group"], set()).add((row["label"], row["lang"], row["family"]))
        if row["url"]:
            owners.setdefault(urlsplit(row["url"]).netloc, set()).add(row["group"])
    assert all(len(kinds) == 1 for kinds in groups.values())
    assert all(len(found) == 1 for found in owners.values())
    assert len(groups) >= 200
    assert max(Counter(row["group"] for row in rows).values()) <= 0.02 * len(rows)


def test_at_least_a_quarter_of_the_honest_ones_are_hard(rows: list[Row]) -> None:
    assert share(rows, "ham", lambda row: row["family"].startswith("hard-")) >= 0.25


def test_some_spam_can_be_told_by_address_page_or_agreement_alone(rows: list[Row]) -> None:
    assert share(rows, "spam", lambda row: row["family"].startswith("hard-")) >= 0.08


def test_the_knobs_do_what_they_promise(rows: list[Row], generate: ModuleType) -> None:
    for label, side in generate.KNOBS.sides.items():
        absent = share(rows, label, lambda row: "evidence" not in row, lambda row: row["url"])
        assert absent == pytest.approx(side.evidence_absent, abs=0.03)
        assert share(rows, label, lambda row: not row.get("excerpt")) == pytest.approx(side.excerpt_blank, abs=0.02)
        for kind, promised in generate.KNOBS.kinds.items():
            assert share(rows, label, lambda row, kind=kind: row["kind"] == kind) == pytest.approx(promised, abs=0.02)
        for kind in ("trackback", "comment"):
            blank = share(rows, label, lambda row: not row.get("blog_name"), lambda row, kind=kind: row["kind"] == kind)
            assert blank == pytest.approx(side.blog_blank[kind], abs=0.06)


def test_comments_are_as_people_and_machines_leave_them(rows: list[Row]) -> None:
    """Honest ones often name no home and are long; spam seldom lacks one, and often holds links."""
    seen = {
        "no home": lambda row: not row["url"],
        "a bare domain for a home": lambda row: row["url"] and urlsplit(row["url"]).path in ("", "/"),
        "over thirty words": lambda row: len(row.get("excerpt", "").split()) > 30,
        "a link": lambda row: "http" in row.get("excerpt", ""),
    }
    asked = {"ham": (0.25, 0.3, 0.2, 0.05), "spam": (0.01, 0.3, 0.15, 0.4)}
    for label, shares in asked.items():
        for (name, sign), least in zip(seen.items(), shares, strict=True):
            found = share(rows, label, sign, lambda row: row["kind"] == "comment")
            assert least <= found <= 0.75, f"{name}: {found:.1%} of {label}"


def test_what_gives_spam_away_stands_in_honest_rows_too(rows: list[Row]) -> None:
    linkback = ("trackback", "pingback")
    signs = {
        "title equals blog name": lambda row: row.get("title") and row.get("title") == row.get("blog_name"),
        "no blog name": lambda row: not row.get("blog_name"),
        "no title": lambda row: not row.get("title"),
        "no excerpt": lambda row: not row.get("excerpt"),
        "a bare domain": lambda row: urlsplit(row["url"]).path in ("", "/"),
        "no link on the page": lambda row: row.get("evidence", {}).get("link_found") is False,
        "a foreign sender": lambda row: row.get("evidence", {}).get("sender_matches_host") is False,
        "a hundred outbound links": lambda row: row.get("evidence", {}).get("outbound_links", 0) > 100,
    }
    for name, sign in signs.items():
        for label in ("ham", "spam"):
            found = share(rows, label, sign, lambda row: row["kind"] in linkback)
            assert 0.01 <= found <= 0.60, f"{name}: {found:.1%} of {label}"


def test_no_top_level_domain_belongs_to_one_label(rows: list[Row]) -> None:
    tlds: dict[str, Counter[str]] = {}
    for row in rows:
        if row["url"]:
            tlds.setdefault(urlsplit(row["url"]).netloc.rsplit(".", 1)[1], Counter())[row["label"]] += 1
    for tld, labels in tlds.items():
        if labels.total() >= 60:
            assert 0.08 <= labels["spam"] / labels.total() <= 0.92, f".{tld}: {labels}"


def test_no_single_field_gives_the_label_away(rows: list[Row], generate: ModuleType) -> None:
    for name, strength in generate.sign_strength(rows).items():
        assert 0.3 <= strength <= 0.7, f"{name}: ROC-AUC {strength:.2f}"


def test_there_is_nobody_s_private_data(rows: list[Row]) -> None:
    email = re.compile(r"[\w.+-]+@[\w-]+\.[a-z]{2,}", re.IGNORECASE)
    phone = re.compile(r"\+\d[\d ()-]{7,}\d|(?<!\d)\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}(?!\d)|(?<![\d%])\d{9,}(?!\d)")
    number = re.compile(r"(?<!\d)(?:\d{1,3}\.){3}\d{1,3}(?!\d)")
    for row in rows:
        text = "\n".join(str(row.get(key, "")) for key in ("title", "excerpt", "blog_name"))
        for shape in (email, phone, number):
            assert not shape.search(text), text
