"""Several sockets on one port, and nobody else on it."""

import socket

import pytest

from proxy.workers.sockets import listening


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]"])
def test_all_of_them_listen_on_one_free_port(host: str) -> None:
    opened = listening(f"{host}:0", 3)
    try:
        [address] = {one.getsockname()[:2] for one in opened}
        assert address[0] == host.strip("[]")
        assert address[1] > 0
        for _ in range(20):
            socket.create_connection(address).close()
    finally:
        for one in opened:
            one.close()


def test_a_port_that_another_server_shares_is_taken_all_the_same() -> None:
    first = listening("127.0.0.1:0", 1)
    host, port = first[0].getsockname()
    with pytest.raises(
        OSError, match=rf"address already in use \({host}:{port}\)|Address already in use \({host}:{port}\)"
    ):
        listening(f"{host}:{port}", 2)
    first[0].close()
    for one in listening(f"{host}:{port}", 2):
        one.close()


def test_what_waits_at_a_socket_waits_there_for_the_next_who_accepts() -> None:
    [ours] = listening("127.0.0.1:0", 1)
    dead = socket.socket(fileno=socket.dup(ours.fileno()))
    with socket.create_connection(ours.getsockname()):
        dead.close()
        ours.setblocking(True)
        ours.accept()[0].close()
    ours.close()
