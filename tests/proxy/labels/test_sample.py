"""Comments and pings as lines of the model's: what WordPress did to the texts is undone."""

from datetime import UTC, datetime

import pytest

from model.groups import group_of as model_s_group_of
from model.sample import Sample
from proxy.labels.sample import group_of, of_comment, of_ping
from proxy.labels.words import Comment, CommentKind, Seen, Status
from proxy.ping import Evidence, Failure, Kind, Linkback, Ping, Sender, State
from proxy.score import sample_of

AT = datetime(2024, 3, 3, 10, tzinfo=UTC)


def comment(kind: CommentKind, content: str, author: str = "Tom &#038; &#8220;Jerry&#8221;") -> Comment:
    seen = Seen(7, kind, Status.SPAM, AT)
    return Comment(
        seen, 4, "http://blog.example/#comment-7", author, "http://a.example/?x=1&amp;y=2", "192.0.2.9", content
    )


@pytest.mark.parametrize(
    ("kind", "content", "expected"),
    [
        (CommentKind.TRACKBACK, "<strong>A &amp; B</strong>\n\nWords", ("A & B", "Words", "Tom & “Jerry”")),
        (CommentKind.TRACKBACK, "Odd", (None, "Odd", "Tom & “Jerry”")),
        (CommentKind.PINGBACK, "[&#8230;] some words [&#8230;]", ("Tom & “Jerry”", "some words", None)),
        (CommentKind.COMMENT, 'See <a href="http://b.example">this</a>', (None, 'See <a href="http://b.example">this</a>', "Tom & “Jerry”")),
    ],
)  # fmt: skip
def test_the_texts_of_a_comment(kind: CommentKind, content: str, expected: tuple[str | None, ...]) -> None:
    data = of_comment("wordpress:blog:7", comment(kind, content))
    assert (data.get("title"), data.get("excerpt"), data.get("blog_name")) == expected
    assert (data["url"], data["date"]) == ("http://a.example/?x=1&y=2", "2024-03-03T10:00:00Z")
    assert Sample.from_json(data).kind == kind


@pytest.mark.parametrize(
    "linkback",
    [
        Linkback(Kind.PINGBACK, "http://a.example/x", "http://blog.example/"),
        Linkback(Kind.TRACKBACK, "http://a.example/x", "http://blog.example/", "T", "E", "B"),
    ],
)
@pytest.mark.parametrize(
    "evidence", [None, Evidence(status=200, title="Page", excerpt="Words", failure=Failure.TIMEOUT)]
)
def test_a_ping_is_learnt_from_as_it_was_judged(linkback: Linkback, evidence: Evidence | None) -> None:
    ping = Ping("01", "blog", State.DELIVERED, linkback, Sender("192.0.2.1"), "/", AT, evidence=evidence)
    judged = sample_of(linkback, evidence, ping.sender)
    learnt = Sample.from_json(of_ping(ping))
    names = ("url", "kind", "title", "excerpt", "blog_name", "ip", "evidence")
    assert [getattr(learnt, name) for name in names] == [getattr(judged, name) for name in names]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"url": "http://blog.example.co.uk/x"}, "example.co.uk"),
        ({"url": "http://a.example/", "group": "campaign 7"}, "campaign 7"),
        ({"url": ""}, "wordpress:blog:7"),
    ],
)
def test_groups_are_the_model_s(data: dict[str, str], expected: str) -> None:
    assert group_of(data, "wordpress:blog:7") == expected
    if data["url"]:
        assert model_s_group_of(Sample.from_json(data)).endswith(expected)
