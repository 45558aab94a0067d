"""Values as they go over a line: plain lists, and back."""

from typing import Any

from proxy.identify import ByNumber, ByPath, ByQuery, PathOrNumber, PostName
from proxy.limits import Ticket
from proxy.ping import Kind, Linkback, Sender
from proxy.reply import Passed, Refused, Registered, Reply, Told
from proxy.target import Post
from proxy.upstream import Unanswered
from proxy.wire.logins import LogIns

_NAMES: dict[str, type[PostName]] = {one.__name__: one for one in (ByNumber, ByQuery, ByPath, PathOrNumber)}


def from_linkback(linkback: Linkback) -> list[str]:
    """Return the linkback's fields."""
    told = linkback
    return [told.kind.value, told.source_url, told.target_url, told.title, told.excerpt, told.blog_name]


def to_linkback(fields: list[str]) -> Linkback:
    """Return the linkback of these fields."""
    kind, *rest = fields
    return Linkback(Kind(kind), *rest)


def from_sender(sender: Sender) -> list[str]:
    """Return the sender's fields."""
    return [sender.remote_ip, sender.user_agent]


def to_sender(fields: list[str]) -> Sender:
    """Return the sender of these fields."""
    return Sender(*fields)


def from_told(told: Told) -> list[Any]:
    """Return what a sender is told."""
    match told:
        case Registered():
            return []
        case Refused(fault, sentence):
            return [int(fault), sentence]
        case Passed(Reply(status, content_type, body)):
            return [status, content_type, body.decode("latin-1")]


def to_told(fields: list[Any], linkback: Linkback) -> Told:
    """Return what the sender of *linkback* is told."""
    match fields:
        case []:
            return Registered(linkback)
        case [fault, sentence]:
            return Refused(fault, sentence)
        case [status, content_type, body]:
            return Passed(Reply(status, content_type, body.encode("latin-1")))
    raise ValueError("not what a sender is told")


def from_log_ins(tried: LogIns) -> list[list[str]]:
    """Return the pairs, and those that a success proves."""
    return [sorted(pair.hex() for pair in pairs) for pairs in (tried.pairs, tried.proven_by_success)]


def to_log_ins(fields: list[list[str]]) -> LogIns:
    """Return the pairs of these fields."""
    pairs, proven = (frozenset(map(bytes.fromhex, one)) for one in fields)
    return LogIns(pairs, proven)


def from_ticket(ticket: Ticket) -> list[Any]:
    """Return the ticket's fields."""
    return [ticket.remote_ip, from_log_ins(ticket.tried), ticket.guesses]


def to_ticket(fields: list[Any]) -> Ticket:
    """Return the ticket of these fields."""
    remote_ip, tried, guesses = fields
    return Ticket(remote_ip, to_log_ins(tried), guesses)


def from_name(name: PostName) -> list[Any]:
    """Return how a post is named."""
    return [type(name).__name__, *(getattr(name, key) for key in type(name).__dataclass_fields__)]


def to_name(fields: list[Any]) -> PostName:
    """Return the name of these fields."""
    kind, *rest = fields
    return _NAMES[kind](*rest)


def from_post(found: Post | Unanswered | None) -> list[Any]:
    """Return where a post is, or why nobody could say; of its other spellings the doors want to know nothing."""
    match found:
        case None:
            return []
        case Post(url):
            return [url]
        case Unanswered(sentence, reached, in_time):
            return [sentence, reached, in_time]


def to_post(fields: list[Any]) -> Post | Unanswered | None:
    """Return the post of these fields."""
    match fields:
        case []:
            return None
        case [url]:
            return Post(url, frozenset())
        case _:
            return Unanswered(*fields)
