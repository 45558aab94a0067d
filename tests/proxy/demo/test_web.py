"""The demo's small web: which page says what, and who lives where."""

import aiohttp
import pytest

from proxy.demo.web import PAGES, STATUS, handler, resolve
from tests.stage import serving

POST = "http://blog.example:8700"


@pytest.mark.parametrize(
    ("name", "status"),
    [*((name, 200) for name in PAGES), *STATUS.items(), ("liar.example/gone", 404), ("nobody.example/", 404)],
)
async def test_a_page_is_found_by_its_host_and_path(name: str, status: int) -> None:
    host, _, path = name.partition("/")
    async with serving(handler(lambda: POST)) as port, aiohttp.ClientSession() as http:  # type: ignore[arg-type]
        for given in (host, f"{host}:{port}"):
            async with http.get(f"http://127.0.0.1:{port}/{path}", headers={"Host": given}) as answer:
                assert answer.status == status
                text = await answer.text()
    if status == 200:
        assert f"<title>{PAGES[name][0]}</title>" in text
        assert "{post}" not in text
        assert (f'href="{POST}/2026/' in text) is not name.startswith("liar")


async def test_every_invented_host_lives_on_loopback_and_no_other_does() -> None:
    assert await resolve("anything.example") == ["127.0.0.1"]
    for host in ("example.org", "example", "blog.example.org"):
        with pytest.raises(OSError, match=host):
            await resolve(host)
