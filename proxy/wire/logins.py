"""Which names and passwords a call carries. Pure; a pair is only ever kept as a digest.

WordPress checks passwords at fixed places of a method's parameters; where a method is not its own, at the places that
most of its own have. After one wrong password in a request it checks no other (facts §3), but plugins may.
"""

import re
from dataclasses import dataclass
from hashlib import blake2b

from proxy.wire.body import Body, piece
from proxy.wire.ixr import OVERSIZE, TRIM, Typed, Value, read_message
from proxy.wire.values import element

_DIGEST_BYTES = 16
_USUAL = (1, 2)  # blog or post, name, password
_PLACES = {"wp.getUsersBlogs": (0, 1)} | dict.fromkeys(
    (
        "wp.getPage", "wp.editPage",
        "blogger.getPost", "blogger.getRecentPosts", "blogger.newPost", "blogger.editPost", "blogger.deletePost",
        "metaWeblog.deletePost",
    ),
    (2, 3),
)  # fmt: skip
_OWN = ("wp.", "blogger.", "metaWeblog.", "mt.")
_WITHOUT = frozenset(
    {
        "demo.sayHello", "demo.addTwoNumbers", "pingback.extensions.getPingbacks", "mt.supportedMethods",
        "mt.supportedTextFilters", "mt.getTrackbackPings", "system.listMethods", "system.getCapabilities",
        "system.multicall",  # inside a multicall WordPress forbids it
    }
)  # fmt: skip
# A site can let anybody comment: an answer that is no fault says nothing about the password then.
_PROVES_NOTHING = frozenset({"wp.newComment"})


_FIRST = 4  # parameters among which a password is looked for
# One parameter of a plain call (`plain_call`) that is a text or a number, and not blank: that one would not count.
# Nothing in it is read as something else than it is written: no entity, and no line end that becomes another.
_PARAM = re.compile(
    rb"[ \t\r\n]*<param>[ \t\r\n]*<value>"
    rb"(?:[ \t\r\n]*<(string|int|i4)>([^<&\r]*+)</\1>[ \t\r\n]*|((?=[ \t\n]*+[^<&\s])[^<&\r]*+))"
    rb"</value>[ \t\r\n]*</param>"
)


@dataclass(frozen=True, slots=True)
class LogIns:
    """The distinct pairs of name and password in a call, and those that are right if it succeeds."""

    pairs: frozenset[bytes] = frozenset()
    proven_by_success: frozenset[bytes] = frozenset()


NO_LOG_INS = LogIns()


def log_ins(method: str, params: Value, place: int = 0) -> LogIns:
    """Return what a call of *method* tries; *place* is its number in a multicall."""
    if method in _WITHOUT:
        return NO_LOG_INS
    alone = isinstance(params, list | dict) and len(params) == 1  # so does WordPress's server
    values = element(params, 0) if alone else params
    at_name, at_password = _PLACES.get(method, _USUAL)
    name, password = element(values, at_name), element(values, at_password)
    if name is None and password is None:
        return NO_LOG_INS
    pair = frozenset({_digest(name, password, place)})
    proves = method.startswith(_OWN) and method not in _PROVES_NOTHING
    return LogIns(pair, pair if proves else frozenset())


def log_ins_of_plain(method: str, body: Body) -> LogIns:
    """Return what a plain call of *method* tries, from its first parameters alone where that is enough."""
    if method in _WITHOUT:
        return NO_LOG_INS
    text = piece(body, 0, len(body))
    at = text.find(b"<params>") + len(b"<params>")
    params: list[Value] = []
    while len(params) < _FIRST and (found := _PARAM.match(text, at)):
        params.append(found[2].decode("utf-8").strip(TRIM) if found[1] else found[3].decode("utf-8"))
        at = found.end()
    if len(params) > 1 and (len(params) == _FIRST or len(params) > max(_PLACES.get(method, _USUAL))):
        return log_ins(method, params)
    return log_ins(method, read_message(body).params)


def all_of(parts: list[LogIns]) -> LogIns:
    """Return what all members of a multicall try together."""
    return LogIns(
        frozenset().union(*(part.pairs for part in parts)),
        frozenset().union(*(part.proven_by_success for part in parts)),
    )


def _digest(name: Value | None, password: Value | None, place: int) -> bytes:
    # Of texts that were too long to keep nobody can say that they are the same.
    apart = str(place) if name is OVERSIZE or password is OVERSIZE else ""
    texts = [_plain(name), _plain(password), apart]
    return blake2b("\0".join(texts).encode("utf-8", "surrogatepass"), digest_size=_DIGEST_BYTES).digest()


def _plain(value: Value | None) -> str:
    if isinstance(value, Typed):
        return value.text
    return value if isinstance(value, str) else ""
