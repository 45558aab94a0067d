"""Training, evaluating and promoting from the command line."""

import gzip
import json
from pathlib import Path

import pytest

from tests.proxy.commands.running import call

_SEED = Path(__file__).parents[3] / "data" / "seed.jsonl.gz"


@pytest.fixture(scope="module")
def labels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some labelled lines of the seed corpus, dated so that there are older and newer ones."""
    with gzip.open(_SEED, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines][::240]
    path = tmp_path_factory.mktemp("labels") / "labels.jsonl"
    told = [json.dumps(row | {"date": f"2026-01-01T00:{number:04}"}) for number, row in enumerate(rows)]
    path.write_text("\n".join(told), encoding="utf-8")
    return path


def test_a_trained_model_is_kept_listed_promoted_and_rolled_back(tmp_path: Path, labels: Path) -> None:
    at = ["--state-dir", str(tmp_path)]
    made = call("train", str(labels), "--promote", "never", *at)
    assert made.exit_code == 0, made.stderr
    assert "kept, not in force" in made.stdout
    own = call("models", "list", *at).stdout.splitlines()[1].split()[0]
    assert call("models", "promote", own, *at).exit_code == 0
    assert call("models", "list", *at).stdout.splitlines()[1].startswith(f"* {own}")
    assert call("models", "promote", own, *at).exit_code == 0
    assert call("models", "rollback", *at).stdout == "in force: shipped\n"
    again = call("models", "rollback", *at)
    assert (again.exit_code, again.stderr) == (
        1,
        "pingwarden: the shipped model is in force; there is none before it\n",
    )


def test_either_name_of_a_model_promotes_it_and_the_shipped_one_too(tmp_path: Path, labels: Path) -> None:
    at = ["--state-dir", str(tmp_path)]
    made = call("train", str(labels), "--promote", "always", *at)
    assert made.exit_code == 0, made.stderr
    shipped, own = ([*line.split()] for line in call("models", "list", *at).stdout.splitlines())
    assert own[0] == "*"
    for name, in_force in ((shipped[0], 0), (own[2], 1), (shipped[1], 0), (own[1], 1), ("shipped", 0)):
        assert call("models", "promote", name, *at).exit_code == 0
        listed = [line.startswith("*") for line in call("models", "list", *at).stdout.splitlines()]
        assert listed == [number == in_force for number in (0, 1)], name
    gone = call("models", "promote", "nosuch", *at)
    assert (gone.exit_code, gone.stderr) == (1, "pingwarden: there is no model nosuch\n")


def test_a_model_that_is_in_force_by_order_alone_is_told_so(tmp_path: Path) -> None:
    at = ["--state-dir", str(tmp_path)]
    lines = [f'{{"url": "http://a{n}.example/", "label": "{"spam" if n % 2 else "ham"}"}}' for n in range(10)]
    (tmp_path / "few.jsonl").write_text("\n".join(lines), encoding="utf-8")
    for told in ("in force: it is not worse", "in force as ordered: 0 spam and 0 ham that neither model has seen"):
        made = call("train", str(tmp_path / "few.jsonl"), "--promote", "always", *at)
        assert made.exit_code == 0, made.stderr
        assert f"\n{told}" in made.stdout
    listed = call("models", "list", *at).stdout.splitlines()[-1]
    assert listed.startswith("*")
    assert ("in force as ordered: " in listed, "refused" in listed) == (True, False)


def test_without_anything_to_learn_from_the_call_is_wrong(tmp_path: Path) -> None:
    done = call("train", "--state-dir", str(tmp_path))
    assert done.exit_code == 2
    assert "say what to learn from: FILE..., --from-history or --from-wordpress" in done.stderr


def test_without_anything_to_evaluate_by_the_call_is_wrong(tmp_path: Path) -> None:
    done = call("evaluate", "--state-dir", str(tmp_path))
    assert (done.exit_code, done.stderr) == (2, "pingwarden: say what to measure by: FILE... (- is standard input)\n")


def test_what_was_imported_is_learnt_from_and_a_refused_model_is_listed_as_such(tmp_path: Path, labels: Path) -> None:
    at = ["--state-dir", str(tmp_path)]
    assert call("labels", "import", str(labels), *at).exit_code == 0
    made = call("train", "--from-history", *at)
    assert made.exit_code == 0, made.stderr
    count = len(labels.read_text(encoding="utf-8").splitlines())
    assert f"learnt from {count} labels" in made.stdout
    kept = "kept, not in force" in made.stdout
    line = call("models", "list", *at).stdout.splitlines()[1]
    assert ("refused: " in line) == kept
    assert line.startswith(" " if kept else "*")


def test_without_access_to_wordpress_nothing_is_read_there(tmp_path: Path) -> None:
    done = call("train", "--from-wordpress", "--state-dir", str(tmp_path))
    assert done.exit_code == 1
    assert "no site lets labels be read: set username and application_password" in done.stderr


def test_a_line_that_is_no_label_is_named(tmp_path: Path) -> None:
    path = tmp_path / "odd.jsonl"
    path.write_text('{"url": "http://a.example/", "label": "spam", "at": "yesterday"}\n', encoding="utf-8")
    done = call("train", str(path), "--state-dir", str(tmp_path))
    assert done.exit_code == 1
    assert f"{path}, line 1: at = 'yesterday': must be a time" in done.stderr


def test_too_few_labels_are_said(tmp_path: Path) -> None:
    path = tmp_path / "few.jsonl"
    path.write_text('{"url": "http://a.example/", "label": "spam"}\n', encoding="utf-8")
    done = call("train", str(path), "--state-dir", str(tmp_path))
    assert done.exit_code == 1
    assert "1 of 5 spam and 0 of 5 ham labels are too few to learn from" in done.stderr
    assert "Traceback" not in done.stderr


def test_evaluating_says_what_it_needs(tmp_path: Path) -> None:
    path = tmp_path / "one.jsonl"
    path.write_text('{"url": "http://a.example/", "label": "spam"}\n', encoding="utf-8")
    done = call("evaluate", str(path), "--state-dir", str(tmp_path))
    told = "pingwarden: 1 spam and 0 ham are too few to evaluate by: it takes one of each\n"
    assert (done.exit_code, done.stderr) == (1, told)


def test_evaluate_prints_a_table_and_writes_a_page_of_its_own(tmp_path: Path, labels: Path) -> None:
    report = tmp_path / "report.html"
    done = call("evaluate", str(labels), "--report", str(report), "--state-dir", str(tmp_path))
    assert done.exit_code == 0, done.stderr
    assert "How well the model in force does" in done.stdout
    page = report.read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>")
    assert "http-equiv" in page or "<script" not in page
    figures = json.loads(call("evaluate", str(labels), "--json", "--state-dir", str(tmp_path)).stdout)
    assert 0.5 < figures["overall"]["roc_auc"]["value"] <= 1
