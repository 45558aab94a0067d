"""Trackbacks: fields as WordPress would store them, our own form, and the answers."""

from typing import Any

import pytest

from proxy.errors import FaultCode, MalformedPing
from proxy.wire.php_form import read_form
from proxy.wire.php_names import ARRAY, Field
from proxy.wire.trackback import (
    FIELDS,
    Answer,
    TrackbackAnswer,
    TrackbackFields,
    build_trackback,
    error_reply,
    ok_reply,
    read_reply,
    read_trackback,
)

FORM = "application/x-www-form-urlencoded"


def form(**fields: Field) -> dict[str, Field]:
    """A form with a url and a title, and more."""
    return {"url": b"http://a.example/", "title": b"T", **fields}


def test_fields_are_plain_and_cut() -> None:
    fields = read_trackback(form(title=b"<b>A</b>\n title", excerpt=b"x" * 300, blog_name=b"<i>" + b"b" * 300))
    assert fields == TrackbackFields("http://a.example/", "A title", "x" * 252 + "…", "b" * 255)


TEXTS = [
    ("UTF-8 without a charset", {"title": "é".encode()}, "é"),
    ("Latin-1 without a charset", {"title": b"\xe9"}, "é"),
    ("UTF-8 by name", {"title": "é".encode(), "charset": b"utf-8"}, "é"),
    ("Latin-1 by name", {"title": b"\xe9", "charset": b"iso-8859-1"}, "é"),
    ("a charset with blanks and commas", {"title": "é".encode(), "charset": b" UTF-8, "}, "é"),
    ("an empty charset", {"title": b"a", "charset": b""}, "a"),
]


@pytest.mark.parametrize(("fields", "title"), [row[1:] for row in TEXTS], ids=[row[0] for row in TEXTS])
def test_texts_are_decoded(fields: dict[str, Field], title: str) -> None:
    assert read_trackback(form(**fields)).title == title


REFUSED: list[tuple[str, dict[str, Field], FaultCode]] = [
    ("no url", {"url": b""}, FaultCode.INVALID_PARAMS),
    ("blanks for a url", {"url": b"  "}, FaultCode.INVALID_PARAMS),
    ("0 is empty in PHP", {"title": b"0"}, FaultCode.INVALID_PARAMS),
    ("a title of tags alone", {"title": b"<b></b>"}, FaultCode.INVALID_PARAMS),
    ("an array", {"excerpt": ARRAY}, FaultCode.INVALID_PARAMS),
    ("an array for a charset", {"charset": ARRAY}, FaultCode.INVALID_PARAMS),
    ("an encoded line end in the url", {"url": b"http://ev%0d%0Ail.example/"}, FaultCode.INVALID_PARAMS),
    ("text that is not in its charset", {"title": b"\xe9", "charset": b"UTF-8"}, FaultCode.PARSE_ERROR),
    *((f"the charset {name}", {"charset": name.encode()}, FaultCode.PARSE_ERROR) for name in (
        "BASE64", "base64", "BA%41SE64", "BASE<x>64", "BASE\t64", "HTML-ENTITIES", "UTF-7", "UTF7", "UTF%41-8", "UTF-8%41",
        "UTF-16", "UTF-8,ISO-8859-1", "Quoted-Printable", "UUENCODE", "SJIS", "auto", "pass", "7bit", "<b>UTF-8", "UTF-8\n",
        "UTF-8\0", "LATIN1", "0",
    )),
]  # fmt: skip


@pytest.mark.parametrize(("fields", "fault"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_refused(fields: dict[str, Field], fault: FaultCode) -> None:
    with pytest.raises(MalformedPing) as refusal:
        read_trackback(form(**fields))
    assert refusal.value.fault == fault


def test_a_missing_url_or_title_is_refused() -> None:
    for present in ("url", "title"):
        with pytest.raises(MalformedPing):
            read_trackback({present: b"x"})


def test_our_form_reads_back_as_it_was_meant() -> None:
    fields = TrackbackFields("http://a.example/?a=b&c=%41#é", 'T & "é" %41', "x\u2026 +1", "B;c")
    sent = build_trackback(fields.url, fields.title, fields.excerpt, fields.blog_name)
    assert read_trackback(read_form(FORM, sent, FIELDS)) == fields
    assert b"charset" not in sent


def test_replies_are_laid_out_as_wordpress_lays_them_out() -> None:
    assert ok_reply() == b'<?xml version="1.0" encoding="utf-8"?>\n<response>\n<error>0</error>\n</response>'
    assert error_reply("a < b") == (
        b'<?xml version="1.0" encoding="utf-8"?>\n<response>\n<error>1</error>\n<message>a &lt; b</message>\n</response>'
    )


DIED = (
    '<error>\n    <code>wp_die</code>\n    <title><![CDATA[WordPress &amp;rsaquo; Error]]></title>\n'
    "    <message><![CDATA[%s]]></message>\n    <data>\n        <status>429</status>\n    </data>\n</error>\n"
)  # fmt: skip
REPLIES = [
    ("taken", 200, ok_reply(), TrackbackAnswer(Answer.ACCEPTED)),
    ("taken, with the status of a missing page", 404, ok_reply(), TrackbackAnswer(Answer.ACCEPTED)),
    ("closed", 200, error_reply("Sorry, trackbacks are closed for this item."),
     TrackbackAnswer(Answer.CLOSED, "Sorry, trackbacks are closed for this item.")),
    ("switched off", 200, error_reply("Trackbacks are disabled in non-production environments."),
     TrackbackAnswer(Answer.CLOSED, "Trackbacks are disabled in non-production environments.")),
    ("known", 200, error_reply("There is already a ping from that URL for this post."),
     TrackbackAnswer(Answer.DUPLICATE, "There is already a ping from that URL for this post.")),
    ("the same text", 409, DIED.replace("%s", "Duplicate comment detected").encode(),
     TrackbackAnswer(Answer.DUPLICATE, "Duplicate comment detected")),
    ("too quickly", 429, DIED.replace("%s", "Slow down.").encode(), TrackbackAnswer(Answer.THROTTLED, "Slow down.")),
    ("another error", 200, error_reply("I really need an ID for this to work."),
     TrackbackAnswer(Answer.REFUSED, "I really need an ID for this to work.")),
    ("nothing", 200, b"", TrackbackAnswer(Answer.SILENT)),
    ("nothing with another status", 500, b"", TrackbackAnswer(Answer.UNREADABLE)),
    ("a page", 200, b"<html></html>", TrackbackAnswer(Answer.UNREADABLE)),
    ("a redirect", 302, b"", TrackbackAnswer(Answer.UNREADABLE)),
]  # fmt: skip


@pytest.mark.parametrize(("status", "body", "answer"), [row[1:] for row in REPLIES], ids=[row[0] for row in REPLIES])
def test_replies_are_understood(status: int, body: bytes, answer: TrackbackAnswer) -> None:
    assert read_reply(status, body) == answer


EXPLAINED = {
    "form-18": "a NUL: WordPress stores backslash and 0, we take it out",
    "form-53": "6.1 and 6.8 keep a tag in a name until it is shown",
    "form-63": "the database row of the fixtures has its slashes still on",
    "new-02": "7.1 takes octets out; both readings are judged",
    "new-04": "7.1 takes octets out; both readings are judged",
    "new-05": "7.1 takes octets out; both readings are judged",
    "new-08": "7.1 keeps text behind an unclosed tag, we cut it before WordPress sees it",
    "new-27": "7.1 loses Latin-1; we send UTF-8 and rescue it",
    "new-47": "the body was changed for each version",
}


def test_observed_trackbacks_are_stored_as_we_read_them(observed: Any) -> None:
    """What WordPress stored, our reading is, or it was refused."""
    read = 0
    for row, body in observed("trackback", "trackback-newer"):
        stored = row["wordpress_does"]["stored_as"]
        if not stored or not row["content_type"] or row["wordpress_does"]["verdict"] != "stored":
            continue
        try:
            fields = read_trackback(read_form(row["content_type"], body, FIELDS))
        except MalformedPing:
            assert row["id"] not in {"url-005", "form-02"}
            continue
        if row["id"] in EXPLAINED:
            continue
        content = f"<strong>{fields.title}</strong>\n\n{fields.excerpt}".replace("…", "&#8230;")
        assert (stored["comment_content"], stored["comment_author"]) == (content, fields.blog_name), row["id"]
        read += 1
    assert read > 60
