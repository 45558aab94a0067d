"""Real XML-RPC clients work through the proxy as they do without it: Pingwarden is none of their business."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.real.front import Front
from tests.real.httpclient import request, trackback
from tests.real.park import Park
from tests.real.parts import needed_parts, node_modules, program

CLIENTS = Path(__file__).parent / "clients"

Command = Callable[[Front], tuple[list[str], Mapping[str, str]]]


def _python(_: Front) -> tuple[list[str], Mapping[str, str]]:
    return [sys.executable, str(CLIENTS / "python.py")], {}


def _node(_: Front) -> tuple[list[str], Mapping[str, str]]:
    return [program("node"), str(CLIENTS / "node.js")], {"NODE_PATH": str(node_modules())}


def _perl(_: Front) -> tuple[list[str], Mapping[str, str]]:
    return [program("perl"), str(CLIENTS / "perl.pl")], {}


def _php(_: Front) -> tuple[list[str], Mapping[str, str]]:
    return [program("php8.2"), str(CLIENTS / "php.php")], {}


@pytest.fixture(scope="module")
def front(park: Park) -> Iterator[Front]:
    """WordPress behind Pingwarden alone: every call of the clients passes through us."""
    site = park.wordpress("7.1")
    site.configure(flood=False)
    trackback(
        f"{site.address}/2024/03/03/alpha/trackback/", {"url": "http://a.example/", "title": "T", "blog_name": "Ann"}
    )
    front = Front(site)
    yield front
    front.stop()


def run(command: Command, front: Front, name: str) -> dict[str, Any]:
    """What the client reports of its work."""
    with needed_parts():
        arguments, environment = command(front)
    arguments += [front.address, "admin", front.site.application_password, name]
    if name == "php":
        arguments.append(str(front.site.web / "wp-includes" / "IXR"))
    done = subprocess.run(
        arguments, env={"PATH": "/usr/bin:/bin", **environment}, capture_output=True, check=False, text=True
    )
    assert done.returncode == 0, done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    return report


@pytest.mark.parametrize(
    "command", [_python, _node, _perl, _php], ids=lambda command: command.__name__.removeprefix("_")
)
def test_a_client_posts_edits_uploads_and_reads(front: Front, command: Command) -> None:
    """Texts and bytes arrive as they were sent, and come back as they are."""
    name = command.__name__.removeprefix("_")
    report = run(command, front, name)
    assert (report["title"], report["content"]) == (f"Edited by {name}", "Grüße <b>&amp;</b> ]]>")
    assert report["comments"] == ["Ann"]
    assert request("GET", report["url"]).body == bytes(range(256))
