"""How quick the admin pages are with a million pings in SQLite. Prints a table; exits 1 when a page is too slow.

    python -m tests.bench.inbox [PINGS] [DATABASE]

A database that is named is kept and used again. Each page is asked for over HTTP, as a signed-in person would.
"""

import asyncio
import json
import math
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

import aiohttp

from proxy.admin import session
from proxy.app import running
from proxy.clock import now, to_us
from proxy.config import from_mapping
from proxy.store import people
from proxy.store.database import open_database
from proxy.store.people import Person, Role
from proxy.store.rows import new_id

TARGET_MS = 100.0
ROUNDS = 60
STATES = ("rejected",) * 78 + ("delivered",) * 18 + ("held",) + ("observed",) * 2 + ("refused",)
WORDS = [
    "bread",
    "oven",
    "steel",
    "plate",
    "sourdough",
    "rye",
    "wheat",
    "garden",
    "harvest",
    "mill",
    "kernel",
    "camera",
    "lens",
    "paint",
    "river",
    "mountain",
    "street",
    "casino",
    "bonus",
    "viagra",
    "loan",
    "cheap",
    "online",
    "buy",
    "free",
    "spins",
    "slots",
    "replica",
    "watch",
    "essay",
    "service",
    "crypto",
    "profit",
    "earn",
    "seo",
    "backlink",
    "winter",
    "summer",
    "letter",
    "notes",
    "reading",
    "week",
    "today",
    "yesterday",
    "honest",
    "thoughtful",
    "recipe",
    "family",
    "city",
    "travel",
    "music",
    "piano",
]
_BATCH = 20_000


def fill(file: Path, count: int) -> None:
    """Write *count* pings of the last 90 days, with events and rules, as the pipeline would leave them."""
    chance = random.Random(7)
    database = sqlite3.connect(file)
    database.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-400000;")
    began = now() - timedelta(days=90)
    step = timedelta(days=90) / count
    for start in range(0, count, _BATCH):
        rows, events, rules = [], [], []
        for number in range(start, min(count, start + _BATCH)):
            at = began + step * number
            ping_id = new_id(at)
            rows.append(_row(chance, number, ping_id, to_us(at)))
            events += [
                (ping_id, to_us(at), "received", "pingwarden", "from x"),
                (ping_id, to_us(at) + 9, "rejected", "pingwarden", "+5.0 points"),
            ]
            rules += [
                (rule, ping_id) for rule in {"model", chance.choice(("no-link", "hidden-link", "thin-page", "known"))}
            ]
            if number % 5000 == 0:
                rules.append(("rare", ping_id))
        marks = ",".join("?" * len(rows[0]))
        database.executemany(f"INSERT INTO pings ({','.join(_COLUMNS)}) VALUES ({marks})", rows)
        database.executemany("INSERT INTO events (ping_id, at, what, by, detail) VALUES (?,?,?,?,?)", events)
        database.executemany("INSERT INTO ping_rules (rule, ping_id) VALUES (?,?)", rules)
        database.commit()
        print(f"\r{start + len(rows):>9,} pings", end="", file=sys.stderr, flush=True)
    database.execute("ANALYZE")
    database.commit()
    database.close()
    print(file=sys.stderr)


_COLUMNS = (
    "id", "site", "kind", "state", "source_url", "target_url", "source_host", "source_domain", "title", "excerpt",
    "blog_name", "remote_ip", "user_agent", "endpoint", "received_at", "decided_at", "decided_by", "spam_probability",
    "points", "findings", "evidence", "answer", "checks", "same_key", "seen_key", "attempts", "outcome_unknown",
)  # fmt: skip


def _row(chance: random.Random, number: int, ping_id: str, at: int) -> tuple[object, ...]:
    host = f"{chance.choice(WORDS)}-{int(chance.paretovariate(0.6)) % 50_000}.example"
    title = " ".join(chance.choices(WORDS, k=5))
    excerpt = " ".join(chance.choices(WORDS, k=30)) + (" needleinhaystack" if number % 100_000 == 77 else "")
    target = f"https://blog.example/{2020 + number % 7}/{chance.choice(WORDS)}-{chance.randrange(60)}/"
    findings = [
        {"rule": "model", "points": 4.2, "text": "the model gives a spam probability of 98%", "demands": None, "fault": None},
        {"rule": "no-link", "points": 0, "text": "the source page does not link to the target", "demands": "reject", "fault": 17},
    ]  # fmt: skip
    evidence = {"status": 200, "title": title, "excerpt": excerpt, "link_found": False, "text_chars": 3000}
    state = chance.choice(STATES)
    return (
        ping_id, "blog", "trackback" if number % 4 else "pingback", state, f"https://{host}/{number}/{chance.choice(WORDS)}", target,
        host, host, title, excerpt, host, f"203.0.{number % 250}.{number % 199}", "WordPress", "/xmlrpc.php", at, at, "pingwarden",
        0.98, 4.2, json.dumps(findings), json.dumps(evidence), "", 1, f"{number:064d}", None, 0, 0,
    )  # fmt: skip


def pages_of(file: Path) -> dict[str, str]:
    """The pages that are timed."""
    database = sqlite3.connect(file)
    (middle,) = database.execute(
        "SELECT id FROM pings ORDER BY id LIMIT 1 OFFSET (SELECT count(*)/2 FROM pings)"
    ).fetchone()
    database.close()
    return {
        "inbox": "/",
        "inbox, all states": "/?state=all",
        "inbox, far back": f"/?state=rejected&before={middle}",
        "inbox, by kind": "/?state=held&kind=pingback",
        "inbox, by rule": "/?state=all&rule=hidden-link",
        "inbox, by rule and state": "/?state=held&rule=rare",
        "search, a word of many": "/?state=all&q=casino",
        "search, two words": "/?state=all&q=sourdough+piano",
        "search, a rare word": "/?state=all&q=needleinhaystack",
        "search, a beginning": "/?state=all&q=need",
        "search, a host": "/?state=all&q=bread-1.example",
        "search, held only": "/?q=casino",
        "search, nothing": "/?state=all&q=zzzzzz",
        "ping page": f"/pings/{middle}",
        "overview": "/overview",
        "rules": "/rules",
    }


async def measure(file: Path) -> list[tuple[str, float, float]]:
    """Ask for each page many times; name, median and p95 in ms."""
    config = from_mapping(
        {
            "listen": "127.0.0.1:0",
            "admin_listen": "127.0.0.1:0",
            "state_dir": str(file.parent),
            "sites": [{"name": "blog", "upstream": "http://127.0.0.1:9", "public_url": "https://blog.example"}],
        }
    )
    async with running(config) as proxy, aiohttp.ClientSession() as http:
        await proxy.database.write(people.keep, Person("admin", Role.MODERATOR), "x", now())
        key = await session.begin(proxy.database, config.admin, "admin")
        base = "http://{}:{}".format(*proxy.admin_address)
        found = []
        for name, path in pages_of(file).items():
            times = [await _time(http, base + path, key) for _ in range(ROUNDS + 1)][1:]
            found.append((name, statistics.median(times), sorted(times)[math.ceil(0.95 * len(times)) - 1]))
        return found


async def _time(http: aiohttp.ClientSession, url: str, key: str) -> float:
    began = time.perf_counter()
    async with http.get(url, headers={"Cookie": f"pingwarden={key}"}, allow_redirects=False) as answer:
        assert answer.status == 200, (answer.status, url)
        await answer.read()
    return (time.perf_counter() - began) * 1000


async def _make(file: Path) -> None:
    database = await open_database(f"sqlite+aiosqlite:///{file}")
    await database.close()


def main() -> int:
    """Fill where needed, measure, print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory(prefix="pingwarden-bench-") as directory:
        file = Path(sys.argv[2] if len(sys.argv) > 2 else directory) / "pingwarden.sqlite3"
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            asyncio.run(_make(file))
            fill(file, count)
        found = asyncio.run(measure(file))
        print(f"{count:,} pings, {file.stat().st_size / 2**20:,.0f} MiB")
    print(f"{'page':<28}{'median ms':>11}{'p95 ms':>9}")
    for name, median, p95 in found:
        print(f"{name:<28}{median:>11.1f}{p95:>9.1f}{'  too slow' if p95 > TARGET_MS else ''}")
    return int(any(p95 > TARGET_MS for _, _, p95 in found))


if __name__ == "__main__":
    sys.exit(main())
