"""Passwords, and the command that sets them."""

import asyncio
from pathlib import Path

import pytest
from click.testing import CliRunner

from proxy.admin.password import WeakPassword, check, hashed, matches
from proxy.commands.password import password
from proxy.store import people
from proxy.store.database import open_database
from proxy.store.people import BadName, Person, Role, good_name


def test_only_the_right_password_matches() -> None:
    kept = hashed("correct horse battery")
    assert matches(kept, "correct horse battery")
    assert not matches(kept, "correct horse batterz")
    assert not matches(None, "nobody has this password")
    assert not matches("no hash at all", "x")


@pytest.mark.parametrize("given", ["", "short", "aaaaaaaaaaaaaaaa", "x" * 2000])
def test_weak_passwords_are_refused(given: str) -> None:
    with pytest.raises(WeakPassword):
        check(given)


@pytest.mark.parametrize("name", ["", "pingwarden", "WordPress", "api", "a b", "<b>", "x" * 65, "a\nb"])
def test_names_that_no_person_can_have(name: str) -> None:
    with pytest.raises(BadName):
        good_name(name)


def test_the_command_keeps_a_person_who_can_sign_in(tmp_path: Path) -> None:
    arguments = ["--state-dir", str(tmp_path), "--name", "rita", "--role", "reader"]
    done = CliRunner().invoke(password, arguments, input="correct horse battery\n")
    assert done.exit_code == 0, done.output

    async def kept() -> tuple[Person, str] | None:
        database = await open_database(f"sqlite+aiosqlite:///{tmp_path}/pingwarden.sqlite3")
        found = await database.read(people.find, "rita")
        await database.close()
        return found

    found = asyncio.run(kept())
    assert found is not None
    assert found[0] == Person("rita", Role.READER)
    assert matches(found[1], "correct horse battery")


def test_the_command_refuses_a_weak_password(tmp_path: Path) -> None:
    done = CliRunner().invoke(password, ["--state-dir", str(tmp_path)], input="short\n")
    assert isinstance(done.exception, WeakPassword)
