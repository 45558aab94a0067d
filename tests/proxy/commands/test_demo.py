"""`pingwarden demo`: the table of verdicts; it is what everybody runs first."""

from tests.proxy.commands.running import call


def test_the_demo_shows_every_verdict_as_it_should_be() -> None:
    done = call("demo", "--once", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0")
    assert done.exit_code == 0, done.output
    assert done.stdout.count("as it should be") == 8


def test_an_address_that_is_none_is_said() -> None:
    done = call("demo", "--once", "--listen", "nonsense")
    assert done.exit_code == 2
    assert "listen = 'nonsense'" in done.stderr
