"""Which door is open, and the sentence when none is."""

from pathlib import Path

from tests.proxy.labels.blog import Room, room


async def test_a_wrong_password_is_one_sentence_that_says_what_to_do(tmp_path: Path) -> None:
    async with room(tmp_path, application_password="wrong") as here:
        trouble = (await here.sync()).trouble
    assert trouble.startswith(
        "site blog: WordPress does not accept 'admin' with this application password (REST: HTTP 401"
    )
    assert "make a new one in Users → Profile → Application Passwords" in trouble
    assert "wrong" not in trouble


async def test_with_no_door_open_the_sentence_names_both(here: Room) -> None:
    here.blog.rest = here.blog.rpc = "closed"
    trouble = (await here.sync()).trouble
    assert trouble.startswith(
        "site blog: neither WordPress's REST API (HTTP 404) nor its XML-RPC (HTTP 404) lists comments"
    )


async def test_without_a_password_nobody_is_asked(tmp_path: Path) -> None:
    async with room(tmp_path, application_password="") as here:
        assert "set username and application_password in [sites.wordpress]" in (await here.sync()).trouble
        assert here.blog.asked == []


async def test_when_nobody_answers_the_sentence_says_so(here: Room) -> None:
    there = here.site.model_copy(update={"upstream": "http://127.0.0.1:9"})
    here.site = there
    assert "cannot be reached" in (await here.sync()).trouble


async def test_who_may_not_moderate_is_told_which_role_is_needed(here: Room) -> None:
    here.blog.rest, here.blog.rpc = "rest_disabled", "powerless"
    assert (await here.sync()).trouble == (
        "site blog: WordPress does not let 'admin' moderate comments: the user must be an editor or an administrator"
    )
