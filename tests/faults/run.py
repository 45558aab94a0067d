"""Faults injected into the real `pingwarden serve` under load, and the promises that hold all the same.

    python -m tests.faults.run                       every kind once
    python -m tests.faults.run --kind kill --rounds 300
    python -m tests.faults.run --rounds 10           the long run

Prints for each kind how often it was injected, what was acknowledged, lost and delivered twice, and how many
promises were broken; exits 1 if one was. Disks of their own need root.
"""

import argparse
import asyncio
import sys
import traceback
from dataclasses import dataclass, field

from tests.faults.kinds import ALL, Fault
from tests.faults.ledger import Balance, balance
from tests.faults.server import NOT_PLAIN
from tests.faults.stage import Stage, can_mount, on_stage
from tests.real.parts import MissingPartError


@dataclass(slots=True)
class Outcome:
    """What came of one kind of fault."""

    fault: Fault
    injected: int = 0
    skipped: str = ""
    balance: Balance | None = None
    broken: list[str] = field(default_factory=list)
    slowest_other_s: float = 0.0


async def outcome_of(fault: Fault, rounds: int, pings_per_s: float = 5.0) -> Outcome:
    """Inject *fault* so many times under load, and balance the books. Raises `MissingPartError`."""
    outcome = Outcome(fault, skipped=_missing(fault))
    if outcome.skipped:
        return outcome
    async with on_stage(disk=fault.disk, engine=fault.engine, **fault.tables) as stage:
        stage.load.pings_per_s = pings_per_s
        await _played(stage, fault, rounds, outcome)
    return outcome


async def _played(stage: Stage, fault: Fault, rounds: int, outcome: Outcome) -> None:
    stage.load.start()
    try:
        for _ in range(rounds):
            stage.load.exempt = fault.harms_others
            stage.log_before = stage.server.log.stat().st_size
            await fault.inject(stage)
            outcome.injected += 1
            if fault.name != "kill -9" or outcome.injected == rounds:
                await stage.recovered()
            stage.load.exempt = fault.harms_others
    except (AssertionError, TimeoutError, OSError) as problem:
        outcome.broken.append(f"{type(problem).__name__}: {problem}")
    await stage.load.stop()
    try:
        if not stage.server.alive:
            await stage.server.start()
        await stage.at_rest()
    except (AssertionError, TimeoutError) as problem:
        outcome.broken.append(str(problem))
    outcome.balance = balance(stage.load)
    outcome.broken += outcome.balance.broken
    if unplain := NOT_PLAIN.search(stage.server.said()):
        place = unplain.start()
        outcome.broken.append(f"the log is not plain: {stage.server.said()[max(0, place - 300) : place + 1500]}")
    outcome.slowest_other_s = max(stage.load.other_times_s, default=0.0)


def _missing(fault: Fault) -> str:
    if fault.disk and not can_mount():
        return "needs root and a loop device"
    return ""


def row(outcome: Outcome) -> str:
    """Return one line of the table."""
    if outcome.skipped or outcome.balance is None:
        return f"{outcome.fault.name:<26} not injected: {outcome.skipped}"
    sums = outcome.balance
    return (
        f"{outcome.fault.name:<26}{outcome.injected:>9}{sums.acknowledged:>14}{sums.lost:>6}{sums.doubled:>8}"
        f"{sums.cut:>5}{sums.others:>8}{outcome.slowest_other_s:>9.2f}{len(outcome.broken):>8}"
    )


HEAD = f"{'fault':<26}{'injected':>9}{'acknowledged':>14}{'lost':>6}{'doubled':>8}{'cut':>5}{'others':>8}{'slowest':>9}{'broken':>8}"


async def run(wanted: str, rounds: int, pings_per_s: float) -> bool:
    """Print the table; return whether every promise held."""
    print(HEAD, flush=True)
    held = True
    for fault in (fault for fault in ALL if wanted in fault.name):
        try:
            outcome = await outcome_of(fault, rounds, pings_per_s)
        except MissingPartError as missing:
            outcome = Outcome(fault, skipped=str(missing))
        except Exception:  # noqa: BLE001 - the table goes on
            print(f"{fault.name:<26} the harness failed:\n{traceback.format_exc()}", flush=True)
            held = False
            continue
        print(row(outcome), flush=True)
        for sentence in outcome.broken[:10]:
            print(f"    {sentence}", flush=True)
        held = held and not outcome.broken
    return held


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kind", default="", help=f"a part of a name: {', '.join(fault.name for fault in ALL)}")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--pings-per-s", type=float, default=5.0)
    given = parser.parse_args()
    sys.exit(0 if asyncio.run(run(given.kind, given.rounds, given.pings_per_s)) else 1)


if __name__ == "__main__":
    main()
