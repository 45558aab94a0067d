"""One blog, one post, and a reader that asks any page for a link to it."""

from collections.abc import Callable

import pytest

from proxy.page import PageFacts, read_page
from proxy.urls import comparison_key, parse

OUR_HOSTS = frozenset({"blog.example", "www.blog.example"})
TARGET = "https://blog.example/2024/post/"
SOURCE = "https://source.example/a/page.html"

type_of_read = Callable[..., PageFacts]


@pytest.fixture
def read() -> type_of_read:
    """Reads a page that claims to link to the post; of the post also `?p=4` counts."""

    def read(body: str | bytes, content_type: str = "text/html; charset=utf-8", url: str = SOURCE) -> PageFacts:
        spellings = (TARGET, "https://blog.example/?p=4")
        targets = frozenset(comparison_key(parse(spelling), OUR_HOSTS) for spelling in spellings)
        octets = body.encode() if isinstance(body, str) else body
        return read_page(octets, content_type, url, targets, OUR_HOSTS, TARGET)

    return read
