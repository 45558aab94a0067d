"""A small web on invented hosts. Every host lives on loopback; `resolve` says so to the fetcher."""

from collections.abc import Callable
from html import escape

from aiohttp import web

# What stands between the tags of each page; {post} becomes the blog's address.
PAGES: dict[str, tuple[str, str]] = {
    "bread-notes.example/weekend": (
        "My weekend bake",
        """
        <p>On Saturday I finally had a whole day at home, so I mixed the dough before breakfast and let it stand by
        the window. The steps in <a href="{post}/2026/sourdough/">Sourdough without fuss</a> are the ones that worked
        for me: little kneading, a long rest, and a very hot oven at the start. The crumb came out more open than last
        time, and even my father, who distrusts anything without caraway, asked for a second slice.</p>
        <p>Next week I want to try the same with a third of spelt. I will write down the times again.</p>
        """,
    ),
    "miller.example/links": (
        "Things I read this week",
        """
        <p>A short list again, because the harvest does not wait. First, a thoughtful piece about the steel plate:
        <a href="{post}/2026/oven/">it keeps the heat</a>, says the author, and after a month with mine I agree.
        Second, the county has published the results of its grain trials, with yields by field and a long appendix
        about rainfall. Third, my neighbour's daughter has repaired the old sifter and filmed it.</p>
        """,
    ),
    "casino-bonus-4u.example/win": (
        "ONLINE CASINO BONUS free spins",
        """
        <p>Best online casino bonus! Free spins no deposit, slots jackpot, poker, roulette, betting odds. Play now and
        win real money <a href="{post}/2026/rye/">casino</a> best casino online slots bonus code 2026 viagra cialis
        payday loan cheap pills no prescription.</p>
        """,
    ),
    "cheap-pills.example/buy": (
        "Buy cheap viagra online without prescription",
        """
        <p>Cheap viagra, cialis, levitra, no prescription needed, overnight shipping, best price pharmacy.</p>
        <div style="display:none"><a href="{post}/2026/mill/">buy viagra</a></div>
        """,
    ),
    "liar.example/nothing": (
        "An article about gardening",
        "<p>This page talks about gardens and says nothing about bread, and links to nobody at all.</p>",
    ),
}
STATUS = {"refuses.example/page": 403}


def handler(post: Callable[[], str]) -> Callable[[web.BaseRequest], "web.StreamResponse | object"]:
    """Return the handler of the small web; *post* says where the blog is."""

    async def handle(request: web.BaseRequest) -> web.StreamResponse:
        name = request.headers.get("Host", "").partition(":")[0] + request.path
        if name in STATUS:
            return web.Response(status=STATUS[name], text="Go away.")
        page = PAGES.get(name)
        if page is None:
            return web.Response(status=404, text="There is no such page.")
        title, body = page[0], page[1].replace("{post}", post())
        html = f"<!doctype html><html lang=en><head><title>{escape(title)}</title></head><body>{body}</body></html>"
        return web.Response(text=html, content_type="text/html")

    return handle


async def resolve(host: str) -> list[str]:
    """Return where an invented host lives; raises OSError for any other name."""
    if host.endswith(".example"):
        return ["127.0.0.1"]
    raise OSError(f"the demo knows no host {host}")
