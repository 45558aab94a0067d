"""Whatever goes over a line arrives as it was."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from proxy.errors import FaultCode
from proxy.identify import ByNumber, ByPath, ByQuery, PathOrNumber
from proxy.limits import Ticket
from proxy.ping import Kind, Linkback, Sender
from proxy.reply import XML, Passed, Refused, Registered, Reply
from proxy.target import Post
from proxy.upstream import Unanswered
from proxy.wire.logins import LogIns
from proxy.workers import values

LINKBACK = Linkback(Kind.TRACKBACK, "http://a.example/", "http://b.example/", "Títle", "ex\ncerpt", "\ufffd")
TRIED = LogIns(frozenset({b"a" * 16, b"\xff" * 16}), frozenset({b"a" * 16}))
Codec = tuple[Callable[[Any], Any], Callable[[Any], Any]]
TOLD: Codec = (values.from_told, lambda fields: values.to_told(fields, LINKBACK))
POST: Codec = (values.from_post, values.to_post)
NAME: Codec = (values.from_name, values.to_name)
VALUES: list[tuple[Any, Codec]] = [
    (LINKBACK, (values.from_linkback, values.to_linkback)),
    (Sender("2001:db8::1", "A blog"), (values.from_sender, values.to_sender)),
    (Registered(LINKBACK), TOLD),
    (Refused(FaultCode.ACCESS_DENIED, "The linkback was not accepted."), TOLD),
    (Passed(Reply(200, XML, bytes(range(256)))), TOLD),
    (TRIED, (values.from_log_ins, values.to_log_ins)),
    (LogIns(), (values.from_log_ins, values.to_log_ins)),
    (Ticket("192.0.2.7", TRIED, 2), (values.from_ticket, values.to_ticket)),
    (ByNumber(5, "/blog"), NAME),
    (ByQuery("name", "x y", ""), NAME),
    (ByPath("/2026/%C3%BC/"), NAME),
    (PathOrNumber("/archives/5", 5, ""), NAME),
    (Post("http://b.example/p/", frozenset()), POST),
    (Unanswered("The site behind this proxy cannot be reached.", reached=False), POST),
    (None, POST),
]


@pytest.mark.parametrize(("value", "codec"), VALUES, ids=lambda value: type(value).__name__)
def test_it_arrives_as_it_was(value: Any, codec: Codec) -> None:
    there, back = codec
    assert back(json.loads(json.dumps(there(value)))) == value
