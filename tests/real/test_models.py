"""Nodes that share a database share their models: what one trains and promotes is soon in force on the other."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from proxy.commands import cli
from tests.real.engines import ENGINES, empty_database
from tests.real.pingwarden import Pingwarden
from tests.real.process import LOOPBACK, wait_until

SOON_S = 5  # on a busy machine; the nodes look every second


def line(number: int, label: str) -> str:
    """A labelled linkback on zeppelins, as a line for `labels import`."""
    words = "wholesale zeppelin hangars bargain" if label == "spam" else "our zeppelin museum opened its new hall"
    sample = {"url": f"http://{label}{number}.example/", "title": words, "excerpt": words, "label": label}
    return json.dumps(sample | {"at": f"2026-01-01T00:00:{number:02}Z"})


@pytest.fixture(params=ENGINES)
def nodes(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[list[Pingwarden]]:
    """Two nodes with a directory each on one database of each engine; nobody stands behind them."""
    with empty_database(request.param) as database:
        found = [
            Pingwarden(
                tmp_path / name,
                f"http://{LOOPBACK}:9",
                top={"database": database},
                learning={"retrain_after_labels": 0},
            )
            for name in ("one", "two")
        ]
        try:
            for node in found:
                node.start()
            yield found
        finally:
            for node in found:
                node.stop()


def models(node: Pingwarden) -> list[dict[str, Any]]:
    """What a node lists."""
    return list(node.api("GET", "models").json()["items"])


def in_force(node: Pingwarden) -> str:
    """The id of the model that a node judges with."""
    return next(str(one["id"]) for one in models(node) if one["in_force"])


@pytest.mark.timeout(300)
def test_a_model_of_one_node_is_soon_that_of_all(nodes: list[Pingwarden], tmp_path: Path) -> None:
    """Trained on one node, rolled back on the other, promoted by a command beside them."""
    one, two = nodes
    words = tmp_path / "words.jsonl"
    words.write_text("\n".join(line(n, label) for n in range(8) for label in ("spam", "ham")), encoding="utf-8")
    config = ["--config", str(one.file)]
    assert CliRunner().invoke(cli, ["labels", "import", str(words), *config], catch_exceptions=False).exit_code == 0
    one.api("POST", "models/train")
    run = wait_until(lambda: ended(two), "the end of training, as the other node tells it", seconds=240)
    assert (run["state"], run["promoted"], run["labels"]) == ("done", True, 16), run
    wait_until(lambda: in_force(two) == run["model"], "the model at the other node", seconds=SOON_S)
    assert models(one) == models(two)
    two.api("POST", "models/rollback")
    wait_until(lambda: in_force(one) == "shipped", "the shipped model again", seconds=SOON_S)
    done = CliRunner().invoke(cli, ["models", "promote", run["model"], *config], catch_exceptions=False)
    assert done.exit_code == 0, done.stderr
    wait_until(lambda: in_force(two) == run["model"], "what the command promoted", seconds=SOON_S)


def ended(node: Pingwarden) -> dict[str, Any] | None:
    """The state of training at a node once it is over."""
    state = dict(node.api("GET", "models/train").json())
    return state if state["state"] in {"done", "failed"} else None
