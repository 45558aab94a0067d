"""Which linkbacks the demo sends, and what should become of each."""

from dataclasses import dataclass

from proxy.ping import Kind, State


@dataclass(frozen=True, slots=True)
class Case:
    """One linkback: what it shows, its kind, its source, the post it names, its title, and where it should end."""

    shows: str
    kind: Kind
    source: str
    post: str
    ends: State
    title: str = ""
    excerpt: str = ""
    blog_name: str = ""


_HONEST = "A short list again, because the harvest does not wait. First, a thoughtful piece about the steel plate."

CASES = (
    Case("an honest pingback", Kind.PINGBACK, "bread-notes.example/weekend", "/2026/sourdough/", State.DELIVERED),
    Case(
        "an honest trackback",
        Kind.TRACKBACK,
        "miller.example/links",
        "/2026/oven/",
        State.DELIVERED,
        "Things I read this week",
        _HONEST,
        "Notes of a miller",
    ),
    Case("the site links to itself", Kind.PINGBACK, "/2026/sourdough/", "/2026/rye/", State.DELIVERED),
    Case(
        "spam that does link",
        Kind.TRACKBACK,
        "casino-bonus-4u.example/win",
        "/2026/rye/",
        State.REJECTED,
        "ONLINE CASINO BONUS",
        "Best online casino bonus! Free spins no deposit, slots jackpot, poker, roulette. Play now and win real money.",
        "ONLINE CASINO BONUS",
    ),
    Case("spam with a hidden link", Kind.PINGBACK, "cheap-pills.example/buy", "/2026/mill/", State.REJECTED),
    Case("a page that does not link", Kind.PINGBACK, "liar.example/nothing", "/2026/rye/", State.REJECTED),
    Case("a page that does not exist", Kind.PINGBACK, "liar.example/gone", "/2026/mill/", State.REJECTED),
    Case("a page that refuses us", Kind.PINGBACK, "refuses.example/page", "/2026/oven/", State.HELD),
)
