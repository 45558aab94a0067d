"""The limits as they are delivered."""

from proxy.fetch.limits import FetchLimits


def test_what_is_delivered_keeps_the_promise() -> None:
    """At most ten a minute for an address and for a domain, nothing inside, and the usual ports."""
    limits = FetchLimits()
    assert (limits.per_address_per_minute, limits.per_domain_per_minute) == (10, 10)
    assert limits.allow_networks == ()
    assert limits.ports == (80, 443, 8080)
    assert "{public_url}" in limits.user_agent


def test_every_kind_of_charge_has_its_limit() -> None:
    """A host never gets more than its domain, and look-ups have a budget of their own."""
    limits = FetchLimits(per_address_per_minute=1, per_domain_per_minute=2, in_all_per_minute=3)
    assert limits.per_minute() == {"address": 1, "host": 2, "domain": 2, "all": 3, "look-ups": 15}
