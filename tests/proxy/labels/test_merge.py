"""Which word a change of status is: the whole table."""

from datetime import UTC, datetime, timedelta

import pytest

from proxy.labels.merge import Circumstances, said, when, wins
from proxy.labels.words import CommentKind, Said, Seen, Status
from proxy.ping import Label

AT = datetime(2024, 3, 3, 10, tzinfo=UTC)
NOW = AT + timedelta(days=2)
SPAM, HAM, RESTORED, BACK = Said(Label.SPAM, 1), Said(Label.HAM, 1), Said(Label.HAM, 0.5), Said(None, 1)
HOLDS = Circumstances(holds_pings=True)
HOLD, APPROVED, TRASH = Status.HOLD, Status.APPROVED, Status.TRASH


def seen(status: Status, kind: CommentKind = CommentKind.PINGBACK) -> Seen:
    return Seen(1, kind, status, AT)


@pytest.mark.parametrize(
    ("former", "words"),
    [
        #            hold     approved spam  trash
        (None, (None, HAM, SPAM, None)),
        (HOLD, (None, HAM, SPAM, None)),
        (APPROVED, (BACK, None, SPAM, None)),
        (Status.SPAM, (HAM, HAM, None, None)),
        (TRASH, (RESTORED, HAM, SPAM, None)),
    ],
)
def test_every_change_of_a_linkback(former: Status | None, words: tuple[Said | None, ...]) -> None:
    assert tuple(said(former, seen(status), HOLDS) for status in Status) == words


@pytest.mark.parametrize(
    ("kind", "circumstances", "expected"),
    [
        (CommentKind.TRACKBACK, Circumstances(holds_pings=False), Said(Label.HAM, 0.25)),
        (CommentKind.PINGBACK, Circumstances(holds_pings=True, own_source=True), None),
        (CommentKind.COMMENT, Circumstances(holds_pings=True), Said(Label.HAM, 0.1)),
    ],
)
def test_an_approval_that_nobody_was_seen_to_give(
    kind: CommentKind, circumstances: Circumstances, expected: Said | None
) -> None:
    assert said(None, seen(APPROVED, kind), circumstances) == expected


def test_a_comment_is_a_weaker_example() -> None:
    assert said(HOLD, seen(Status.SPAM, CommentKind.COMMENT), HOLDS) == Said(Label.SPAM, 0.25)


@pytest.mark.parametrize(
    ("former", "delivered_at", "expected"),
    [
        (HOLD, None, NOW),  # said since the sync before
        (None, None, AT + timedelta(seconds=1)),  # WordPress cuts to seconds
        (None, AT + timedelta(seconds=5), AT + timedelta(seconds=5)),
        (None, NOW + timedelta(days=1), NOW),  # a clock is wrong
    ],
)
def test_when_a_word_counts_from(former: Status | None, delivered_at: datetime | None, expected: datetime) -> None:
    assert when(former, seen(Status.SPAM), delivered_at, NOW) == expected


def test_the_latest_word_wins_and_the_same_word_twice_is_one() -> None:
    assert wins(NOW, None)
    assert wins(NOW, AT)
    assert not wins(AT, AT)
    assert not wins(AT, NOW)
