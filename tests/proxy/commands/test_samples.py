"""Labelled lines from files: what is read, and how a bad line is named."""

import io
import json

import pytest

from proxy.commands.samples import read_sample, read_samples
from proxy.errors import PingwardenError


def file(name: str, *lines: str) -> io.StringIO:
    """A file of that name."""
    text = io.StringIO("".join(f"{line}\n" for line in lines))
    text.name = name
    return text


def test_files_are_read_one_after_the_other_without_their_empty_lines() -> None:
    lines = [json.dumps({"url": f"http://{host}.example/"}) for host in "abc"]
    found = read_samples([file("one", lines[0], "", "  ", lines[1]), file("two", lines[2])])
    assert [sample.url for sample in found] == [f"http://{host}.example/" for host in "abc"]


def test_a_bad_line_is_named_by_file_and_number() -> None:
    good = '{"url": "http://a.example/"}'
    with pytest.raises(PingwardenError, match=r"^two, line 3: "):
        list(read_samples([file("one", good), file("two", good, "", "{")]))


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("[1]", "it is no JSON object"),
        ("null", "it is no JSON object"),
        ("{", "Expecting property name"),
        ("{}", "url"),
        ('{"url": 5}', "url"),
        ('{"url": "http://a.example/", "kind": "letter"}', "letter"),
        ("[" * 200_000, "recursion"),
        ('{"url": "' + "x" * 1_000_000 + '"}', "Unterminated string"),
    ],
    ids=lambda value: value[:30],
)
def test_whatever_is_wrong_is_one_sentence(line: str, sentence: str) -> None:
    with pytest.raises(PingwardenError, match=rf"^here: .*{sentence}"):
        read_sample(line, "here")
