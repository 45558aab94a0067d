"""Scripts and languages, and whether the fields agree on them."""

import re
from collections.abc import Iterable
from typing import Final

from model.features import Signs
from model.view import Text, View

_SCRIPTS: Final = (
    ("latin", re.compile("[a-z\u00df-\u024f]")),
    ("cyrillic", re.compile("[\u0400-\u052f]")),
    ("greek", re.compile("[\u0370-\u03ff]")),
    ("arabic", re.compile("[\u0600-\u06ff]")),
    ("hebrew", re.compile("[\u0590-\u05ff]")),
    ("indic", re.compile("[\u0900-\u0dff]")),
    ("thai", re.compile("[\u0e00-\u0e7f]")),
    ("kana", re.compile("[\u3040-\u30ff]")),
    ("han", re.compile("[\u3400-\u9fff]")),
    ("hangul", re.compile("[\uac00-\ud7af]")),
)
# The commonest little words, without accents as folding leaves them, that few other languages share.
_LITTLE: Final = {
    word: language
    for language, words in {
        "en": "the and of to is that for with this are you was have not from they will",
        "de": "der die und das ist nicht ein eine mit von dem auf wir ich auch wird fur zu",
        "fr": "le les des est une dans pour que qui sur avec pas nous vous du et plus",
        "es": "el los las una por con para que del como mas pero muy su y esta",
        "it": "il gli che di della per una con non sono piu anche nel e alla",
        "pt": "os das uma para com nao que do da em mais seu sua pelo e ao",
        "nl": "het een van en niet dat voor met zijn op aan ook te wij deze",
        "sv": "och att det som inte ar jag har pa med till ett den av",
        "da": "og det ikke til jeg er af den har som pa de vi en",
        "pl": "nie sie jest na do to ze jak dla przez ale tym oraz czy",
        "tr": "bir ve bu icin ile da cok daha olarak gibi ne kadar",
        "id": "yang dan di ini itu untuk dengan dari tidak ke pada akan",
        "fi": "ja on ei se ovat oli mutta kun niin myos jos",
        "cs": "je se na ze ktere jako pro ale jsem jeste bylo jsou",
    }.items()
    for word in words.split()
}


def script_of(text: Text) -> str:
    """The script of most of its letters, "" when there are none."""
    lowered = text.folded.text
    if lowered.isascii():
        return "latin" if any(map(str.isalpha, lowered)) else ""
    best, winner = 0, ""
    for name, pattern in _SCRIPTS:
        count = len(pattern.findall(lowered))
        if 2 * count > len(lowered):
            return name
        best, winner = max((best, winner), (count, name))
    return winner if best else ""


def language_of(text: Text) -> str:
    """The language whose little words are most frequent, "" when fewer than two were met or two languages tie."""
    counts: dict[str, int] = {}
    for word in text.words:
        language = _LITTLE.get(word)
        if language:
            counts[language] = counts.get(language, 0) + 1
    ranked = sorted(counts.values(), reverse=True)
    if not ranked or ranked[0] < 2 or ranked[1:2] == ranked[:1]:
        return ""
    return max(counts, key=lambda language: counts[language])


def _signs(view: View) -> Iterable[str]:
    scripts = [script_of(text) for text in (view.title, view.excerpt)]
    if all(scripts):
        first, second = ("han" if script == "kana" else script for script in scripts)
        if first != second:
            yield "other-script"
    if view.title and view.excerpt:
        language = language_of(view.title)  # most titles are too short to tell, and then the excerpt need not be read
        if language and language_of(view.excerpt) not in ("", language):
            yield "other-language"
    if len(view.excerpt.words) > 12 and scripts[1] == "latin" and not _little_share(view.excerpt):
        yield "no-little-words"


def _little_share(text: Text) -> bool:
    return any(word in _LITTLE for word in text.words)


FEATURES: Final = (
    Signs(
        "scripts",
        _signs,
        {
            "other-script": "title and excerpt are in different scripts",
            "other-language": "title and excerpt are in different languages",
            "no-little-words": "the excerpt is no sentence: it has none of a language's little words",
        },
    ),
)
