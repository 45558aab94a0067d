"""What a digest says: once for all that is held, and nothing that a stranger sent as markup."""

from datetime import UTC, datetime, timedelta

import pytest
from lxml import etree

from proxy.admin import digest
from proxy.admin.digest import Digest
from proxy.admin.texts import Texts
from proxy.ping import Evidence, Kind, Linkback, Ping, Sender, State

AT = datetime(2026, 3, 3, 10, tzinfo=UTC)
ADDRESS = "https://admin.example"


def held(number: int, title: str = "A page", days: int = 0) -> Ping:
    linkback = Linkback(Kind.PINGBACK, f"https://bread.example/{number}", "https://blog.example/a/")
    at = AT - timedelta(days=days)
    return Ping(
        f"ID{number}", "blog", State.HELD, linkback, Sender("203.0.113.9"), "/x", at, evidence=Evidence(title=title)
    )


def test_the_webhook_s_json_names_each_ping_with_its_page() -> None:
    told = digest.to_json(Digest((held(1), held(2)), ADDRESS))
    assert (told["held"], told["url"]) == (2, "https://admin.example/")
    assert [item["url"] for item in told["items"]] == [
        "https://admin.example/pings/ID1",
        "https://admin.example/pings/ID2",
    ]


@pytest.mark.parametrize("title", ["A page", "two\r\nBcc: everybody@example.org", "\u202eevil", "x" * 5000])
def test_the_mail_is_plain_text_and_takes_no_header_from_a_stranger(title: str) -> None:
    mail = digest.to_email(Texts(), Digest((held(1, title),), ADDRESS), "owner@blog.example")
    assert mail.keys() == ["Subject", "From", "To", "Content-Type", "Content-Transfer-Encoding", "MIME-Version"]
    assert mail["Subject"] == "1 linkback waits for you"
    assert mail.get_content_type() == "text/plain"
    assert "\u202e" not in mail.get_content()
    assert len(mail.get_content()) < 500


@pytest.mark.parametrize("title", ["<b>x</b>", "]]>", "&amp;", "\x00\x0b\ud800", "\ufffe"])
def test_the_feed_is_well_formed_with_one_entry_a_day(title: str) -> None:
    found = Digest((held(1, title), held(2, title), held(3, title, days=1)), ADDRESS)
    feed = etree.fromstring(digest.to_atom(Texts(), found, ADDRESS + "/feed/key.atom", AT))
    entries = feed.findall("{*}entry")
    assert [entry.findtext("{*}title") for entry in entries] == [
        "2026-03-03: 2 linkbacks wait for you",
        "2026-03-02: 1 linkback waits for you",
    ]
    assert {content.get("type") for content in feed.iter("{*}content")} == {"text"}
    assert not [child for content in feed.iter("{*}content") for child in content]


def test_an_empty_feed_is_one_too() -> None:
    feed = etree.fromstring(digest.to_atom(Texts(), Digest((), ADDRESS), ADDRESS + "/feed/key.atom", AT))
    assert feed.findtext("{*}updated") == "2026-03-03T10:00:00Z"
