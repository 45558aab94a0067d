"""All rules together: what crashes holds, and none demands to approve what was not verified."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Never

import pytest

from proxy.decide import Bands, decide
from proxy.ping import Action, Evidence, Failure, Finding
from proxy.rules import CHEAP, FULL, findings
from proxy.rules.case import Case
from proxy.rules.owner import OwnerRule, When

Maker = Callable[..., Case]
ALLOW = (OwnerRule("01", "allow", When(source_host=("bread.example", "blog.example")), "approve"),)
GENEROUS = Bands(50.0, 100.0)


def half(_case: Case) -> Iterator[Finding]:
    """A rule that says something and then breaks."""
    yield Finding("half", 1.0, "said before")
    raise RuntimeError("a stranger's words")


def broken(_case: Case) -> Never:
    """A rule that breaks at once."""
    raise ZeroDivisionError("a stranger's words")


@pytest.mark.parametrize("rule", [half, broken])
def test_a_rule_that_crashes_holds_and_shows_nothing_of_what_it_read(case: Maker, rule: object) -> None:
    found = findings((rule, *FULL), case(owner_rules=ALLOW))  # type: ignore[arg-type]
    (crash,) = (finding for finding in found if finding.rule == "crashed-rule")
    assert crash.demands is Action.HOLD
    assert "a stranger's words" not in crash.text
    assert decide(found, GENEROUS).action is Action.HOLD


def test_an_address_that_cannot_be_read_holds(case: Maker) -> None:
    found = findings(FULL, case(source_url="nonsense"))
    assert {finding.demands for finding in found if finding.rule == "crashed-rule"} == {Action.HOLD}
    assert decide(found, GENEROUS).action is Action.HOLD


def test_an_honest_case_has_nothing_against_it(case: Maker) -> None:
    assert findings(FULL, case()) == ()
    assert findings(CHEAP, case(evidence=None)) == ()


UNVERIFIED = {"nothing known": Evidence(), "no link": Evidence(link_found=False)} | {
    failure.value: Evidence(failure=failure) for failure in Failure
}


@pytest.mark.parametrize("evidence", UNVERIFIED.values(), ids=UNVERIFIED.keys())
@pytest.mark.parametrize("policy", ["pass", "approve-if-linked", "hold", "reject"])
@pytest.mark.parametrize("source", ["https://bread.example/a", "https://blog.example/x", "http://blog.example/x"])
def test_no_allow_rule_and_no_policy_approves_what_was_asked_for_and_not_verified(
    case: Maker, evidence: Evidence, policy: str, source: str
) -> None:
    asked = replace(case(source_url=source, self_pings=policy, owner_rules=ALLOW), evidence=evidence)
    assert decide(findings(FULL, asked), GENEROUS).action in {Action.HOLD, Action.REJECT}


def test_an_allow_rule_approves_what_was_verified(case: Maker) -> None:
    assert decide(findings(FULL, case(owner_rules=ALLOW)), Bands(-9.0, -8.0)).action is Action.APPROVE
