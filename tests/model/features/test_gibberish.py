"""Words that nobody could say."""

from collections.abc import Callable

import pytest

from model.sample import Sample

Case = tuple[str, set[str], set[str]]
CASES: dict[str, Case] = {
    "nothing at all": ("", set(), set()),
    "two words": ("rtxvbnq fgksvbw", {"words≥1", "words≥2"}, {"share≥0.25", "share≥0.6"}),
    "one alone": ("rtxvbnq", {"words≥1"}, set()),
    "abbreviations and rhythm": ("html css rhythm gypsy", set(), set()),
    "a name in a sentence": ("on the road to Knittlingsstrng", {"words≥1"}, set()),
    "the same word again and again": ("rtxvbnq rtxvbnq rtxvbnq rtxvbnq", {"words≥1"}, set()),
    "a text between": ("hello rtxvbnqklm fgksvbwrtx and good day to you all", {"words≥1", "words≥2"}, {"share≥0.25"}),
    "a run of letters": ("rtxvbnqklmfgksvbwrtxlkjhgfdspqrstvwrtxvbnqklm", {"words≥1"}, {"share≥0.25", "share≥0.6"}),
    "disguised": ("rtхvbnqklϲ fgksvbwrtϲ", {"words≥1", "words≥2"}, {"share≥0.25", "share≥0.6"}),
    "German": ("Wirtschaft und Gesellschaft in Deutschland, Entschuldigung, Mannschaft, Freundschaft", set(), set()),
    "a German compound": ("Rechtsschutzversicherungsgesellschaften finde ich gut", set(), set()),
    "English": ("birthplace, worthwhile and catchphrase", set(), set()),
    "Polish": ("chrząszcz, wszczynać, szczęście", set(), set()),
    "abbreviations of the trade": ("XHTML and HTTPS, MSSQL, XMLNS", set(), set()),
    "addresses": ("see https://rtxvbnqklm.example/fgksvbwrtx and www.qwrtplkj.example/zxcvbnm", set(), set()),
    "other alphabets say nothing": ("здравствуйте взгляд", set(), set()),
}


@pytest.mark.parametrize("case", CASES)
def test_how_many_words_cannot_be_said(case: str, signs_of: Callable[[str, Sample], set[str]]) -> None:
    """Each different one once; and how much of the text they are."""
    excerpt, words, share = CASES[case]
    sample = Sample(url="", excerpt=excerpt)
    assert signs_of("gibberish.words", sample) == words
    assert signs_of("gibberish", sample) == share
