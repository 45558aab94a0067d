"""Labelled lines from files: what is read, and how a bad line is named."""

import io
import json
from pathlib import Path

import pytest

from proxy.commands.samples import read_line, read_lines
from proxy.errors import PingwardenError
from tests.proxy.commands.running import call


class File(io.BytesIO):
    name = ""


def file(name: str, *lines: str) -> File:
    """A file of that name."""
    made = File("".join(f"{line}\n" for line in lines).encode())
    made.name = name
    return made


def test_files_are_read_one_after_the_other_without_their_empty_lines() -> None:
    lines = [json.dumps({"url": f"http://{host}.example/"}) for host in "abc"]
    found = read_lines([file("one", lines[0], "", "  ", lines[1]), file("two", lines[2])])
    assert [line.sample.url for line in found] == [f"http://{host}.example/" for host in "abc"]


def test_a_bad_line_is_named_by_file_and_number() -> None:
    good = '{"url": "http://a.example/"}'
    with pytest.raises(PingwardenError, match=r"^two, line 3: "):
        list(read_lines([file("one", good), file("two", good, "", "{")]))


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("[1]", "it is no JSON object"),
        ("null", "it is no JSON object"),
        ("{", "Expecting property name"),
        ("{}", "url"),
        ('{"url": 5}', "url"),
        ('{"url": "http://a.example/", "kind": "letter"}', "letter"),
        (b'{"url": "http://\xe4.example/"}', "it is not UTF-8"),
        ("[" * 200_000, "recursion"),
        ('{"url": "' + "x" * 1_000_000 + '"}', "Unterminated string"),
    ],
    ids=lambda value: ascii(value[:30]),
)
def test_whatever_is_wrong_is_one_sentence(line: str | bytes, sentence: str) -> None:
    with pytest.raises(PingwardenError, match=rf"^here: .*{sentence}"):
        read_line(line.encode() if isinstance(line, str) else line, "here")


@pytest.mark.parametrize("command", [["score"], ["labels", "import"], ["train"], ["evaluate"]], ids=" ".join)
def test_a_byte_that_is_not_utf_8_is_told_with_its_place(tmp_path: Path, command: list[str]) -> None:
    path = tmp_path / "lines.jsonl"
    good = b'{"url": "http://a.example/", "label": "spam"}\n'
    path.write_bytes(good * 2 + good.replace(b"a.", b"\xe4.") + good)
    for file, name in ((str(path), path), ("-", "standard input")):
        done = call(*command, file, "--state-dir", str(tmp_path), stdin=path.read_bytes())
        assert (done.exit_code, done.stderr) == (1, f"pingwarden: {name}, line 3: it is not UTF-8\n")
