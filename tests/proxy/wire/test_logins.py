"""Which pairs of name and password a call tries."""

from xmlrpc.client import dumps

import pytest

from proxy.wire.ixr import OVERSIZE, Typed, Value, read_message
from proxy.wire.logins import NO_LOG_INS, all_of, log_ins, log_ins_of_plain

METHODS = [
    ("wp.getUsersBlogs", ["me", "secret"]),
    ("wp.getPosts", ["1", "me", "secret"]),
    ("wp.newComment", ["1", "me", "secret", "5"]),
    ("wp.getPage", ["1", "2", "me", "secret"]),
    ("blogger.getPost", ["key", "4", "me", "secret"]),
    ("blogger.getUserInfo", ["key", "me", "secret"]),
    ("metaWeblog.deletePost", ["key", "4", "me", "secret", "1"]),
    ("metaWeblog.newPost", ["1", "me", "secret", {}]),
    ("mt.publishPost", ["4", "me", "secret"]),
    ("plugin.anything", ["1", "me", "secret"]),
    ("wp.getPosts", [["1", "me", "secret"]]),
    ("wp.getPosts", {"0": "1", "1": "me", "2": "secret"}),
    ("wp.getPosts", [{"0": "1", "1": "me", "2": "secret"}]),
    ("wp.getPosts", [Typed("int", "1"), "me", "secret"]),
]


@pytest.mark.parametrize(("method", "params"), METHODS)
def test_the_pair_is_found_where_wordpress_looks_for_it(method: str, params: Value) -> None:
    assert log_ins(method, params).pairs == log_ins("wp.getUsersBlogs", ["me", "secret"]).pairs
    assert len(log_ins(method, params).pairs) == 1


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("demo.sayHello", []),
        ("demo.addTwoNumbers", ["1", "2"]),
        ("system.listMethods", []),
        ("system.multicall", [["a", "b", "c"]]),
        ("pingback.extensions.getPingbacks", ["a", "b", "c"]),
        ("mt.getTrackbackPings", ["4"]),
        ("wp.getPosts", []),
        ("wp.getPosts", ["1"]),
        ("plugin.ready", ["now"]),
    ],
)
def test_a_call_without_a_log_in_tries_nothing(method: str, params: Value) -> None:
    assert log_ins(method, params) == NO_LOG_INS


def test_the_same_pair_is_one_guess_however_often() -> None:
    tried = all_of([log_ins("wp.getPost", ["1", "me", "secret", str(post)], post) for post in range(40)])
    assert len(tried.pairs) == 1
    guessed = all_of([log_ins("wp.getPost", ["1", "me", f"guess {n}", "4"], n) for n in range(40)])
    assert len(guessed.pairs) == 40


def test_texts_too_long_to_keep_are_each_a_guess_of_their_own() -> None:
    tried = all_of([log_ins("wp.getUsersBlogs", ["me", OVERSIZE], place) for place in range(5)])
    assert len(tried.pairs) == 5


@pytest.mark.parametrize(
    ("method", "proves"), [("wp.getPosts", True), ("wp.newComment", False), ("plugin.anything", False)]
)
def test_only_a_method_that_always_asks_for_a_log_in_proves_it(method: str, proves: bool) -> None:
    tried = log_ins(method, ["1", "me", "secret"])
    assert tried.proven_by_success == (tried.pairs if proves else frozenset())


PLAIN = [
    ("wp.getUsersBlogs", ("me", "secret")),
    ("wp.getUsersBlogs", ("me", "")),
    ("wp.getUsersBlogs", ("mé", "geheimwört")),
    ("wp.getUsersBlogs", (["me", "secret"],)),
    ("wp.getPosts", (1, " me ", "\tsecret", {"number": 5})),
    ("wp.getPosts", ({"a": 1}, "me", "secret")),
    ("wp.getPosts", (1, "me")),
    ("wp.getPosts", ()),
    ("wp.getPosts", (1, "me", "a&b<c")),
    ("wp.getPosts", (1, "me", " &b")),
    ("wp.getPosts", (1, "me", "two\r\nlines\rhere")),
    ("wp.getPosts", (1, "me", " \n\tsecret\n", "x&y")),
    ("wp.getPage", (1, 2, "me", "secret")),
    ("wp.getPage", (1, 2, "me")),
    ("blogger.newPost", ("key", 1.5, "me", "secret", "text", True)),
    ("plugin.odd", ("x", ["a"], "b")),
    ("demo.sayHello", ("1", "2", "3")),
]


@pytest.mark.parametrize(("method", "params"), PLAIN)
@pytest.mark.parametrize("bare", [False, True])
def test_a_plain_call_is_read_from_its_first_parameters_alone(
    method: str, params: tuple[object, ...], bare: bool
) -> None:
    body = dumps(params, method).encode()
    if bare:
        body = body.replace(b"<string>", b"").replace(b"</string>", b"")
    assert log_ins_of_plain(method, body) == log_ins(method, read_message(body).params)
