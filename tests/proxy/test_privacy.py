"""How addresses are kept, how long what is kept, and that nothing else notices."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, text

from proxy.clock import now, to_us
from proxy.config import Privacy
from proxy.ping import Kind, Linkback, Ping, Sender, State
from proxy.privacy import KEY_FILE, Addresses, about_address, due, read_key, sweep
from proxy.store import arrivals, pings
from proxy.store import privacy as rows
from proxy.store.arrivals import Arrival
from proxy.store.database import Database
from proxy.store.privacy import Change, Seen
from tests.databases import fresh
from tests.stage import LINKS, NO_LINK, Stage, on_stage

KEY = b"k" * 32
AT = datetime(2026, 6, 1, tzinfo=UTC)
IPV4, IPV6 = "203.0.113.77", "2001:db8:12:34::5"


@pytest.mark.parametrize(
    ("mode", "address", "shown"),
    [
        ("full", IPV4, IPV4),
        ("full", "unix:", "unix:"),
        ("shortened", IPV4, "203.0.113.0"),
        ("shortened", "::ffff:203.0.113.77", "203.0.113.0"),
        ("shortened", IPV6, "2001:db8:12::"),
        ("shortened", "unix:", "unix:"),
        ("hashed", "unix:", "unix:"),
    ],
)
def test_what_is_kept_for_good(mode: str, address: str, shown: str) -> None:
    assert Addresses(mode, KEY).shown(address) == shown
    assert Addresses(mode, KEY).shown(shown) == shown


def test_a_hash_is_the_same_for_the_same_address_and_key_alone() -> None:
    hashed = Addresses("hashed", KEY)
    assert hashed.shown(IPV4) == hashed.shown("::ffff:203.0.113.77")
    assert len({hashed.shown(IPV4), hashed.shown("203.0.113.78"), Addresses("hashed", b"x" * 32).shown(IPV4)}) == 3
    assert IPV4 not in hashed.shown(IPV4)


@pytest.mark.parametrize("mode", ["shortened", "hashed"])
@pytest.mark.parametrize("address", [IPV4, IPV6, "::1", "255.255.255.255"])
def test_while_a_ping_is_on_its_way_the_full_address_is_sealed(mode: str, address: str) -> None:
    addresses = Addresses(mode, KEY)
    kept = addresses.kept(Sender(address, "A blog"))
    assert address not in f"{kept.remote_ip}~{kept.sealed}"
    assert addresses.opened(kept) == Sender(address, "A blog")
    assert addresses.kept(Sender(address)).sealed != kept.sealed
    assert Addresses(mode, b"x" * 32).opened(kept).remote_ip != address
    assert len(f"{kept.remote_ip}~{kept.sealed}") <= 64  # the column


def test_in_full_nothing_is_sealed() -> None:
    sender = Sender(IPV4, "A blog")
    assert Addresses("full").kept(sender) is sender
    assert Addresses("full").opened(sender) is sender


def test_the_key_is_made_once_and_for_our_eyes_only(tmp_path: Path) -> None:
    key = read_key(tmp_path)
    assert (len(key), read_key(tmp_path)) == (32, key)
    assert (tmp_path / KEY_FILE).stat().st_mode & 0o777 == 0o600


def seen(state: State, days: float, address: str = IPV4) -> Seen:
    """A ping of that age."""
    return Seen("1", state, to_us(AT - timedelta(days=days)), address)


HASHED = Addresses("hashed", KEY)
FULL = Addresses("full")
HASH = HASHED.shown(IPV4)
CASES: list[tuple[str, Seen, dict[str, Any], Addresses, Change | None]] = [
    ("nothing is asked for", seen(State.REJECTED, 9999), {}, FULL, None),
    ("an address is old", seen(State.DELIVERED, 31), {"keep_addresses_days": 30}, FULL, Change("1", address="")),
    ("an address is not old yet", seen(State.DELIVERED, 29), {"keep_addresses_days": 30}, FULL, None),
    ("an address is gone already", seen(State.DELIVERED, 31, ""), {"keep_addresses_days": 30}, FULL, None),
    ("extracts are old", seen(State.REFUSED, 8), {"keep_extracts_days": 7}, FULL, Change("1", drop_extracts=True)),
    ("a rejected one is old", seen(State.REJECTED, 8), {"keep_rejected_days": 7}, FULL, Change("1", remove=True)),
    ("another one is as old", seen(State.DELIVERED, 8), {"keep_rejected_days": 7}, FULL, None),
    ("any is old", seen(State.OBSERVED, 8), {"keep_pings_days": 7}, FULL, Change("1", remove=True)),
    ("a held one is old", seen(State.HELD, 999), {"keep_pings_days": 7, "keep_addresses_days": 1}, HASHED, None),
    ("an approved one is old", seen(State.APPROVED, 999), {"keep_pings_days": 7}, FULL, None),
    ("it is decided, the seal goes", seen(State.REJECTED, 0, f"{HASH}~x"), {}, HASHED, Change("1", address=HASH)),
    ("it was kept in full before", seen(State.FAILED, 0), {}, HASHED, Change("1", address=HASH)),
    ("it is hashed already", seen(State.FAILED, 0, HASH), {}, HASHED, None),
]


@pytest.mark.parametrize(
    ("ping", "settings", "addresses", "change"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_what_becomes_of_a_ping(
    ping: Seen, settings: dict[str, Any], addresses: Addresses, change: Change | None
) -> None:
    assert due(ping, Privacy(**settings), addresses, AT) == change


async def dump(database: Database) -> str:
    """Everything in the database, as text."""

    def work(connection: Any) -> str:
        tables = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars().all()
        plain = [name for name in tables if "fts" not in name and not name.startswith("sqlite_")]
        return "\n".join(str(row) for name in plain for row in connection.execute(text(f'SELECT * FROM "{name}"')))

    return await database.read(work)


async def send(stage: Stage, page: str, kind: str = "trackback") -> None:
    """Send a linkback from the address that is to be kept less of."""
    headers = {"X-Forwarded-For": IPV4, "Content-Type": "application/x-www-form-urlencoded"}
    source = stage.web.url(f"bread.example/{page}")
    body = f"url={source}&title=T&excerpt=E&blog_name=B".encode()
    await stage.post("/2026/alpha/trackback/", body, headers)


@pytest.mark.parametrize(("mode", "shown"), [("hashed", "h:"), ("shortened", "203.0.113.0")])
async def test_the_database_never_holds_the_address_and_everything_goes_on_working(
    tmp_path: Path, mode: str, shown: str
) -> None:
    async with on_stage(tmp_path, privacy={"addresses": mode}) as stage:
        rule = {"name": "one address", "when": {"remote_network": [f"{IPV4}/32"]}, "action": "hold"}
        stage.web.pages |= {"bread.example/a": LINKS, "bread.example/b": NO_LINK, "bread.example/c": LINKS}
        await send(stage, "a")
        await stage.settled(State.DELIVERED)
        assert stage.wordpress.pings[0].headers["X-Forwarded-For"] == IPV4
        headers = {"Authorization": "Bearer secret"}
        async with stage.http.post(stage.admin + "/api/v1/rules", json=rule, headers=headers) as answer:
            assert answer.status == 200
        await send(stage, "c")
        *_, held = await stage.settled(State.DELIVERED, State.HELD)  # the rule saw the address
        assert held.sender.remote_ip.startswith(shown)
        async with stage.http.delete(
            f"{stage.admin}/api/v1/rules/{held.verdict.findings[0].rule[6:]}", headers=headers
        ):
            pass
        await stage.proxy.pipeline.release(held.id, "anna", None)
        await stage.settled(State.DELIVERED, State.DELIVERED)
        assert stage.wordpress.pings[1].headers["X-Forwarded-For"] == IPV4
        everything = (await dump(stage.proxy.database)).replace(f"{IPV4}/32", "")
        assert IPV4 not in everything
        assert "~" in everything
        await sweep(stage.proxy.database, stage.proxy.config.privacy, stage.proxy.pipeline.addresses, now())
        assert {ping.sender.sealed for ping in await stage.all_pings()} == {""}
        assert IPV4 not in (await dump(stage.proxy.database)).replace(f"{IPV4}/32", "")


async def test_one_client_stays_one_client(tmp_path: Path) -> None:
    limits = {"linkbacks_per_client_per_minute": 1}
    async with on_stage(tmp_path, privacy={"addresses": "shortened"}, limits=limits) as stage:
        statuses = []
        for address in (IPV4, IPV4, "203.0.113.78"):
            headers = {"X-Forwarded-For": address, "Content-Type": "application/x-www-form-urlencoded"}
            body = f"url=http://a.example/{address}&title=T".encode()
            statuses.append((await stage.post("/2026/alpha/trackback/", body, headers))[0])
        assert statuses == [200, 429, 200]


async def test_a_sweep_removes_what_is_old_and_lets_writers_through(tmp_path: Path) -> None:
    async with on_stage(tmp_path) as stage:
        stage.web.pages |= {"bread.example/a": LINKS, "bread.example/b": NO_LINK}
        for page in ("a", "b"):
            await send(stage, page)
        await stage.settled(State.DELIVERED, State.REJECTED)
        settings = Privacy(keep_addresses_days=10, keep_extracts_days=20, keep_rejected_days=30, keep_pings_days=40)
        database, later = stage.proxy.database, now()
        for days, count, addresses, extracts in ((11, 2, 0, 1), (21, 2, 0, 0), (31, 1, 0, 0), (41, 0, 0, 0)):
            sweeping = asyncio.create_task(sweep(database, settings, FULL, later + timedelta(days=days)))
            await database.ready()
            await sweeping
            kept = await stage.all_pings()
            assert len(kept) == count
            assert sum(ping.sender.remote_ip != "" for ping in kept) == addresses
            assert sum(bool(ping.evidence and ping.evidence.excerpt) for ping in kept) == extracts
            assert not any(IPV4 in event.detail for ping in kept for event in ping.events)


async def test_a_sweep_leaves_what_a_person_approved_after_it_looked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with fresh(tmp_path) as database:
        linkback = Linkback(Kind.TRACKBACK, "http://a.example/x", "http://blog.example/alpha/")
        ping = await database.write_together(arrivals.receive, Arrival("blog", linkback, Sender(IPV4), "/x", now()))
        assert isinstance(ping, Ping)
        await database.write(pings.move, ping.id, State.REJECTED, "machine", now())
        apply = rows.apply

        def late(connection: Connection, changes: list[rows.Change]) -> int:
            pings.move(connection, ping.id, State.APPROVED, "ann", now())
            return apply(connection, changes)

        monkeypatch.setattr(rows, "apply", late)
        assert await sweep(database, Privacy(keep_rejected_days=1), FULL, now() + timedelta(days=2)) == 0
        assert (await database.read(pings.get, ping.id)).state is State.APPROVED


def test_a_question_about_an_address_knows_all_its_forms() -> None:
    assert about_address(Addresses("full"), IPV4).addresses == {IPV4}
    assert about_address(HASHED, "::ffff:203.0.113.77").addresses == {"::ffff:203.0.113.77", IPV4, HASH}
    assert "203.0.113.0" in about_address(Addresses("shortened", KEY), IPV4).addresses
