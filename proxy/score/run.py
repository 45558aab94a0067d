"""The state of training, as everybody is told it: the pages, the API and the terminal, on whichever node they ask."""

import json
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any, Literal, Self

Promote = Literal["auto", "always", "never"]
"""Whether a newcomer is put in force: if it is not worse, whatever it is, or only by a person."""


class Phase(StrEnum):
    """Where training stands. It waits when there are too few labels to learn from."""

    IDLE = "idle"
    RUNNING = "running"
    DONE = "done"
    WAITING = "waiting"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Run:
    """The run that goes on, else the last one. Times are RFC 3339; `done` is the share (0 to 1) of `what`."""

    phase: Phase = Phase.IDLE
    by: str = ""  # a person, "api", "command line" or "schedule"
    started_at: str | None = None
    ended_at: str | None = None
    what: str = ""  # what is going on, in words
    done: float = 0.0
    model: str | None = None  # the id on the shelf, once there is one
    promoted: bool = False
    sentence: str = ""  # how it ended, in one sentence
    labels: int = 0  # how many it learns from

    @property
    def runs(self) -> bool:
        """True while it goes on."""
        return self.phase is Phase.RUNNING

    def at(self, what: str, done: float) -> Self:
        """Return the run once so much of *what* is done."""
        return replace(self, what=what, done=round(min(max(done, 0.0), 1.0), 3))

    def to_json(self) -> dict[str, Any]:
        """Return it as the API shapes it."""
        return asdict(self)

    @classmethod
    def from_text(cls, text: str | None) -> Self:
        """Return the run that was kept as *text*; what cannot be read is none."""
        try:
            data = json.loads(text or "{}")
            return cls(**(data | {"phase": Phase(data.get("phase", Phase.IDLE))}))
        except (ValueError, TypeError, AttributeError):
            return cls()
