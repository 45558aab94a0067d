"""The table of answers (design §3), byte by byte, for a pingback, a trackback and a member of a multicall."""

import pytest

from proxy.errors import FaultCode
from proxy.ping import Kind, Linkback
from proxy.reply import (
    CANNOT_RECORD,
    SENTENCES,
    XML,
    Passed,
    Refused,
    Registered,
    Reply,
    Told,
    member_reply,
    reply_to,
)
from proxy.wire.response import fault_response, success_response

PING = Linkback(Kind.PINGBACK, "http://a.example/?b&c", "https://blog.example/post/")
TEXT = "Pingback from http://a.example/?b&amp;c to https://blog.example/post/ registered. It awaits moderation."
OK = b'<?xml version="1.0" encoding="utf-8"?>\n<response>\n<error>0</error>\n</response>'


def success(text: str) -> bytes:
    """Return a success as WordPress writes it (facts §3); *text* as it stands on the wire."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<methodResponse>
  <params>
    <param>
      <value>
      <string>{text}</string>
      </value>
    </param>
  </params>
</methodResponse>
""".encode()


def fault(code: int, text: str) -> bytes:
    """Return a fault as WordPress writes it; *text* as it stands on the wire."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<methodResponse>
  <fault>
    <value>
      <struct>
        <member>
          <name>faultCode</name>
          <value><int>{code}</int></value>
        </member>
        <member>
          <name>faultString</name>
          <value><string>{text}</string></value>
        </member>
      </struct>
    </value>
  </fault>
</methodResponse>
""".encode()


def member_of_fault(code: int, text: str) -> bytes:
    """Return a fault inside a multicall."""
    return (
        f"<struct>\n  <member><name>faultCode</name><value><int>{code}</int></value></member>\n"
        f"  <member><name>faultString</name><value><string>{text}</string></value></member>\n</struct>"
    ).encode()


def error(message: str) -> bytes:
    """Return a trackback's error as WordPress writes it."""
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<response>\n<error>1</error>\n'
        f"<message>{message}</message>\n</response>"
    ).encode()


REFUSALS = {
    "the source is gone": (16, "The source URL does not exist."),
    "no link there": (17, "The source URL does not contain a link to the target URL."),
    "the target is not this site's": (
        33,
        "The target URL cannot be used as a target. It does not exist or takes no linkbacks.",
    ),
    "refused, denied or spam": (49, "The linkback was not accepted."),
    "seen before": (48, "The linkback has already been registered."),
    "the target does not exist": (32, "The target URL does not exist."),
}


@pytest.mark.parametrize(("code", "sentence"), REFUSALS.values(), ids=REFUSALS.keys())
def test_a_refusal(code: int, sentence: str) -> None:
    assert SENTENCES[FaultCode(code)] == sentence
    told = Refused(FaultCode(code), sentence)
    assert reply_to(Kind.PINGBACK, told) == Reply(200, XML, fault(code, sentence))
    assert reply_to(Kind.TRACKBACK, told) == Reply(200, XML, error(sentence))
    assert member_reply(told) == member_of_fault(code, sentence)


@pytest.mark.parametrize("code", [-32700, -32602])
def test_what_is_malformed_hears_why_and_nothing_breaks_the_answer(code: int) -> None:
    told = Refused(FaultCode(code), "A <b> & a \"quote\" and an 'apostrophe' \x01.")
    escaped = "A &lt;b&gt; &amp; a &quot;quote&quot; and an &#039;apostrophe&#039; \ufffd."
    assert reply_to(Kind.PINGBACK, told) == Reply(200, XML, fault(code, escaped))
    assert member_reply(told) == member_of_fault(code, escaped)


def test_what_waits_is_registered() -> None:
    assert reply_to(Kind.PINGBACK, Registered(PING)) == Reply(200, XML, success(TEXT))
    assert reply_to(Kind.TRACKBACK, Registered(PING)) == Reply(200, XML, OK)
    element = f"<array><data>\n  <value><string>{TEXT}</string></value>\n</data></array>"
    assert member_reply(Registered(PING)) == element.encode()


def test_what_cannot_be_recorded_may_be_sent_again() -> None:
    sentence = "The linkback cannot be recorded now. Please send it again later."
    assert reply_to(Kind.PINGBACK, CANNOT_RECORD) == Reply(200, XML, fault(50, sentence))
    assert reply_to(Kind.TRACKBACK, CANNOT_RECORD) == Reply(503, XML, error(sentence))
    assert member_reply(CANNOT_RECORD) == member_of_fault(50, sentence)


@pytest.mark.parametrize("kind", Kind)
def test_what_was_delivered_in_time_gets_wordpress_s_answer_untouched(kind: Kind) -> None:
    answer = Reply(404, "text/xml; charset=ISO-8859-1", b"\xff anything")
    assert reply_to(kind, Passed(answer)) is answer


MEMBERS: dict[str, tuple[bytes, bytes]] = {
    "its success": (
        success_response("Keep the web talking! :-)"),
        b"<array><data>\n  <value><string>Keep the web talking! :-)</string></value>\n</data></array>",
    ),
    "its fault": (fault_response(48, "Already <registered>."), member_of_fault(48, "Already &lt;registered&gt;.")),
    "its hidden fault": (fault_response(0, ""), member_of_fault(0, "")),
}


@pytest.mark.parametrize(("body", "element"), MEMBERS.values(), ids=MEMBERS.keys())
def test_inside_a_multicall_wordpress_s_answer_becomes_a_member(body: bytes, element: bytes) -> None:
    told: Told = Passed(Reply(200, XML, body))
    assert member_reply(told) == element
