"""A small web of pages on the loopback: the sources that claim to link."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

ELSEWHERE = "127.0.0.5"


@dataclass(frozen=True)
class Page:
    """What is answered to a GET."""

    body: bytes
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=lambda: {"Content-Type": "text/html; charset=utf-8"})


@dataclass(frozen=True)
class Visit:
    """A request that came in."""

    method: str
    target: str
    headers: Mapping[str, str]


class Web:
    """A running server on one of the loopback's addresses; by default one that no site under test has."""

    def __init__(self, host: str = ELSEWHERE) -> None:
        """Start it, without a page."""
        self.visits: list[Visit] = []
        self._pages: dict[str, Page] = {}
        self._server = ThreadingHTTPServer((host, 0), self._handler())
        self.address = f"http://{host}:{self._server.server_port}"
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()

    def put(self, target: str, body: str | Page) -> str:
        """Make `target` answer that, and return its address."""
        self._pages[target] = body if isinstance(body, Page) else Page(body.encode())
        return self.address + target

    def link(self, target: str, to: str, *, title: str = "A page that links") -> str:
        """An honest page at `target` with a visible link, and words of its own around it."""
        return self.put(
            target,
            f"<!DOCTYPE html><html lang='en'><head><title>{title}</title></head><body><h1>{title}</h1>"
            f"<p>I have been reading about gardens in winter, and {_words(target)} came to mind. "
            f"The clearest account that I know is <a href='{to}'>this careful post</a>, which explains "
            f"what to do with the roses before the first frost and why.</p></body></html>",
        )

    def stop(self) -> None:
        """End it."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        web = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                web.visits.append(Visit(self.command, self.path, dict(self.headers.items())))
                page = web._pages.get(self.path, Page(b"no such page", 404))
                self.send_response(page.status)
                for name, value in page.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(page.body)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(page.body)

            def do_HEAD(self) -> None:
                self.do_GET()

            def log_message(self, *_: object) -> None:
                pass

        return Handler


def _words(target: str) -> str:
    return " ".join(word for word in target.replace("/", " ").replace("-", " ").split()) or "home"
