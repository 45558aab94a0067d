"""What rules, events, the model and refusals say, in both languages."""

import re
import time

import pytest

from proxy.admin.reasons import DETAILS, REASONS, REFUSALS, TRAINING
from proxy.admin.texts import Texts, texts_in
from proxy.admin.views.sentences import detail_text, reason_text, refusal_text, sign_text
from proxy.rules.owner import BadRule
from proxy.score import sentences

ENGLISH, GERMAN = Texts(), texts_in("de")


def fill(message: str) -> str:
    """Return a message with something that stands out in each of its places."""
    return re.sub(r"\{(\w+)\}", r"<\1 1>", message)


@pytest.mark.parametrize("message", REASONS)
def test_every_known_reason_is_told_in_the_language(message: str) -> None:
    filled = fill(message)
    assert reason_text(ENGLISH, filled) == filled
    assert reason_text(GERMAN, filled) != filled
    assert reason_text(GERMAN, filled).count(" 1>") == filled.count(" 1>")


@pytest.mark.parametrize("message", DETAILS + TRAINING)
def test_every_known_detail_is_told_in_the_language(message: str) -> None:
    filled = fill(message)
    assert detail_text(ENGLISH, filled) == filled
    assert detail_text(GERMAN, filled) != filled or filled == "label"
    assert detail_text(GERMAN, filled).count(" 1>") == filled.count(" 1>")


@pytest.mark.parametrize(("raised", "told"), REFUSALS.items())
def test_every_known_refusal_is_told_in_the_language(raised: str, told: str) -> None:
    english, german = (refusal_text(texts, BadRule(fill(raised))) for texts in (ENGLISH, GERMAN))
    assert english == fill(told)[:1].upper() + fill(told)[1:] + "."
    assert german != english
    assert german.count(" 1>") == english.count(" 1>")


def test_an_unknown_refusal_is_still_a_sentence() -> None:
    assert refusal_text(GERMAN, BadRule("x = {0.__class__} is odd")) == "X = {0.__class__} is odd."


@pytest.mark.parametrize(
    ("told", "german"),
    [
        (
            "the model gives a spam probability of 97%: the title says “casino” (+1.1); the page's link is hidden (+0.5)",
            "das Modell gibt eine Spam-Wahrscheinlichkeit von 97%: der Titel sagt „casino“ (+1,1); der Link der Seite ist versteckt (+0,5)",
        ),
        (
            "-3.2 points: the link is hidden from readers; a plugin's own words",
            "−3,2 Punkte: der Link ist vor Lesern verborgen; a plugin's own words",
        ),
        ("held again", "wieder zurückgehalten"),
    ],
)  # fmt: skip
def test_sentences_within_a_sentence_are_told_in_the_language_too(told: str, german: str) -> None:
    assert detail_text(GERMAN, told) == german


@pytest.mark.parametrize("says", sentences())
def test_every_sign_of_the_model_is_told_in_the_language(says: str) -> None:
    assert sign_text(ENGLISH, says, "<v 1>") == says.format("<v 1>")
    assert sign_text(GERMAN, says, "<v 1>") != says.format("<v 1>")
    assert sign_text(GERMAN, says, "{0.x}").count("{0.x}") == says.count("{}")


def test_a_field_has_the_name_that_the_form_gives_it() -> None:
    refused = BadRule("when.source_host = 'a b' must be a host name such as \"blog.example\"")
    assert refusal_text(ENGLISH, refused) == "Hosts of the source: 'a b' is no host name."


@pytest.mark.parametrize(
    "told", ["", "a rule of a plugin", "{n} {0.__class__} %s", "THE SOURCE PAGE DOES NOT EXIST", "a " * 50_000]
)
def test_an_unknown_reason_stays_as_it_is(told: str) -> None:
    began = time.monotonic()
    assert reason_text(GERMAN, told) == told
    assert time.monotonic() - began < 2


def test_a_hostile_name_in_a_reason_is_no_place_to_fill() -> None:
    assert "{0.__class__} {count}" in reason_text(GERMAN, "your rule “{0.__class__} {count}” matches")
