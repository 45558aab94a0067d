"""A stand-in for WordPress: four posts, xmlrpc.php and trackbacks; it stores whatever it is sent."""

from dataclasses import dataclass, field
from html import escape

from aiohttp import web

from proxy.wire.php_form import read_form
from proxy.wire.response import fault_response, success_response
from proxy.wire.trackback import error_reply, ok_reply
from proxy.wire.xmlrpc import OtherCall, PingCall, read_call

POSTS = {
    "/2026/sourdough/": ("Sourdough without fuss", 'Flour, water and time. My notes on <a href="/2026/rye/">rye</a>.'),
    "/2026/rye/": ("Rye is different", "Rye wants more water and less kneading."),
    "/2026/oven/": ("A steel plate in the oven", "A steel plate keeps the heat that a stone lets go."),
    "/2026/mill/": ("A small mill", "Fresh flour smells of hay. Ours grinds two kilograms an hour."),
}
_XML = "text/xml; charset=UTF-8"
_FORM_NAMES = frozenset({"url", "title", "excerpt", "blog_name"})


@dataclass(slots=True)
class Blog:
    """The blog's handler, and what it stored as (source, post)."""

    home: str = ""
    stored: list[tuple[str, str]] = field(default_factory=list)

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request as a blog would."""
        if request.method == "POST":
            return await self._post(request)
        post = POSTS.get(request.path)
        if post is None:
            return web.Response(status=404, text="not found")
        title, text = post
        number = list(POSTS).index(request.path) + 1
        headers = {"X-Pingback": f"{self.home}/xmlrpc.php", "Link": f"<{self.home}/?p={number}>; rel=shortlink"}
        page = f"<!doctype html><html lang=en><title>{escape(title)}</title><h1>{escape(title)}</h1><p>{text}</p>"
        return web.Response(text=page, content_type="text/html", headers=headers)

    async def _post(self, request: web.BaseRequest) -> web.Response:
        body = await request.read()
        if request.path == "/xmlrpc.php":
            return web.Response(body=self._call(body), headers={"Content-Type": _XML})
        path = request.path.removesuffix("trackback/")
        form = read_form(request.headers.get("Content-Type", ""), body, _FORM_NAMES)
        url = form.get("url", b"")
        if path not in POSTS or not isinstance(url, bytes):
            return web.Response(body=error_reply("no such post"), headers={"Content-Type": _XML})
        self.stored.append((url.decode(), path))
        return web.Response(body=ok_reply(), headers={"Content-Type": _XML})

    def _call(self, body: bytes) -> bytes:
        match read_call(body, max_members=1):
            case PingCall(source, target):
                self.stored.append((source, target))
                return success_response(f"Pingback from {source} to {target} registered. Keep the web talking! :-)")
            case OtherCall("demo.sayHello"):
                return success_response("Hello!")
        return fault_response(-32601, "server error. requested method does not exist.")
