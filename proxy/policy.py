"""What a site takes at all, what becomes of its pings to itself, and where its thresholds lie."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, Strict, model_validator

Switch = Literal["on", "off"]
SelfPings = Literal["pass", "approve-if-linked", "hold", "reject"]


def _method(value: str) -> str:
    if not re.fullmatch(r"\S{1,200}", value):
        raise ValueError("must be 1 to 200 characters without a blank")
    return value


def _pattern(value: str) -> str:
    if not value.startswith(("/", "*")):  # it could never fit a path
        raise ValueError('must begin with "/" or "*"')
    return value


Whole = Annotated[int, Strict()]  # neither true nor "1"
Number = Annotated[float, Strict()]
MethodName = Annotated[str, AfterValidator(_method)]
PathPattern = Annotated[str, AfterValidator(_pattern)]
Threshold = Annotated[Number, Field(ge=-1000, le=1000)]


class Policy(BaseModel):
    """The section [policy] of the configuration, or [sites.policy] of one site."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    pingbacks: Switch = "on"
    trackbacks: Switch = "on"
    self_pings: SelfPings = "approve-if-linked"
    closed_paths: tuple[PathPattern, ...] = ()  # posts whose path fits one of these patterns take no linkbacks
    closed_after_days: Whole = Field(default=0, ge=0, le=36_600)  # nor posts older than this; 0: of any age
    refused_methods: tuple[MethodName, ...] = ()  # methods of XML-RPC that are answered as if there were none
    approve_below: Threshold | None = None  # in points; None: as the model's card says
    reject_above: Threshold | None = None

    @model_validator(mode="after")
    def _thresholds_are_in_order(self) -> Self:
        if self.approve_below is not None and self.reject_above is not None and self.approve_below > self.reject_above:
            raise ValueError(f"approve_below = {self.approve_below:g} must not be above reject_above")
        return self

    def inheriting(self, common: "Policy") -> "Policy":
        """Return this policy with what *common* says under every key that is not named here."""
        return common.model_copy(update={name: getattr(self, name) for name in self.model_fields_set})


@dataclass(frozen=True, slots=True)
class SelfPolicy:
    """What somebody set on the admin pages about a site's pings to itself. It wins over the configuration."""

    self_pings: SelfPings
    hosts: tuple[str, ...]  # that count as the site's own, besides those of the configuration
    by: str
    at: datetime
