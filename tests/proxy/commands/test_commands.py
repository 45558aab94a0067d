"""What all commands share: a wrong call and a failure are one sentence on standard error, and an exit status."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from click import Command, Context, Group, Option

from proxy.commands import cli
from tests.proxy.commands.running import call


@pytest.mark.parametrize(
    ("arguments", "status", "sentence"),
    [
        (["nonsense"], 2, "no such command 'nonsense'; allowed are serve, demo, check, "),
        (["pings", "fly"], 2, "no such command 'fly'; allowed are approve, list, reject, show"),
        (["--nonsense"], 2, "no such option '--nonsense'; allowed are --help, --version"),
        (["pings", "show", "--confg", "x"], 2, "no such option '--confg'; allowed are --config, --help, --state-dir"),
        (["rules", "add"], 2, "missing option '--action': choose from approve, hold, reject, points"),
        (["pings", "show"], 2, "missing argument 'ID'"),
        (["pings", "list", "--limit", "0"], 2, "invalid value for '--limit': 0 is not in the range 1<=x<=10000"),
        (["pings", "list", "--site"], 2, "option '--site' requires an argument"),
        (["pings", "list"], 2, "say which site is meant: --config FILE or --state-dir DIR"),
        (["check"], 2, "say which site is meant: --config FILE or --state-dir DIR"),
        (["score"], 2, "say which site is meant: --config FILE or --state-dir DIR"),
        (["serve"], 2, "say what stands behind: --config FILE, or --upstream URL"),
        (["serve", "--upstream", "nonsense"], 2, "upstream = 'nonsense': must look like"),
        (["serve", "--upstream", "ftp://x"], 2, "upstream = 'ftp://x': must look like"),
        (["serve", "--upstream", "http://x", "--listen", "foo"], 2, "listen = 'foo': must look like"),
        (["serve", "--upstream", "http://x", "--workers", "x"], 2, "invalid value for '--workers': 'x' is not a valid"),
        (["serve", "--upstream", "http://x", "--workers", "0"], 2, "workers = 0: "),
        (["pings", "list", "--config", "/nonexistent"], 2, "File '/nonexistent' does not exist"),
        (["rules", "add", "--action", "fly", "--when", "kind=pingback"], 2, "'fly' is not one of"),
        (["send", "pingback", "http://127.0.0.1:9/a", "http://127.0.0.1:9/b"], 1, "cannot be asked"),
        (["labels", "import", "-", "--state-dir", "/dev/null/state"], 1, "Not a directory: /dev/null/state"),
        (["labels", "export", "/nonexistent/a", "--state-dir", "/tmp"], 1, "could not open file '/nonexistent/a': "),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_a_wrong_call_is_one_sentence_on_stderr(arguments: list[str], status: int, sentence: str) -> None:
    done = call(*arguments)
    assert done.exit_code == status
    assert done.stdout == ""
    assert done.stderr.startswith("pingwarden: ")
    assert done.stderr.count("\n") == 1
    assert sentence in done.stderr


@pytest.mark.parametrize("arguments", [[], ["pings"]], ids=str)
def test_who_names_no_command_is_shown_which_there_are(arguments: list[str]) -> None:
    done = call(*arguments)
    assert (done.exit_code, done.stdout) == (2, "")
    assert "Commands:" in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["pings", "list"], ["pings", "show", "X"], ["pings", "approve", "X"], ["rules", "list"], ["rules", "remove", "X"],
        ["rules", "test", "--source", "http://a.example", "--target", "http://b.example"], ["labels", "export"], ["backtest"],
        ["privacy", "show", "--host", "a.example"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_who_looks_into_a_state_that_is_not_there_makes_none(tmp_path: Path, arguments: list[str]) -> None:
    nowhere = tmp_path / "mistyped"
    done = call(*arguments, "--state-dir", str(nowhere))
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith(f"pingwarden: there is no state directory {nowhere}: ")
    assert not nowhere.exists()


@pytest.mark.parametrize("arguments", [["models", "list"], ["score"]], ids=" ".join)
def test_before_the_first_start_the_shipped_model_is_in_force(tmp_path: Path, arguments: list[str]) -> None:
    nowhere = tmp_path / "state"
    done = call(*arguments, "--state-dir", str(nowhere), stdin='{"url": "http://a.example/"}\n')
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout
    assert not nowhere.exists()


def commands(group: Group = cli, *names: str) -> Iterator[tuple[tuple[str, ...], Command]]:
    """Yield every command, also those of commands, with the words that call it."""
    for name in group.list_commands(Context(group)):
        command = group.get_command(Context(group), name)
        assert command is not None
        yield (*names, name), command
        if isinstance(command, Group):
            yield from commands(command, *names, name)


@pytest.mark.parametrize("command", [pytest.param(one, id=" ".join(words)) for words, one in commands()])
def test_every_option_tells_in_a_line_what_it_is(command: Command) -> None:
    options = [one for one in command.params if isinstance(one, Option)]
    assert [one.name for one in options if not one.help or "\n" in one.help] == []


@pytest.mark.parametrize("name", cli.list_commands(Context(cli)))
def test_every_command_tells_what_it_does(name: str) -> None:
    done = call(name, "--help")
    assert done.exit_code == 0
    assert f" {name} " in done.stdout.splitlines()[0]
    command = cli.get_command(Context(cli), name)
    assert command is not None
    assert command.help
