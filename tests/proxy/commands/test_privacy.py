"""`pingwarden privacy`: what is held about a host or an address, and that erasing leaves nothing of it."""

from pathlib import Path

import pytest

from proxy.commands.setup import chosen, with_database
from proxy.store.database import Database
from tests.proxy.commands.running import call
from tests.proxy.commands.test_pings import kept
from tests.proxy.test_privacy import dump


def everything(config: Path) -> str:
    """The whole database as text."""

    async def work(database: Database) -> str:
        return await dump(database)

    return with_database(chosen(config, None), work)


def test_a_host_is_shown_and_erased(config: Path) -> None:
    ids = kept(config, "spam.example/1", "spam.example/2", "honest.example/")
    rule = ("rules", "add", "--action", "reject", "--when", "source_host=spam.example", "--note", "x")
    assert call(*rule, "--config", str(config)).exit_code == 0
    shown = call("privacy", "show", "--host", "SPAM.example", "--config", str(config))
    assert shown.exit_code == 0
    assert "held: 2 ping(s) with their evidence" in shown.stdout
    listed = {line for line in shown.stdout.splitlines() if line.startswith("ping ")}
    assert listed == {f"ping {one}" for one in ids[:2]}
    assert "your own rule, which stays:" in shown.stdout

    erased = call("privacy", "erase", "--host", "spam.example", "--config", str(config))
    assert (erased.exit_code, erased.stdout.splitlines()[0]) == (
        0,
        shown.stdout.splitlines()[0].replace("held", "erased"),
    )
    assert "in WordPress itself" in erased.stderr
    left = everything(config)
    assert "spam.example/" not in left
    assert "honest.example" in left
    assert "held: 0 ping(s)" in call("privacy", "show", "--host", "spam.example", "--config", str(config)).stdout


@pytest.mark.parametrize("mode", ["full", "hashed", "shortened"])
def test_an_address_is_found_however_it_is_kept(config: Path, mode: str) -> None:
    kept(config, "a.example/")  # from 192.0.2.7, in full
    with config.open("a") as file:
        file.write(f'[privacy]\naddresses = "{mode}"\n')
    assert "held: 1 ping(s)" in call("privacy", "show", "--address", "192.0.2.7", "--config", str(config)).stdout
    assert "held: 0 ping(s)" in call("privacy", "show", "--address", "192.0.2.8", "--config", str(config)).stdout
    assert call("privacy", "erase", "--address", "192.0.2.7", "--config", str(config)).exit_code == 0
    assert "192.0.2.7" not in everything(config)


@pytest.mark.parametrize(
    ("options", "status", "sentence"),
    [
        ((), 2, "give either --host or --address"),
        (("--host", "a.example", "--address", "192.0.2.7"), 2, "give either"),
        (("--host", "a b"), 2, 'must be a host such as "spam.example"'),
        (("--address", "a.example"), 2, 'must be an address such as "203.0.113.9"'),
    ],
)
def test_a_wrong_question_is_answered_in_a_sentence(
    config: Path, options: tuple[str, ...], status: int, sentence: str
) -> None:
    done = call("privacy", "show", *options, "--config", str(config))
    assert done.exit_code == status
    assert sentence in done.stderr
