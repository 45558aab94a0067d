"""Guessing passwords through xmlrpc.php of a real WordPress, and the printed jail in the hands of the real fail2ban."""

import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from xmlrpc.client import dumps

import pytest

from tests.real.front import Front
from tests.real.httpclient import Answer, request
from tests.real.park import Park
from tests.real.parts import needed_parts, program
from tests.real.process import wait_until

LIMIT = 2
CLIENTS = 50
RIGHT = ("admin", "adminpass")


@pytest.fixture(params=["6.1", "7.1"])
def front(park: Park, request: pytest.FixtureRequest) -> Iterator[Front]:
    """The oldest and the newest WordPress behind Pingwarden; several clients share this machine."""
    front = Front(park.wordpress(request.param), limits={"failed_logins_per_client_per_hour": LIMIT})
    yield front
    front.stop()


def send(front: Front, address: str, body: bytes) -> Answer:
    """Send a call as a web server would hand it over for that client."""
    headers = [("Content-Type", "text/xml"), ("X-Forwarded-For", address), ("Accept-Encoding", "gzip, br")]
    return request("POST", f"{front.address}/xmlrpc.php", headers, body)


def log_in(name: str, password: str) -> bytes:
    """One call that logs in."""
    return dumps((name, password), "wp.getUsersBlogs").encode()


def gun(passwords: list[str]) -> bytes:
    """A multicall that tries all of them."""
    return dumps(
        ([{"methodName": "wp.getUsersBlogs", "params": ["admin", word]} for word in passwords],), "system.multicall"
    ).encode()


def guessed(front: Front, mark: int) -> int:
    """How many wrong passwords WordPress has looked at since then."""
    return sum(1 for seen in front.site.trace(mark) if seen.what == "login_failed")


def logged(front: Front, count: int) -> list[str] | None:
    """The log, once it has so many lines about log-ins."""
    lines = (front.pingwarden.directory / "serve.log").read_text().splitlines()
    return lines if sum("pingwarden.login" in line for line in lines) >= count else None


def test_fifty_clients_with_five_hundred_guesses_in_a_call_get_no_further_than_the_limit(front: Front) -> None:
    guesses = gun([f"guess {number}" for number in range(500)])
    mark = front.site.mark()
    addresses = [f"198.51.100.{number}" for number in range(CLIENTS)]
    with ThreadPoolExecutor(16) as clients:
        assert {answer.status for answer in clients.map(lambda one: send(front, one, guesses), addresses)} == {429}
    assert front.site.trace(mark) == []

    few = [(one, log_in("admin", f"wrong {number}")) for number in range(2 * LIMIT) for one in addresses]
    with ThreadPoolExecutor(16) as clients:
        statuses = [answer.status for answer in clients.map(lambda one: send(front, *one), few)]
    assert statuses.count(200) == LIMIT * CLIENTS
    assert statuses.count(429) == LIMIT * CLIENTS
    assert guessed(front, mark) == LIMIT * CLIENTS

    assert send(front, addresses[0], log_in(*RIGHT)).status == 429
    welcome = send(front, "203.0.113.9", log_in(*RIGHT))
    assert (welcome.status, b"isAdmin" in welcome.body) == (200, True)


def test_wordpress_itself_tries_no_second_password_in_one_multicall(front: Front) -> None:
    """Facts §3; the guard does not rely on it."""
    mark = front.site.mark()
    answer = send(front, "203.0.113.1", gun(["wrong", RIGHT[1]]))
    assert answer.body.count(b"<int>403</int>") == 2
    assert guessed(front, mark) == 1
    answer = send(front, "203.0.113.2", gun([RIGHT[1]] * 30))
    assert answer.body.count(b"isAdmin") == 30


def test_the_printed_filter_finds_what_the_log_says(front: Front, tmp_path: Path) -> None:
    with needed_parts():
        regex = program("fail2ban-regex", "--all")
    for number in range(LIMIT + 2):
        send(front, "203.0.113.77", log_in("admin", f"wrong {number}"))
    send(front, "2001:db8::77", log_in("admin", "wrong"))
    lines = wait_until(lambda: logged(front, LIMIT + 3), "a line for each failure and each refusal")
    lines += ["INFO pingwarden.ping source=http://x/pingwarden.login failed log-in ip=192.0.2.66 site=a"]
    log = tmp_path / "syslog"
    log.write_text("".join(f"Nov 21 15:00:00 blog env[42]: {line}\n" for line in lines))
    printed = front.pingwarden.command("print-config", "fail2ban")
    filters = Path("/etc/fail2ban/filter.d/common.conf").read_text()
    (tmp_path / "common.conf").write_text(filters)
    (tmp_path / "pingwarden.conf").write_text(printed.partition("filter.d/pingwarden.conf")[2].partition("# ===")[0])
    found = subprocess.run(
        [regex, "--out", "ip", str(log), str(tmp_path / "pingwarden.conf")], capture_output=True, text=True, check=True
    )
    assert sorted(found.stdout.split()) == ["2001:db8::77"] + ["203.0.113.77"] * (LIMIT + 2)
    jail = printed.partition("jail.d/pingwarden.conf")[2]
    assert f"maxretry = {LIMIT}" in jail
    assert "filter = pingwarden" in jail
