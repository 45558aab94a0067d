"""The invariants of the design, checked on what was sent, what is in the database and what arrived."""

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass

from tests.faults.load import Load
from tests.faults.server import Server
from tests.faults.world import Arrival

APPROVED = frozenset({"approved", "delivered", "refused", "failed"})
SETTLED = frozenset({"delivered", "refused", "failed", "held", "rejected"})


@dataclass(frozen=True, slots=True)
class Balance:
    """What came of a run: each broken invariant is a sentence in `broken`."""

    acknowledged: int
    stored: int
    arrived: int
    lost: int
    doubled: int  # deliveries beyond the one that each kill may cut
    cut: int  # deliveries made again because a kill came between the delivery and the note of it
    others: int
    broken: tuple[str, ...]


def states(server: Server) -> dict[str, str]:
    """Return the state of the newest ping of every source."""
    return {row[0]: row[1] for row in server.rows("SELECT source_url, state FROM pings ORDER BY id")}


def settled(found: dict[str, str]) -> bool:
    """Whether nothing is on its way any more."""
    return set(found.values()) <= SETTLED


def balance(load: Load) -> Balance:
    """Compare what was sent, what is in the database, and what arrived."""
    found = states(load.server)
    lost = [source for source in load.acknowledged if source not in found]
    doubled, cut = _doubled(load.blog.arrivals, load.server.kills)
    broken = [f"{source} was acknowledged and is lost" for source in lost]
    broken += [f"{source} arrived {times} times too often" for source, times in doubled.items()]
    broken += _unjudged(load.blog.arrivals, found)
    broken += _undelivered(load, found)
    broken += [f"another request was harmed: {sentence}" for sentence in load.wrong]
    broken += _damage(load.server)
    return Balance(
        len(load.acknowledged), len(found), len(load.blog.arrivals), len(lost), doubled.total(), cut,
        load.others.total(), tuple(broken),
    )  # fmt: skip


def _unjudged(arrivals: list[Arrival], found: dict[str, str]) -> list[str]:
    sentences = []
    for source in {arrival.source for arrival in arrivals}:
        state = found.get(source, "no state at all")
        dishonest = "/nolink/" in source or "/gone/" in source
        if state not in APPROVED or dishonest:
            sentences.append(f"{source} reached WordPress and is in state {state}")
    return sentences


def _undelivered(load: Load, found: dict[str, str]) -> list[str]:
    wrong = []
    for source, state in found.items():
        if state == "delivered" and load.blog.stored[source] != 1:
            wrong.append(f"{source} is called delivered and is {load.blog.stored[source]} times in WordPress")
        if "/good/" in source and state not in {"delivered", "held"}:
            wrong.append(f"{source} is {state}")
    return wrong


def _doubled(arrivals: list[Arrival], kills: list[float]) -> tuple[Counter[str], int]:
    """Return what arrived again without a reason, and how many arrived again because a kill cut them off.

    Deliveries of a site are made one after the other: a kill cuts the last one before it, and no other.
    """
    times = [arrival.at for arrival in arrivals]
    excused = {bisect_left(times, kill) - 1 for kill in kills}
    before: dict[str, int] = {}
    doubled: Counter[str] = Counter()
    cut = 0
    for place, arrival in enumerate(arrivals):
        last = before.get(arrival.source)
        if last is not None and last in excused:
            cut += 1
        elif last is not None and arrivals[last].answered:
            doubled[arrival.source] += 1
        before[arrival.source] = place
    return doubled, cut


def _damage(server: Server) -> list[str]:
    if server.engine is not None:  # such a server looks after its files itself
        return []
    ((word,),) = server.rows("PRAGMA quick_check")
    return [] if word == "ok" else [f"the database is damaged: {word}"]
