"""Fronts and the main process at both ends of real lines, in one process."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from proxy.doors import Behind
from proxy.workers.desk import Desk, Sites
from proxy.workers.front import FarDesk, FarGate, FarLogIns, FarTargets
from proxy.workers.line import Line
from tests.stage import Stage


@dataclass(slots=True)
class Far:
    """What a front has behind its doors."""

    line: Line
    desk: FarDesk
    gate: FarGate
    targets: FarTargets
    told: list[object] = field(default_factory=list)


@asynccontextmanager
async def fronts(stage: Stage, behind: Behind, number: int = 2) -> AsyncIterator[list[Far]]:
    """Return what so many fronts have behind their doors, with *behind* at the other ends."""
    sites = Sites()
    sites.follow(stage.proxy.config)
    found: list[Far] = []
    work: list[asyncio.Task[None]] = []
    mains: list[Line] = []
    for _ in range(number):
        pair = socket.socketpair()
        for end in pair:
            end.setblocking(False)
        main, line = await Line.over(pair[0]), await Line.over(pair[1])
        far = Far(line, FarDesk(line), FarGate(line, FarLogIns(line), counts_calls=True), FarTargets(line))
        desk = Desk(
            main, behind, sites.known, lambda message: [one.tell(message) for one in mains] and None, far.told.append
        )
        work += [asyncio.create_task(desk.serve()), asyncio.create_task(_listen(far))]
        found.append(far)
        mains.append(main)
    yield found
    for far in found:
        far.line.close()
    for one in mains:
        one.close()
    await asyncio.gather(*work)


async def _listen(far: Far) -> None:
    async for message in far.line.heard():
        far.gate.log_ins.block(message["blocked"], message["wait_s"])
