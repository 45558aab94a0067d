"""What hostile texts become on every page."""

from lxml import html

from proxy.clock import now
from proxy.ping import Evidence, Ping
from proxy.store import pings, verdicts
from proxy.store.verdicts import Decision
from tests.proxy.admin.conftest import Browser, received
from tests.stage import Stage

HOSTILE = (
    "<script>alert(1)</script>",
    "<svg onload=alert(1)>",
    '"><img src=x onerror=alert(1)>',
    "javascript:alert(1)",
    "\u202eevil\u202c\u2066x\u2069",
    "\x00\x01\x1b[31m\x7f",
    "W" * 10_000,
    "{{ 7 * 7 }} {n} %s {0.__class__}",
    "broken \ufffd\udc80 utf-8".encode("utf-8", "replace").decode(),
    "</textarea></option></title><b>",
)
PAGES = ("/", "/?state=all", "/rules", "/rules/new", "/rules/import", "/overview", "/model", "/telling")


async def hostile(stage: Stage, number: int, text: str) -> Ping:
    """Store a held ping every field of which is *text*, as far as it can be."""
    ping = await received(stage, f"bread.example/h{number}", title=text, excerpt=text, blog_name=text)
    seen = Evidence(
        fetched_url=text, refresh_url=text, content_type=text, title=text, link_rel=text, link_text=text[:9], excerpt=text,
        language=text[:30], status=200, redirects=1, link_found=True, link_visible=False, wordpress_would_accept=False,
    )  # fmt: skip
    assert ping.verdict
    await stage.proxy.database.write(pings.add_event, ping.id, now(), "labelled", text[:60], text)
    return await stage.proxy.database.write_together(verdicts.decide, Decision(ping.id, ping.verdict, seen, now()))


async def test_hostile_texts_are_inert_on_every_page(admin: Browser, stage: Stage) -> None:
    found = [await hostile(stage, number, text) for number, text in enumerate(HOSTILE)]
    await admin.post(
        "/rules", {"action": "hold", "words": "<script>alert(1)</script>", "name": HOSTILE[2], "note": HOSTILE[4]}
    )
    for path in (*PAGES, *(f"/pings/{ping.id}" for ping in found), "/?q=" + "%3Cscript%3E", "/?rule=%22%3E%3Cb%3E"):
        status, text = await admin.get(path)
        assert status == 200, path
        check_inert(text)


def check_inert(text: str) -> None:
    """No element, attribute or link in a page comes from a stranger, and no unseen character is left."""
    tree = html.document_fromstring(text)
    assert not tree.xpath("//script[not(@src)] | //style | //img | //iframe | //b | //*[@style]")
    for element in tree.iter():
        assert not any(str(name).startswith("on") for name in element.attrib)
    for link in tree.xpath("//a[@href] | //*[@src]"):
        target = link.get("href") or link.get("src")
        assert target.startswith(("/", "#", "http://", "https://")), target
        if not target.startswith(("/", "#")):
            assert link.get("rel") == "nofollow noopener noreferrer"
    assert not set(text) & set("\x00\x01\x1b\x7f\u202e\u202c\u2066\u2069")
