"""Reading moderation by XML-RPC, where REST is not there."""

from proxy.store.moderation import Taken
from tests.proxy.labels.blog import Room


async def test_xml_rpc_brings_the_same_where_rest_is_switched_off(here: Room) -> None:
    here.blog.rest = "closed"
    for kind in ("pingback", "trackback", "comment", "note"):
        for status in ("hold", "approved", "spam", "trash", "post-trashed"):
            here.blog.add(kind, status, content="A & <b>bold</b> word")
    done = await here.sync()
    assert (done.door, done.looked_at, done.taken) == ("XML-RPC", 12, Taken(spam=3, ham=3))
    assert (await here.sync()).taken == Taken()
    here.blog.rest = "open"
    assert (await here.sync()).taken == Taken()


async def test_xml_rpc_reads_page_after_page(here: Room) -> None:
    here.blog.rest = "rest_disabled"
    for _ in range(230):
        here.blog.add("pingback", "spam")
    assert (await here.sync()).taken == Taken(spam=230)


async def test_lists_that_are_too_large_are_read_in_smaller_ones(here: Room) -> None:
    here.blog.rest = "closed"
    for _ in range(110):
        here.blog.add("trackback", "spam", content="x" * 60_000)
    assert (await here.sync()).taken == Taken(spam=110)


async def test_control_characters_in_a_comment_do_not_break_the_list(here: Room) -> None:
    here.blog.rest = "closed"
    here.blog.add("comment", "spam", content="buy \x08 now")
    assert (await here.sync()).taken == Taken(spam=1)
