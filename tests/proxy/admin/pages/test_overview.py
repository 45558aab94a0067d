"""The overview."""

from lxml import html

from tests.proxy.admin.conftest import Browser, received
from tests.stage import Stage


async def test_the_overview_counts_and_draws(admin: Browser, stage: Stage) -> None:
    ping = await received(stage)
    await admin.post("/pings", {"do": f"reject:{ping.id}"})
    await received(stage, "bread.example/other")
    _, text = await admin.get("/overview")
    assert "<svg" in text
    tree = html.document_fromstring(text)
    assert "bread.example" in tree.text_content()
    assert len(tree.xpath("//*[local-name()='svg']//*[local-name()='rect']")) >= 2
