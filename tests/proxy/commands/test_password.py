"""`pingwarden password`: who may sign in, and with what."""

from pathlib import Path

import pytest

from proxy.admin.password import matches
from proxy.admin.session import FIRST_LINK, FIRST_NAME
from proxy.commands.setup import chosen, with_database
from proxy.store import people
from proxy.store.people import Person, Role
from proxy.store.scope import Scope
from tests.proxy.commands.running import call

GOOD = "a long enough password"


def found(config: Path, name: str) -> tuple[Person, str] | None:
    """Return the person and the hash that the database has."""
    return with_database(chosen(config, None), lambda database: database.read(people.find, name))


def test_the_first_line_of_standard_input_is_the_password(config: Path) -> None:
    done = call("password", "--config", str(config), stdin=f"{GOOD}\r\nmore\n")
    assert done.exit_code == 0, done.stderr
    assert done.stderr.startswith(f"{FIRST_NAME} (moderator) can sign in with the new password")
    assert GOOD not in done.output
    kept = found(config, FIRST_NAME)
    assert kept is not None
    assert kept[0] == Person(FIRST_NAME, Role.MODERATOR)
    assert matches(kept[1], GOOD)


def test_a_role_and_a_name_are_kept_and_the_first_link_is_void(config: Path) -> None:
    meant = chosen(config, None)
    with_database(meant, lambda database: database.write(people.remember, FIRST_LINK, "key"))
    assert call("password", "--name", "anna", "--role", "reader", "--config", str(config), stdin=GOOD).exit_code == 0
    kept = found(config, "anna")
    assert kept is not None
    assert kept[0] == Person("anna", Role.READER)
    assert with_database(meant, lambda database: database.read(people.setting, FIRST_LINK)) is None


def test_somebody_may_look_after_some_sites_alone(config: Path) -> None:
    (site,) = chosen(config, None).sites
    given = ("password", "--name", "anna", "--config", str(config))
    done = call(*given, "--site", site.name, stdin=GOOD)
    assert done.exit_code == 0, done.stderr
    assert f"anna (moderator of {site.name} alone) can sign in" in done.stderr
    kept = found(config, "anna")
    assert kept is not None
    assert kept[0] == Person("anna", Role.MODERATOR, Scope(frozenset({site.name})))
    wrong = call(*given, "--site", "nowhere", stdin=GOOD)
    assert (wrong.exit_code, f"--site = 'nowhere' must be one of {site.name}" in wrong.stderr) == (2, True)
    assert found(config, "anna") == kept
    assert call(*given, stdin=GOOD).exit_code == 0
    freed = found(config, "anna")
    assert freed is not None
    assert freed[0] == Person("anna", Role.MODERATOR)


@pytest.mark.parametrize(
    ("name", "password", "status", "sentence"),
    [
        ("anna", "short", 1, "the password must have at least 10 characters"),
        ("anna", "", 1, "the password must have at least 10 characters"),
        ("anna", "aaaaaaaaaaaaa", 1, "the password repeats too few characters"),
        ("an na", GOOD, 2, "a person cannot be called 'an na'"),
        ("pingwarden", GOOD, 2, "a person cannot be called 'pingwarden'"),
    ],
)
def test_what_will_not_do_is_said_and_nothing_is_kept(
    config: Path, name: str, password: str, status: int, sentence: str
) -> None:
    done = call("password", "--name", name, "--config", str(config), stdin=password + "\n")
    assert done.exit_code == status
    assert sentence in done.stderr
    assert found(config, name) is None
