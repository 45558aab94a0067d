"""The language of a page that does not say it."""

import pytest

from proxy.page.language import guess, tag_of


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The cat sat on the mat and it was not happy with that.", "en"),
        ("Die Katze saß auf der Matte und war damit nicht sehr zufrieden.", "de"),
        ("Le chat est sur le tapis et il ne veut pas en partir avec nous.", "fr"),
        ("El gato está en la alfombra y no quiere salir por la puerta con los otros.", "es"),
        ("Il gatto è sul tappeto e non vuole uscire con gli altri che sono della casa.", "it"),
        ("De kat zit op de mat en is niet van plan om er met ons van te gaan.", "nl"),
        ("Кошка сидела на коврике и была недовольна.", "ru"),
        ("Кішка сиділа на килимку, її це не тішило.", "uk"),
        ("猫はマットの上に座っていて、とても不満そうだった。ねこ", "ja"),
        ("这只猫坐在垫子上，它对此非常不满意，但是它没有离开那里。", "zh"),
        ("고양이가 매트 위에 앉아 있었고 그다지 행복하지 않았다.", "ko"),
        ("Η γάτα κάθισε στο χαλί και δεν ήταν ευχαριστημένη.", "el"),
        ("החתול ישב על המחצלת ולא היה מרוצה מכך.", "he"),
        ("جلست القطة على الحصيرة ولم تكن سعيدة بذلك.", "ar"),
        ("گربه روی فرش نشسته بود و چندان راضی نبود.", "fa"),
        ("แมวนั่งอยู่บนเสื่อและไม่พอใจกับสิ่งนั้น", "th"),
        ("xyzzy plugh frotz gnusto rezrov", None),
        ("short", None),
        ("", None),
        ("12345 67890 !!! ??? --- 12345 67890", None),
    ],
)
def test_guess(text, language):
    assert guess(text) == language


@pytest.mark.parametrize(
    ("said", "tag"), [("x-klingon", None), ("en--", None), ("e", None), ("de, en", "de"), ("sr-latn", "sr-Latn")]
)
def test_tag_of(said, tag):
    assert tag_of(said) == tag


def test_a_page_is_guessed_by_what_is_seen(read):
    facts = read(
        "<p hidden>The cat and the dog and the mat that was not there</p><p>Die Katze und der Hund sind nicht im Haus, das ist so."
    )
    assert facts.language == "de"
