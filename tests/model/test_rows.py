"""Rows from files, and what is wrong with one by its line."""

import gzip
from pathlib import Path

import pytest

from model.errors import BadSample
from model.rows import read_samples


def test_plain_and_compressed(tmp_path: Path) -> None:
    """The same rows, blank lines left out."""
    text = '{"url": "http://a.example/"}\n\n{"url": "", "title": "line\\u2028break"}\n'
    (tmp_path / "a.jsonl").write_text(text)
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(text.encode()))
    rows = list(read_samples(tmp_path / "a.jsonl"))
    assert len(rows) == 2
    assert rows == list(read_samples(tmp_path / "a.jsonl.gz"))


@pytest.mark.parametrize(("line", "words"), [("{", "not JSON"), ("[]", "not a JSON object"), ('{"title": "a"}', "url")])
def test_the_line_is_named(tmp_path: Path, line: str, words: str) -> None:
    """File, line and what is wrong there."""
    path = tmp_path / "a.jsonl"
    path.write_text(f'{{"url": ""}}\n{line}\n')
    with pytest.raises(BadSample, match=words) as caught:
        list(read_samples(path))
    assert ":2" in str(caught.value)
