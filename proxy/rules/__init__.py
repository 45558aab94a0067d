"""The rules. Each has a name, points and words to show; none knows the thresholds.

    case      what a rule may look at
    owner     the owner's own rules
    site      what the site takes: kinds, closed posts, pings to itself
    evidence  what the source page showed
    content   texts and the past

A new rule is a function from a `Case` to its findings, listed below, and its test. A rule that crashes does not let
anything pass: its crash is a finding that holds the ping.
"""

from collections.abc import Callable, Iterable

from proxy.ping import Action, Finding
from proxy.rules import content, evidence, site
from proxy.rules.case import Case
from proxy.rules.owner import owner_rules

Rule = Callable[[Case], Iterable[Finding]]

# Before anything is fetched.
CHEAP: tuple[Rule, ...] = (site.kind_off, site.post_closed, site.source_is_target, site.self_ping, owner_rules)

# With what the source showed.
FULL: tuple[Rule, ...] = (
    *CHEAP,
    evidence.source_missing,
    evidence.unverifiable,
    evidence.no_link,
    evidence.hidden_link,
    evidence.link_farm,
    evidence.thin_page,
    evidence.just_redirects,
    evidence.sender_address,
    evidence.wordpress_check,
    content.title_is_blog_name,
    content.same_source,
    content.known_host,
)


def findings(rules: Iterable[Rule], case: Case) -> tuple[Finding, ...]:
    """Return what *rules* find. A crashed rule is a finding that demands to hold."""
    found: list[Finding] = []
    for rule in rules:
        try:
            found.extend(rule(case))
        except Exception as problem:  # noqa: BLE001 - promise 6: a crashed rule holds, whatever crashed it
            name = getattr(rule, "__name__", "rule").replace("_", "-")
            text = f"the rule {name} failed ({type(problem).__name__}), so a person has to decide"
            found.append(Finding("crashed-rule", 0, text, Action.HOLD))
    return tuple(found)
