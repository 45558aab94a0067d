"""Whether a request came from our own page, and paths that stay on this server: hostile rows."""

import pytest

from proxy.admin.origin import SAFE_METHODS, is_ours, local_path

HOST = {"Host": "admin.example"}
PUBLIC = "https://pings.example"


@pytest.mark.parametrize(
    ("headers", "public_url", "ours"),
    [
        ({"Origin": "https://admin.example"}, "", True),
        ({"Origin": "http://ADMIN.example"}, "", True),
        ({"Origin": "https://admin.example", "Sec-Fetch-Site": "same-origin"}, "", True),
        ({"Origin": "https://pings.example"}, PUBLIC, True),
        ({"Origin": "https://PINGS.example"}, PUBLIC, True),
        # What does not say where it comes from is not ours.
        ({}, "", False),
        ({}, PUBLIC, False),
        ({"Sec-Fetch-Site": "same-origin"}, "", False),
        ({"Origin": ""}, "", False),
        ({"Origin": "null"}, "", False),
        ({"Origin": "null"}, PUBLIC, False),
        # Elsewhere, however like it looks.
        ({"Origin": "https://evil.example"}, "", False),
        ({"Origin": "https://admin.example.evil.example"}, "", False),
        ({"Origin": "https://evil.example/admin.example"}, "", False),
        ({"Origin": "https://admin.example@evil.example"}, "", False),
        ({"Origin": "https://admin.example:8443"}, "", False),
        ({"Origin": "https://pings.example"}, "", False),
        ({"Origin": "http://pings.example"}, PUBLIC, False),
        ({"Origin": "https://pings.example:444"}, PUBLIC, False),
        # Schemes of files, extensions and nothing at all.
        ({"Origin": "file://admin.example"}, "", False),
        ({"Origin": "chrome-extension://admin.example"}, "", False),
        ({"Origin": "//admin.example"}, "", False),
        ({"Origin": "admin.example"}, "", False),
        ({"Origin": "https://["}, "", False),
        # The browser's own word counts, whatever Origin says.
        ({"Origin": "https://admin.example", "Sec-Fetch-Site": "cross-site"}, "", False),
        ({"Origin": "https://admin.example", "Sec-Fetch-Site": "same-site"}, "", False),
        ({"Origin": "https://admin.example", "Sec-Fetch-Site": "none"}, "", False),
        ({"Origin": "https://admin.example", "Sec-Fetch-Site": ""}, "", False),
        ({"Origin": "https://pings.example", "Sec-Fetch-Site": "cross-site"}, PUBLIC, False),
    ],
    ids=str,
)
def test_only_our_own_page_is_ours(headers: dict[str, str], public_url: str, ours: bool) -> None:
    assert is_ours(HOST | headers, public_url) is ours


@pytest.mark.parametrize("origin", ["http://", "https://", "http:///"])
def test_an_origin_without_a_host_does_not_fit_a_request_without_one(origin: str) -> None:
    assert not is_ours({"Origin": origin}, "")
    assert not is_ours({"Origin": origin, "Host": ""}, "")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "get"])
def test_only_looking_is_safe(method: str) -> None:
    assert {"GET", "HEAD"} == SAFE_METHODS
    assert method not in SAFE_METHODS


@pytest.mark.parametrize("path", ["/", "/rules?x=1#y", "/pings/01ABC", "/?q=https://a.example/", "/" + "a" * 1998])
def test_a_path_of_this_server_stays(path: str) -> None:
    assert local_path(path, "/else") == path


@pytest.mark.parametrize(
    "told",
    [
        "",
        "rules",
        "https://evil.example/",
        "//evil.example/",
        "///evil.example/",
        "/\\evil.example/",
        "\\\\evil.example",
        "/a\\..\\b",
        "/\t/evil.example",
        "/\r\nSet-Cookie: x=y",
        "/\x00",
        "/\u202e",
        " /rules",
        "javascript:alert(1)",
        "/" + "a" * 1999,
    ],
    ids=ascii,
)
def test_nobody_is_sent_elsewhere(told: str) -> None:
    assert local_path(told, "/else") == "/else"
