"""Reading moderation by REST: what is asked, and what becomes of the answers."""

import pytest
from aiohttp import web

from proxy.store.moderation import Taken
from tests.proxy.labels.blog import Room
from tests.stage import serving


async def test_long_texts_are_asked_for_in_smaller_parts(here: Room) -> None:
    for _ in range(60):
        here.blog.add(
            "trackback", "spam", content="é" * 16_000
        )  # 6 bytes each in JSON, and the rendered text beside it
    assert (await here.sync()).taken == Taken(spam=60)
    assert here.blog.texts_asked > 2


async def test_where_rest_is_at_no_address_of_its_own(here: Room) -> None:
    here.blog.rest = "plain"
    here.blog.add("pingback", "spam")
    assert (await here.sync()).taken == Taken(spam=1)


async def test_notes_and_other_statuses_are_never_asked_for_by_type_all(here: Room) -> None:
    here.blog.add("note", "spam")
    here.blog.add("pingback", "post-trashed")
    assert (await here.sync()).looked_at == 0
    assert all("type=pings" in one or "type=comment" in one for one in here.blog.asked)


async def test_what_was_deleted_between_list_and_text_is_let_be(here: Room) -> None:
    row = here.blog.add("pingback", "spam")
    here.blog.add("pingback", "spam")
    here.blog.vanishing = row.id
    assert (await here.sync()).taken == Taken(spam=1)
    here.blog.vanishing = None
    assert (await here.sync()).taken == Taken(spam=1)


@pytest.mark.parametrize(
    ("status", "body", "sentence"),
    [
        (200, "[{]", "no JSON; a plugin or PHP warning may stand in it"),
        (200, '{"a": 1}', "no JSON"),
        (500, '{"code": "internal_server_error"}', "neither WordPress's REST API (HTTP 500, internal_server_error)"),
        (301, "", "WordPress sends http://blog.example on to another address (HTTP 301): set public_url to that one"),
        (403, '{"code": "rest_forbidden_context"}', "the user must be an editor or an administrator"),
    ],
)
async def test_odd_answers_are_one_sentence(here: Room, status: int, body: str, sentence: str) -> None:
    async def answer(_request: web.BaseRequest) -> web.StreamResponse:
        return web.Response(status=status, text=body, content_type="application/json")

    async with serving(answer) as port:
        here.site = here.site.model_copy(update={"upstream": f"http://127.0.0.1:{port}"})
        trouble = (await here.sync()).trouble
    assert trouble.startswith("site blog: ")
    assert sentence in trouble
    assert "\n" not in trouble
