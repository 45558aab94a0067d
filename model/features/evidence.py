"""What the fetched page showed. What is not known gives no sign at all, so it speaks neither for nor against."""

from collections.abc import Iterable
from typing import Final

from model.address import split_address
from model.features import Signs, steps
from model.sample import PageEvidence
from model.view import View

_OUTBOUND: Final = steps("outbound", (1, 5, 15, 40, 100, 300))
_TEXT: Final = steps("text", (200, 1000, 3000, 10000))
_REDIRECTS: Final = steps("redirects", (1, 3))


def _signs(view: View) -> Iterable[str]:
    evidence = view.evidence
    if evidence is None:
        return
    if evidence.status is not None:
        yield f"status={evidence.status // 100}xx"
    if evidence.link_found is not None:
        yield "link=holds" if evidence.link_found else "link=does not hold"
    if evidence.link_visible is not None:
        yield "visible=seen" if evidence.link_visible else "visible=hidden"
    if evidence.sender_matches_host is not None:
        yield "sender=belongs" if evidence.sender_matches_host else "sender=does not belong"
    if evidence.wordpress_would_accept is not None:
        yield "wordpress=would" if evidence.wordpress_would_accept else "wordpress=would not"
    if evidence.failure:
        yield f"failure={evidence.failure}"
    yield from (f"rel={rel}" for rel in sorted(set((evidence.link_rel or "").lower().split())))
    yield from _amounts(evidence)
    if evidence.fetched_url and split_address(evidence.fetched_url).domain != view.address.domain:
        yield "moved"


def _amounts(evidence: PageEvidence) -> Iterable[str]:
    if evidence.outbound_links is not None:
        yield from _OUTBOUND(evidence.outbound_links)
        if evidence.text_chars:
            yield from _DENSITY(1000 * evidence.outbound_links / evidence.text_chars)
    if evidence.text_chars is not None:
        yield from _TEXT(evidence.text_chars)
    if evidence.redirects is not None:
        yield from _REDIRECTS(evidence.redirects)


_DENSITY: Final = steps("density", (3, 10, 30))

FEATURES: Final = (
    Signs(
        "evidence",
        _signs,
        {
            "status": "the page answered {}",
            "link": "the page {} a link to us",
            "visible": "the page's link is {}",
            "sender": "the sender {} to the source's host",
            "wordpress": "WordPress {} take it for a link",
            "failure": "fetching the page failed: {}",
            "rel": "the link is marked “{}”",
            "outbound": "the page links to at least {} places",
            "density": "the page has at least {} outward links per 1,000 characters",
            "text": "the page holds at least {} characters of text",
            "redirects": "the address was forwarded at least {} times",
            "moved": "the address led to another domain",
        },
    ),
)
