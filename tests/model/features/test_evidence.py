"""What the fetched page showed: what is not known gives no sign."""

from collections.abc import Callable

import pytest

from model.sample import PageEvidence, Sample


@pytest.mark.parametrize(
    ("evidence", "found"),
    [
        (None, set()),
        (PageEvidence(), set()),
        (PageEvidence(link_found=True), {"link=holds"}),
        (PageEvidence(link_found=False), {"link=does not hold"}),
        (PageEvidence(link_visible=True), {"visible=seen"}),
        (PageEvidence(link_visible=False), {"visible=hidden"}),
        (PageEvidence(sender_matches_host=True), {"sender=belongs"}),
        (PageEvidence(sender_matches_host=False), {"sender=does not belong"}),
        (PageEvidence(wordpress_would_accept=True), {"wordpress=would"}),
        (PageEvidence(wordpress_would_accept=False), {"wordpress=would not"}),
        (PageEvidence(status=404, failure="gone"), {"status=4xx", "failure=gone"}),
        (PageEvidence(link_rel="UGC nofollow ugc"), {"rel=nofollow", "rel=ugc"}),
        (PageEvidence(outbound_links=0, text_chars=0, redirects=0), set()),
        (PageEvidence(outbound_links=6), {"outbound≥1", "outbound≥5"}),
        (PageEvidence(text_chars=1000), {"text≥200", "text≥1000"}),
        (
            PageEvidence(outbound_links=4, text_chars=400),
            {"outbound≥1", "density≥3", "density≥10", "text≥200"},
        ),
        (PageEvidence(redirects=1), {"redirects≥1"}),
        (PageEvidence(fetched_url="https://www.a.example/else"), set()),
        (PageEvidence(fetched_url="http://b.example/"), {"moved"}),
    ],
)
def test_not_known_is_not_no(
    evidence: PageEvidence | None, found: set[str], signs_of: Callable[[str, Sample], set[str]]
) -> None:
    """Each thing known gives its sign, and what nobody knows gives none."""
    assert signs_of("evidence", Sample(url="http://a.example/", evidence=evidence)) == found
