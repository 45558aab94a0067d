"""Languages: complete, and the same places in every text."""

import re

import pytest

from proxy.admin.texts import LANGUAGES, Texts, choose, read_po, texts_in
from proxy.admin.views.sentences import reason_text
from tests.proxy.admin.conftest import Browser, received
from tests.proxy.admin.messages import HERE, lacking, messages
from tests.stage import Stage

OTHERS = [language for language in LANGUAGES if language != "en"]


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_is_translated_and_nothing_else(language: str) -> None:
    catalog = read_po((HERE / f"locale/{language}.po").read_text(encoding="utf-8"))
    assert lacking(language) == []
    assert set(catalog) <= set(messages())


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_has_the_places_of_its_text(language: str) -> None:
    catalog = read_po((HERE / f"locale/{language}.po").read_text(encoding="utf-8"))
    for one, many in messages().items():
        forms = catalog[one]
        assert all(forms), one
        for form, message in zip(forms, (one, many or one), strict=False):
            assert sorted(re.findall(r"\{\w*\}", form)) == sorted(re.findall(r"\{\w*\}", message)), message


def test_the_language_is_the_chosen_one_or_the_browser_s() -> None:
    assert choose("de", "en") == "de"
    assert choose("xx", "fr, de-AT;q=0.8, en") == "de"
    assert choose(None, "") == "en"


def test_numbers_are_written_as_the_language_does() -> None:
    assert texts_in("de").number(-1234.56, 1) == "−1.234,6"
    assert Texts().number(1234.5, 1, sign=True) == "+1,234.5"
    assert texts_in("de").count("{n} day", "{n} days", 2) == "2 Tage"
    assert texts_in("xx").say("Inbox") == "Inbox"


def test_reasons_of_rules_are_told_in_the_language() -> None:
    german = texts_in("de")
    assert reason_text(german, "the link is hidden from readers") == "der Link ist vor Lesern verborgen"
    assert reason_text(german, "the page holds only 12 characters of text") == "die Seite enthält nur 12 Zeichen Text"
    assert reason_text(german, "something of a plugin {x}") == "something of a plugin {x}"
    assert reason_text(german, "your rule “{0.x} %s” matches") == "deine Regel „{0.x} %s“ trifft zu"


async def test_pages_speak_the_chosen_language(admin: Browser, stage: Stage) -> None:
    await received(stage)
    assert "Zurückgehalten" in (await admin.get("/", Accept_Language="de"))[1]
    await admin.post("/language", {"language": "de", "back": "/"})
    _, text = await admin.get("/")
    assert 'lang="de"' in text
    assert "die Quellseite kam nicht rechtzeitig" in text
    for path in ("/rules", "/rules/new", "/overview", "/model", "/telling", "/rules/import"):
        assert (await admin.get(path))[0] == 200
