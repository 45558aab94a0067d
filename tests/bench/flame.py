"""Where a process's processor time goes: samples of the main thread's stack, by room and as a flame graph.

A timer of the kernel interrupts the process after every few milliseconds of processor time that it has used, in
whatever thread; what the main thread does at that moment is noted. Work of other threads is counted as such.
"""

import html
import json
import signal
import sys
import threading
from collections import Counter
from pathlib import Path
from types import FrameType

EVERY_S = 0.002
_ROOT = str(Path(__file__).parents[2]) + "/"
_WIDTH, _LINE = 1200.0, 17
Stacks = Counter[tuple[str, ...]]


class Sampler:
    """Notes stacks from `start` to `stop`. Only for the main thread."""

    def __init__(self) -> None:
        self.stacks: Stacks = Counter()
        self._main = threading.main_thread().ident

    def start(self) -> None:
        """Begin."""
        signal.signal(signal.SIGPROF, self._note)
        signal.setitimer(signal.ITIMER_PROF, EVERY_S, EVERY_S)

    def stop(self) -> Stacks:
        """End, and return what was noted."""
        signal.setitimer(signal.ITIMER_PROF, 0)
        return self.stacks

    def _note(self, _number: int, frame: FrameType | None) -> None:
        self.stacks[stack_of(frame)] += 1


def stack_of(frame: FrameType | None) -> tuple[str, ...]:
    """Return the names of a frame and of those that called it, the outermost first."""
    names: list[str] = []
    while frame is not None:
        code = frame.f_code
        file = code.co_filename
        where = file[len(_ROOT) :] if file.startswith(_ROOT) else "/".join(file.rsplit("/", 2)[-2:])
        names.append(f"{where.removesuffix('.py')}:{code.co_name}")
        frame = frame.f_back
    return tuple(reversed(names))


def by_room(stacks: Stacks) -> list[tuple[str, float]]:
    """Return the share of each room of `proxy` and of `model`: of a stack, the innermost of ours counts."""
    rooms: Counter[str] = Counter()
    for stack, count in stacks.items():
        ours = [name for name in stack if name.startswith(("proxy/", "model/"))]
        rooms[_room(ours[-1]) if ours else "the event loop and aiohttp"] += count
    whole = sum(stacks.values()) or 1
    return [(room, count / whole) for room, count in rooms.most_common()]


def _room(name: str) -> str:
    parts = name.partition(":")[0].split("/")
    return "model" if parts[0] == "model" else f"proxy/{parts[1]}"


def dump(stacks: Stacks, file: Path) -> None:
    """Keep stacks in a file."""
    file.write_text(json.dumps([[list(stack), count] for stack, count in stacks.items()]))


def load(file: Path) -> Stacks:
    """Return the stacks of a file."""
    return Counter({tuple(stack): count for stack, count in json.loads(file.read_text())})


def draw(stacks: Stacks, file: Path) -> None:
    """Draw a flame graph: each box is as wide as its share of the time, and stands on who called it."""
    whole = sum(stacks.values()) or 1
    deepest = max((len(stack) for stack in stacks), default=0)
    height = (deepest + 2) * _LINE
    boxes: list[str] = []

    def put(level: list[tuple[tuple[str, ...], int]], depth: int, left: float) -> None:
        groups: dict[str, list[tuple[tuple[str, ...], int]]] = {}
        for stack, count in level:
            if len(stack) > depth:
                groups.setdefault(stack[depth], []).append((stack, count))
        for name, inside in sorted(groups.items()):
            width = sum(count for _, count in inside) / whole * _WIDTH
            if width >= 1:
                boxes.append(_box(name, left, height - (depth + 2) * _LINE, width))
                put(inside, depth + 1, left)
            left += width

    put(list(stacks.items()), 0, 0.0)
    file.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH:.0f} {height}" font-family="monospace" '
        f'font-size="11"><rect width="100%" height="100%" fill="#fff"/>{"".join(boxes)}</svg>\n'
    )


def _box(name: str, left: float, top: float, width: float) -> str:
    ours = name.startswith(("proxy/", "model/"))
    text = html.escape(name)
    fits = html.escape(name[-int(width / 6.7) :]) if width > 30 else ""
    return (
        f'<g><title>{text} {width / _WIDTH:.1%}</title><rect x="{left:.1f}" y="{top:.0f}" width="{width:.1f}" '
        f'height="{_LINE - 1}" fill="{"#e8a33d" if ours else "#c9d6df"}"/>'
        f'<text x="{left + 2:.1f}" y="{top + 12:.0f}">{fits}</text></g>'
    )


if __name__ == "__main__":
    draw(load(Path(sys.argv[1])), Path(sys.argv[2]))
