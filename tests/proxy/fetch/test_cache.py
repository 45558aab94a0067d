"""The page cache: fresh, then good for a question, then gone; never bigger than it may be."""

from dataclasses import replace

import pytest

from proxy.fetch.answer import Fetched
from proxy.fetch.cache import PageCache, entry_of

PAGE = Fetched("http://a.example/", 200, 0, "text/html", b"x" * 1000, False, "8.8.8.8")


def test_a_page_is_fresh_for_a_minute_and_then_good_for_a_question() -> None:
    """Within the minute nobody is asked."""
    cache = PageCache(10, 10_000, 60.0)
    cache.put("a", entry_of(PAGE, {"ETag": '"1"', "Last-Modified": "Sat, 01 Feb 2025 00:00:00 GMT"}, now=0.0))
    assert cache.fresh("a", 59.9) is not None
    assert cache.fresh("a", 60.0) is None
    entry = cache.stale("a", 5000.0)
    assert entry is not None
    assert entry.validators() == {"If-None-Match": '"1"', "If-Modified-Since": "Sat, 01 Feb 2025 00:00:00 GMT"}


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"ETag": '"1"', "Cache-Control": "no-store"},
        {"ETag": '"1"', "Cache-Control": "private, No-Store , max-age=5"},
        {"ETag": '"' + "x" * 600 + '"'},
        {"ETag": '"\udce9"'},
        {"ETag": "a\tb"},
    ],
)
def test_what_cannot_be_asked_about_or_may_not_be_kept_is_dropped(headers: dict[str, str]) -> None:
    """It is used for its minute, and its memory is free after that."""
    cache = PageCache(10, 10_000, 60.0)
    cache.put("a", entry_of(PAGE, headers, now=0.0))
    assert cache.fresh("a", 1.0) is not None
    assert cache.stale("a", 61.0) is None
    assert len(cache) == cache.size == 0


def test_a_page_behind_redirects_is_not_asked_about_under_its_first_name() -> None:
    """Its validators belong to the URL where the redirects ended."""
    cache = PageCache(10, 10_000, 60.0)
    cache.put("a", entry_of(replace(PAGE, redirects=1), {"ETag": '"1"'}, now=0.0))
    assert cache.fresh("a", 1.0) is not None
    assert cache.stale("a", 1.0) is None
    assert cache.fresh("a", 1.0) is not None
    assert cache.stale("a", 61.0) is None
    assert len(cache) == 0


def test_entries_and_bytes_are_bounded() -> None:
    """The page that nobody used for longest goes first."""
    cache = PageCache(3, 10_000, 60.0)
    for name in "abc":
        cache.put(name, entry_of(PAGE, {}, now=0.0))
    cache.fresh("a", 1.0)
    cache.put("d", entry_of(PAGE, {}, now=0.0))
    assert [name for name in "abcd" if cache.fresh(name, 1.0)] == ["a", "c", "d"]
    cache.put("e", entry_of(replace(PAGE, body=b"x" * 7000), {}, now=0.0))
    assert cache.size <= 10_000
    assert cache.fresh("e", 1.0)
    cache.put("f", entry_of(replace(PAGE, body=b"x" * 10_000), {}, now=0.0))
    assert cache.fresh("f", 1.0) is None
    assert cache.size <= 10_000


def test_putting_a_page_twice_counts_it_once() -> None:
    """The sum of sizes does not drift."""
    cache = PageCache(3, 10_000, 60.0)
    for _ in range(100):
        cache.put("a", entry_of(PAGE, {}, now=0.0))
    assert (len(cache), cache.size) == (1, 2024)


def test_a_clock_that_goes_backwards_makes_nothing_fresh() -> None:
    """A page from the future is not trusted."""
    cache = PageCache(3, 10_000, 60.0)
    cache.put("a", entry_of(PAGE, {}, now=100.0))
    assert cache.fresh("a", 99.0) is None
