"""What a site takes at all, and what becomes of its pings to itself."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Switch = Literal["on", "off"]
PathPattern = Annotated[str, Field(pattern=r"^[/*]")]  # any other could never fit a path


class Policy(BaseModel):
    """The section [policy] of the configuration."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    pingbacks: Switch = "on"
    trackbacks: Switch = "on"
    self_pings: Literal["pass", "approve-if-linked", "hold", "reject"] = "approve-if-linked"
    closed_paths: tuple[PathPattern, ...] = ()  # posts whose path fits one of these patterns take no linkbacks
    closed_after_days: int = Field(default=0, ge=0, le=36_600)  # nor posts older than this; 0: of any age
