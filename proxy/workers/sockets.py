"""Listening sockets for several processes on one port (SO_REUSEPORT): the kernel spreads connections over them."""

import socket
from typing import Any

_BACKLOG = 1024


def listening(endpoint: str, number: int) -> list[socket.socket]:
    """Return *number* sockets that listen at *endpoint* ("host:port"; port 0 takes a free one). Raises OSError."""
    host, _, port = endpoint.rpartition(":")
    family, _, _, _, address = socket.getaddrinfo(
        host.strip("[]"), int(port), type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    with _bound(family, address, shared=False) as alone:  # or another server there would get a share unasked
        address = alone.getsockname()
    opened: list[socket.socket] = []
    try:
        for _ in range(number):
            opened.append(_bound(family, address, shared=True))
            opened[-1].listen(_BACKLOG)
            opened[-1].setblocking(False)
    except OSError:
        for one in opened:
            one.close()
        raise
    return opened


def _bound(family: int, address: Any, *, shared: bool) -> socket.socket:
    one = socket.socket(family, socket.SOCK_STREAM)
    try:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if shared:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        if family == socket.AF_INET6:
            one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        one.bind(address)
    except OSError as problem:
        one.close()
        raise OSError(problem.errno, f"{problem.strerror} ({address[0]}:{address[1]})") from None
    return one
