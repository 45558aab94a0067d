"""`pingwarden score`: the model's opinion, line by line."""

import json
from pathlib import Path

import pytest

from tests.proxy.commands.running import call

SPAM = {"id": "1", "kind": "trackback", "url": "http://cheap-pills.example/viagra", "title": "Buy cheap viagra online"}
HAM = {"id": "2", "kind": "pingback", "url": "http://garden.example/2026/tomatoes", "title": "My tomatoes this year"}


def test_score_answers_line_by_line_in_the_same_order(tmp_path: Path) -> None:
    done = call("score", "--state-dir", str(tmp_path), stdin=json.dumps(SPAM) + "\n\n" + json.dumps(HAM))
    assert done.exit_code == 0, done.stderr
    spam, ham = (json.loads(line) for line in done.stdout.splitlines())
    assert (spam["id"], ham["id"]) == ("1", "2")
    assert spam["spam_probability"] > ham["spam_probability"]
    assert set(spam) == {"id", "spam_probability", "action", "reasons"}
    assert set(spam["reasons"][0]) == {"rule", "points", "text"}
    points = [abs(reason["points"]) for reason in spam["reasons"]]
    assert points == sorted(points, reverse=True)


def test_a_file_is_read_as_standard_input_is(tmp_path: Path) -> None:
    path = tmp_path / "lines.jsonl"
    path.write_text(json.dumps(HAM), encoding="utf-8")
    from_file = call("score", str(path), "--state-dir", str(tmp_path))
    assert from_file.stdout == call("score", "--state-dir", str(tmp_path), stdin=json.dumps(HAM)).stdout


@pytest.mark.parametrize(("line", "said"), [('{"title": 5}', ""), ("[]", "it is no JSON object")])
def test_score_names_the_line_that_is_wrong(tmp_path: Path, line: str, said: str) -> None:
    done = call("score", "--state-dir", str(tmp_path), stdin='{"url": "http://a.example/"}\n' + line)
    assert done.exit_code == 1
    assert done.stderr.startswith(f"pingwarden: standard input, line 2: {said}")
    assert len(done.stdout.splitlines()) == 1


@pytest.mark.parametrize("given", [3, "3", None, "", 10**20, "\ud800"], ids=ascii)
def test_an_id_is_given_back_as_it_came(tmp_path: Path, given: object) -> None:
    done = call("score", "--state-dir", str(tmp_path), stdin=json.dumps(HAM | {"id": given}))
    assert done.exit_code == 0, done.stderr
    assert json.loads(done.stdout)["id"] == given
