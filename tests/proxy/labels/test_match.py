"""Is this comment that ping: sources and posts as WordPress stores them."""

from datetime import UTC, datetime

import pytest

from proxy.labels.match import Named, Ours, plain, same_post
from proxy.labels.words import Comment, CommentKind, Seen, Status

ALPHA = "http://blog.example/2024/03/03/alpha/"
LONG = "http://a.example/" + "x" * 250


def comment(url: str, post: int = 4, link: str = ALPHA + "#comment-7") -> Comment:
    seen = Seen(7, CommentKind.PINGBACK, Status.SPAM, datetime(2024, 3, 3, tzinfo=UTC))
    return Comment(seen, post, link, "", url, "", "")


@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        ("http://a.example/?a=1&amp;b=2", "http://a.example/?a=1&b=2"),
        ("http://a.example/?a=1&#038;b=2", "http://a.example/?a=1&b=2"),
        ("http://a.example/?a=1&copy=2", "http://a.example/?a=1&copy=2"),  # no entity of ours
        ("http://a.example/x#fragment", "http://a.example/x"),
        ('http://a.exam"ple/{x}', "http://a.example/x"),
    ],
)
def test_a_source_as_it_was_before_it_was_stored(stored: str, expected: str) -> None:
    assert plain(stored) == expected


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        (ALPHA, True),
        ("https://www.blog.example/2024/03/03/%61lpha", True),
        (ALPHA + "trackback/", True),
        ("http://blog.example/?p=4", True),
        ("http://blog.example/?x=1&amp;p=04", True),
        ("http://blog.example/?p=5", False),
        ("http://blog.example/2024/03/02/beta/", False),
        ("http://[broken", False),
    ],
)
def test_a_target_is_the_post_by_number_or_by_address(target: str, expected: bool) -> None:
    assert same_post(comment("http://a.example/"), target) is expected


@pytest.mark.parametrize("link", [ALPHA + "comment-page-2/#comment-7", ALPHA + "?cpage=2#comment-7"])
def test_a_comment_on_a_later_page_is_on_the_same_post(link: str) -> None:
    assert same_post(comment("http://a.example/", link=link), ALPHA)


def test_the_exact_spelling_goes_before_another_of_the_same_page() -> None:
    ours = Ours([Named("slash", "http://a.example/x/", ALPHA), Named("none", "http://a.example/x", ALPHA)])
    assert ours.find(comment("http://a.example/x")) == "none"
    assert ours.find(comment("https://a.example/%78")) == "slash"


def test_a_source_that_wordpress_cut_is_found_by_its_beginning() -> None:
    ours = Ours([Named("long", LONG, ALPHA), Named("short", "http://a.example/x", ALPHA)])
    assert ours.find(comment(LONG[:200])) == "long"
    assert ours.find(comment(LONG[:190])) is None


def test_a_source_that_is_no_url_is_compared_as_it_stands() -> None:
    assert Ours([Named("odd", "//a.example", ALPHA)]).find(comment("//a.example")) == "odd"
