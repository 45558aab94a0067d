"""What all commands share: a wrong call and a failure are one sentence on standard error, and an exit status."""

import pytest
from click import Context

from proxy.commands import cli
from tests.proxy.commands.running import call


@pytest.mark.parametrize(
    ("arguments", "status", "sentence"),
    [
        (["nonsense"], 2, "No such command 'nonsense'"),
        (["pings", "list"], 1, "say which site is meant: --config FILE or --state-dir DIR"),
        (["serve"], 1, "say what stands behind: --config FILE, or --upstream URL"),
        (["serve", "--upstream", "nonsense"], 1, "sites.0.upstream = 'nonsense': must look like"),
        (["pings", "list", "--config", "/nonexistent"], 2, "File '/nonexistent' does not exist"),
        (["rules", "add", "--action", "fly", "--when", "kind=pingback"], 2, "'fly' is not one of"),
        (["send", "pingback", "http://127.0.0.1:9/a", "http://127.0.0.1:9/b"], 1, "cannot be asked"),
        (["pings", "list", "--state-dir", "/dev/null/state"], 1, "pingwarden: Not a directory: /dev/null/state"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_a_wrong_call_is_one_sentence_on_stderr(arguments: list[str], status: int, sentence: str) -> None:
    done = call(*arguments)
    assert done.exit_code == status
    assert done.stdout == ""
    assert sentence in done.stderr


@pytest.mark.parametrize("name", cli.list_commands(Context(cli)))
def test_every_command_tells_what_it_does(name: str) -> None:
    done = call(name, "--help")
    assert done.exit_code == 0
    assert f" {name} " in done.stdout.splitlines()[0]
    command = cli.get_command(Context(cli), name)
    assert command is not None
    assert command.help
