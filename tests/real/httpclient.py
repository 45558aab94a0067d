"""A plain HTTP client that sends exactly what it is told: any target, any headers, any body, and no more."""

import http.client
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit
from xmlrpc.client import dumps, loads

Headers = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Answer:
    """An answer as it came."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str | None:
        """The value of the last header of that name."""
        found = [value for key, value in self.headers if key.lower() == name.lower()]
        return found[-1] if found else None

    @property
    def text(self) -> str:
        """The body, read as UTF-8."""
        return self.body.decode(errors="replace")

    def json(self) -> Any:
        """The body, read as JSON."""
        return json.loads(self.body)


class Connection:
    """A connection that is kept open as long as the other side likes, and opened again when needed."""

    def __init__(self, address: str, *, timeout: float = 60, source: str = "") -> None:
        """`address`: scheme, host and port; what follows is not looked at. `source`: the client's own address."""
        parts = urlsplit(address)
        assert parts.hostname
        self._host = parts.netloc
        self._client = http.client.HTTPConnection(parts.hostname, parts.port or 80, timeout, (source, 0))

    def send(self, method: str, target: str, headers: Headers = (), body: bytes | None = None) -> Answer:
        """Send one request; Host and Content-Length are added where `headers` has none."""
        given = {name.lower() for name, _ in headers}
        self._client.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
        if "host" not in given:
            self._client.putheader("Host", self._host)
        for name, value in headers:
            self._client.putheader(name, value.encode())
        if body is not None and not given & {"content-length", "transfer-encoding"}:
            self._client.putheader("Content-Length", str(len(body)))
        self._client.endheaders(body)
        with self._client.getresponse() as response:
            return Answer(response.status, tuple(response.getheaders()), response.read())

    def close(self) -> None:
        """Close it."""
        self._client.close()


def request(method: str, url: str, headers: Headers = (), body: bytes | None = None, *, timeout: float = 60) -> Answer:
    """One request on a connection of its own."""
    connection = Connection(url, timeout=timeout)
    try:
        parts = urlsplit(url)
        target = (parts.path or "/") + ("?" + parts.query if parts.query else "")
        return connection.send(method, target, headers, body)
    finally:
        connection.close()


def call(endpoint: str, method: str, *parameters: Any, headers: Headers = ()) -> Any:
    """Call a method over XML-RPC; a fault is raised as xmlrpc.client.Fault."""
    body = dumps(parameters, method, encoding="utf-8").encode()
    answer = request("POST", endpoint, [("Content-Type", "text/xml"), *headers], body)
    (result,), _ = loads(answer.body)
    return result


def trackback(endpoint: str, fields: Mapping[str, str], headers: Headers = ()) -> Answer:
    """Send a trackback as blogs do."""
    form = ("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
    return request("POST", endpoint, [form, *headers], urlencode(fields).encode())
