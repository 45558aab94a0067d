"""What a rule would have changed: past pings decided again with it, from what was recorded of them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from proxy.decide import Bands, decide
from proxy.lifecycle import STATE_AFTER
from proxy.ping import MACHINE, Ping, State
from proxy.policy import Policy
from proxy.rules.case import Case, SiteFacts
from proxy.rules.owner import OwnerRule, owner_rules

_SAME_AS = {
    State.DELIVERED: State.APPROVED,
    State.REFUSED: State.APPROVED,
    State.FAILED: State.APPROVED,
}


@dataclass(frozen=True, slots=True)
class Change:
    """A ping that would stand elsewhere."""

    ping_id: str
    before: State
    after: State


def changes(
    rule: OwnerRule, past: Iterable[Ping], sites: Mapping[str, SiteFacts], bands_for: Callable[[Policy], Bands]
) -> list[Change]:
    """Return the pings that *rule* would have sent another way. What a person decided stays as it is."""
    found = []
    for ping in past:
        site = sites.get(ping.site)
        if site is None or ping.verdict is None or ping.decided_by not in {None, MACHINE}:
            continue
        bands = bands_for(site.policy)
        case = Case(ping.linkback, ping.sender, site, ping.received_at, owner_rules=(rule,), evidence=ping.evidence)
        spoke = tuple(owner_rules(case))
        if not spoke:
            continue
        after = STATE_AFTER[decide((*ping.verdict.findings, *spoke), bands, ping.verdict.spam_probability).action]
        before = _SAME_AS.get(ping.state, ping.state)
        if before is State.OBSERVED:
            before = STATE_AFTER[decide(ping.verdict.findings, bands).action]
        if after is not before:
            found.append(Change(ping.id, ping.state, after))
    return found
