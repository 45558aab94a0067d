"""What WordPress's answers to a delivery mean (facts §4, §6, §7; newer §2.2)."""

import pytest

from proxy.outcome import Fate, Outcome, read_outcome
from proxy.ping import Kind
from proxy.wire.response import fault_response, success_response
from proxy.wire.trackback import error_reply, ok_reply

SILENT = (
    "WordPress refused it without saying why (it hides its reasons: no title on the page, no link in its own reading, "
    "pings closed, or it could not fetch the page itself)"
)
SLOWLY = "WordPress takes only one ping in 15 seconds"
AGAIN = "WordPress did not answer as it should (HTTP %d)"
HAS_IT = "WordPress has it already, from the attempt before"
REGISTERED = "The pingback has already been registered."
DUPLICATE = "Duplicate comment detected; it looks as though you&#8217;ve already said that!"
SUCCESS = success_response("Pingback from A to B registered. Keep the web talking! :-)")
NO_PINGS = "WordPress has no pingbacks here (removed by a plugin, or the site is not declared a production site)"

# Status and body, then the outcome of a first attempt; of one after an attempt that was cut off only where it differs.
PINGBACKS: dict[str, tuple[int, bytes, Outcome, Outcome | None]] = {
    "stored": (200, SUCCESS, Outcome(Fate.DELIVERED, "Pingback from A to B registered. Keep the web talking! :-)"), None),
    "stored, with a PHP warning before the answer": (
        200, b"<b>Warning</b>: x\n" + SUCCESS,
        Outcome(Fate.DELIVERED, "Pingback from A to B registered. Keep the web talking! :-)"), None,
    ),
    "stored, saying nothing": (200, success_response(""), Outcome(Fate.DELIVERED, "WordPress took it"), None),
    "already registered": (
        200, fault_response(48, REGISTERED), Outcome(Fate.REFUSED, REGISTERED, 48), Outcome(Fate.DELIVERED, HAS_IT),
    ),
    "already registered, saying nothing": (
        200, fault_response(48, ""), Outcome(Fate.REFUSED, "WordPress has it already", 48), Outcome(Fate.DELIVERED, HAS_IT),
    ),
    "the same title and excerpt": (
        200, fault_response(409, DUPLICATE), Outcome(Fate.REFUSED, DUPLICATE, 409), Outcome(Fate.DELIVERED, HAS_IT),
    ),
    "the throttle's fault": (
        200, fault_response(429, "You are posting comments too quickly. Slow down."), Outcome(Fate.THROTTLED, SLOWLY), None,
    ),
    "a web server's limit": (
        429, b"<html>Too many requests", Outcome(Fate.THROTTLED, "WordPress asks to wait (HTTP 429)"), None,
    ),
    "a fault that hides its reason": (200, fault_response(0, ""), Outcome(Fate.REFUSED, SILENT, 0), None),
    "code 0 with a reason": (200, fault_response(0, "Why not"), Outcome(Fate.REFUSED, "Why not", 0), None),
    "no such method": (
        200, fault_response(-32601, "server error. requested method pingback.ping does not exist."),
        Outcome(Fate.REFUSED, NO_PINGS, -32601), None,
    ),
    "a filter that shows the fault": (
        200, fault_response(17, "No link."), Outcome(Fate.REFUSED, "No link.", 17), None,
    ),
    "a fault without words": (200, fault_response(33, ""), Outcome(Fate.REFUSED, "WordPress refused it with fault 33", 33), None),
    "a fault with its own status": (405, fault_response(405, "Off."), Outcome(Fate.REFUSED, "Off.", 405), None),
    "a critical error": (
        500, fault_response(500, "&lt;p&gt;There has been a critical error"),
        Outcome(Fate.AGAIN, AGAIN % 500, unsure=True), None,
    ),
    "a critical error under status 200": (
        200, fault_response(500, "x"), Outcome(Fate.AGAIN, AGAIN % 200, unsure=True), None,
    ),
    "a success under status 500": (500, SUCCESS, Outcome(Fate.AGAIN, AGAIN % 500, unsure=True), None),
    "a page": (200, b"<!doctype html><p>Maintenance", Outcome(Fate.AGAIN, AGAIN % 200, unsure=True), None),
    "a page that forbids": (403, b"<html>Forbidden", Outcome(Fate.AGAIN, AGAIN % 403, unsure=True), None),
    "nothing": (200, b"", Outcome(Fate.AGAIN, AGAIN % 200, unsure=True), None),
    "half an answer": (200, SUCCESS[:150], Outcome(Fate.AGAIN, AGAIN % 200, unsure=True), None),
    "bytes": (200, b"\xff\x00\xfe" * 99, Outcome(Fate.AGAIN, AGAIN % 200, unsure=True), None),
    "a call instead of an answer": (
        200, b"<methodCall><methodName>x</methodName></methodCall>", Outcome(Fate.AGAIN, AGAIN % 200, unsure=True), None,
    ),
    "the web server's complaint": (413, b"<html>Too large", Outcome(Fate.AGAIN, AGAIN % 413, unsure=True), None),
}  # fmt: skip


def wp_die(status: int, message: str) -> bytes:
    """Return the other format in which WordPress ends a request (facts §6)."""
    return (
        "<error>\n    <code>wp_die</code>\n    <title><![CDATA[WordPress &amp;rsaquo; Error]]></title>\n"
        f"    <message><![CDATA[{message}]]></message>\n    <data>\n        <status>{status}</status>\n    </data>\n</error>\n"
    ).encode()


ALREADY = "There is already a ping from that URL for this post."
CLOSED = "Sorry, trackbacks are closed for this item."
DISABLED = "Trackbacks are disabled in non-production environments."
NEED_ID = "I really need an ID for this to work."

TRACKBACKS: dict[str, tuple[int, bytes, Outcome, Outcome | None]] = {
    "stored": (200, ok_reply(), Outcome(Fate.DELIVERED, "WordPress took it"), None),
    "stored, under status 404": (404, ok_reply(), Outcome(Fate.DELIVERED, "WordPress took it"), None),
    "already there": (
        200, error_reply(ALREADY), Outcome(Fate.REFUSED, ALREADY, 48), Outcome(Fate.DELIVERED, HAS_IT),
    ),
    "already there, in older words": (
        200, error_reply(ALREADY.replace("There is already", "We already have")),
        Outcome(Fate.REFUSED, ALREADY.replace("There is already", "We already have"), 48), Outcome(Fate.DELIVERED, HAS_IT),
    ),
    "the same text": (
        409, wp_die(409, DUPLICATE), Outcome(Fate.REFUSED, DUPLICATE.replace("&#8217;", "’"), 48), Outcome(Fate.DELIVERED, HAS_IT),
    ),
    "the throttle": (
        429, wp_die(429, "You are posting comments too quickly. Slow down."), Outcome(Fate.THROTTLED, SLOWLY), None,
    ),
    "the throttle in another language": (429, wp_die(429, "Langsam!"), Outcome(Fate.THROTTLED, SLOWLY), None),
    "closed": (200, error_reply(CLOSED), Outcome(Fate.REFUSED, CLOSED, 1), None),
    "switched off": (200, error_reply(DISABLED), Outcome(Fate.REFUSED, DISABLED, 1), None),
    "no post": (404, error_reply(NEED_ID), Outcome(Fate.REFUSED, NEED_ID, 1), None),
    "another language": (200, error_reply("Nein."), Outcome(Fate.REFUSED, "Nein.", 1), None),
    "no words": (200, error_reply(""), Outcome(Fate.REFUSED, "WordPress refused it", 1), None),
    "silence": (200, b"", Outcome(Fate.REFUSED, "WordPress dropped it silently", 1), None),
    "blank silence": (200, b" \n", Outcome(Fate.REFUSED, "WordPress dropped it silently", 1), None),
    "a redirect": (302, b"", Outcome(Fate.AGAIN, AGAIN % 302, unsure=True), None),
    "a variable mismatch": (
        400, b"<html>A variable mismatch has been detected.", Outcome(Fate.AGAIN, AGAIN % 400, unsure=True), None,
    ),
    "a critical error": (500, b"<html>critical error", Outcome(Fate.AGAIN, AGAIN % 500, unsure=True), None),
    "an empty error": (500, b"", Outcome(Fate.AGAIN, AGAIN % 500, unsure=True), None),
    "a page": (200, b"<html>Maintenance", Outcome(Fate.AGAIN, AGAIN % 200, unsure=True), None),
    "bytes": (200, b"\xff\x00\xfe" * 99, Outcome(Fate.AGAIN, AGAIN % 200, unsure=True), None),
}  # fmt: skip


@pytest.mark.parametrize(("status", "body", "first", "later"), PINGBACKS.values(), ids=PINGBACKS.keys())
def test_a_pingback_s_answer_means(status: int, body: bytes, first: Outcome, later: Outcome | None) -> None:
    assert read_outcome(Kind.PINGBACK, status, body, unsure=False) == first
    assert read_outcome(Kind.PINGBACK, status, body, unsure=True) == (later or first)


@pytest.mark.parametrize(("status", "body", "first", "later"), TRACKBACKS.values(), ids=TRACKBACKS.keys())
def test_a_trackback_s_answer_means(status: int, body: bytes, first: Outcome, later: Outcome | None) -> None:
    assert read_outcome(Kind.TRACKBACK, status, body, unsure=False) == first
    assert read_outcome(Kind.TRACKBACK, status, body, unsure=True) == (later or first)
