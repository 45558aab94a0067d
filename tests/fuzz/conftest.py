"""The real PHP, for readers to be compared with; absent, its tests skip (or fail, with PINGWARDEN_REAL=require)."""

import base64
import json
import os
import shutil
import socket
import struct
import subprocess
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent


def _missing(sentence: str) -> None:
    if os.environ.get("PINGWARDEN_REAL") == "require":
        pytest.fail(sentence)
    pytest.skip(sentence)


class FormOracle:
    """PHP's own web server, asked what it makes of a form."""

    def __init__(self, port: int) -> None:
        self._port = port

    def ask(self, content_type: str, body: bytes, query: str = "") -> tuple[dict[str, Any], dict[str, Any]]:
        """Return $_POST and $_GET: names to bytes, or to None for an array."""
        connection = HTTPConnection("127.0.0.1", self._port, timeout=10)
        try:
            connection.putrequest("POST", f"/?{query}", skip_accept_encoding=True)
            connection.putheader("Content-Type", content_type.encode("utf-8", "surrogateescape"))
            connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            told = json.loads(connection.getresponse().read())
        finally:
            connection.close()
        post, get = ({_text(name): _bytes(value) for name, value in part.items()} for part in told)
        return post, get


def _text(encoded: str) -> str:
    return base64.b64decode(encoded).decode("latin-1")


def _bytes(encoded: str | None) -> bytes | None:
    return None if encoded is None else base64.b64decode(encoded)


@pytest.fixture(scope="session")
def php() -> str:
    """The command line's PHP."""
    found = shutil.which("php")
    if found is None:
        _missing("PHP is not installed: it cannot be compared with our readers.")
    return str(found)


@pytest.fixture(scope="session")
def php_command(php: str) -> Callable[[str], list[str]]:
    """Return the command that runs a script of this directory."""
    return lambda script: [php, "-d", "memory_limit=-1", str(HERE / script)]


@pytest.fixture(scope="session")
def ixr_classes() -> Path:
    """The directory of WordPress's XML-RPC classes, in the tree that PINGWARDEN_WORDPRESS names."""
    classes = Path(os.environ.get("PINGWARDEN_WORDPRESS", "/usr/share/wordpress")) / "wp-includes" / "IXR"
    if not (classes / "class-IXR-message.php").is_file():
        _missing("WordPress is not installed: its XML-RPC classes cannot be compared with our reader.")
    return classes


@pytest.fixture(scope="session")
def php_forms(php: str) -> Iterator[FormOracle]:
    """PHP's web server on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = ["max_input_vars=100000", "post_max_size=64M", "max_multipart_body_parts=100000", "display_errors=0"]
    options = [word for setting in settings for word in ("-d", setting)]
    command = [php, "-n", *options, "-S", f"127.0.0.1:{port}", str(HERE / "form_oracle.php")]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        _wait_for(port)
        yield FormOracle(port)
        process.terminate()


def _wait_for(port: int) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    pytest.fail("PHP's web server did not start.")


class IxrOracle:
    """WordPress's own XML-RPC classes in one PHP process."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self._process = process

    def ask(self, body: bytes) -> dict[str, Any]:
        """Return what WordPress reads in *body* and which pings it would run."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(struct.pack(">I", len(body)) + body)
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer


@pytest.fixture(scope="session")
def wordpress_ixr(php_command: Callable[[str], list[str]], ixr_classes: Path) -> Iterator[IxrOracle]:
    """WordPress's message and server classes, waiting for bodies."""
    command = [*php_command("ixr_oracle.php"), str(ixr_classes)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        yield IxrOracle(process)
        assert process.stdin is not None
        process.stdin.close()
