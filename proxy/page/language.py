"""The language of a page: as it says, else by its letters and its commonest words."""

import re
from collections import Counter

_TAG = re.compile(r"([a-z]{2,3})(?:[-_]([a-z0-9]{2,8}(?:[-_][a-z0-9]{1,8}){0,3}))?", re.IGNORECASE)
_MIN_LETTERS = 20
_MIN_STOP_WORDS = 3

_SCRIPTS = (
    ("ja", re.compile("[\u3040-\u30ff]")),  # kana before Han: Japanese uses both
    ("ko", re.compile("[\uac00-\ud7af\u1100-\u11ff]")),
    ("zh", re.compile("[\u4e00-\u9fff]")),
    ("th", re.compile("[\u0e00-\u0e7f]")),
    ("he", re.compile("[\u0590-\u05ff]")),
    ("el", re.compile("[\u0370-\u03ff]")),
    ("hi", re.compile("[\u0900-\u097f]")),
    ("bn", re.compile("[\u0980-\u09ff]")),
    ("ta", re.compile("[\u0b80-\u0bff]")),
    ("ka", re.compile("[\u10a0-\u10ff]")),
    ("hy", re.compile("[\u0530-\u058f]")),
)
_ARABIC = re.compile("[\u0600-\u06ff]")
_PERSIAN = re.compile("[پچژگ]")
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_UKRAINIAN = re.compile("[іїєґІЇЄҐ]")
_LETTER = re.compile(r"[^\W\d_]")
_WORD = re.compile(r"[^\W\d_]+")
_STOP_WORDS = {
    "en": "the and of to in is that it for was with this you are on be have not but from they at as",
    "de": "der die das und ist nicht ein eine zu den mit sich auf für von dem im es auch wie ich werden",
    "fr": "le la les des et est une un dans pour que qui pas sur avec ce au par plus du vous il nous",
    "es": "el la los las de y que en un una es por con para no se del lo como más pero su",
    "it": "il la che di e un una per non sono con del della si le dei nel gli anche come più è",
    "pt": "o a os as de e que um uma não em para com do da se por mais como dos na ao",
    "nl": "de het een en van is dat niet op te zijn met voor er aan ook maar bij je wordt hij",
    "pl": "w i na nie się z do to jest że jak o za od przez ale po był tak co dla",
    "sv": "och att det som en är på för med inte av den har till ett om jag men de var",
    "da": "og at det er en som på af for med den til ikke har de et der jeg men var",
    "fi": "ja on ei se että hän oli mutta kun niin myös tai ovat ole joka sen kuin",
    "cs": "a se na je že v to s z do o jako ale za by si pro jsem ve jsou",
    "hu": "a az és hogy nem is egy ez van de meg csak mint volt már még kell",
    "ro": "și de la în nu a cu pe că o un este din mai care pentru sunt ce",
    "tr": "ve bir bu da de için ile çok daha gibi ne ama olarak var kadar değil",
    "id": "yang dan di itu dengan untuk tidak ini dari dalam akan pada juga saya ke adalah",
    "vi": "và của là có không được cho một các trong với này những người đã",
}
_STOP_SETS = {language: frozenset(words.split()) for language, words in _STOP_WORDS.items()}


def tag_of(said: str) -> str | None:
    """Return a language as it is declared in the form of BCP 47 (`de`, `pt-BR`), or None if it is none."""
    match = _TAG.fullmatch(said.strip().partition(",")[0].strip()[:40])
    if not match:
        return None
    parts = re.split(r"[-_]", match[2]) if match[2] else []
    spelled = [part.upper() if len(part) == 2 else part.title() if len(part) == 4 else part for part in parts]
    return "-".join([match[1].lower(), *spelled])


def guess(text: str) -> str | None:
    """Return the language that *text* is probably in, or None. A few thousand characters are enough."""
    letters = len(_LETTER.findall(text))
    if letters < _MIN_LETTERS:
        return None
    for language, script in _SCRIPTS:
        if len(script.findall(text)) > letters * (0.1 if language == "ja" else 0.3):
            return language
    if len(_ARABIC.findall(text)) > letters * 0.3:
        return "fa" if _PERSIAN.search(text) else "ar"
    if len(_CYRILLIC.findall(text)) > letters * 0.3:
        return "uk" if _UKRAINIAN.search(text) else "ru"
    return _by_words(text)


def _by_words(text: str) -> str | None:
    words = Counter(_WORD.findall(text.lower()))
    scores = {language: sum(words[word] for word in stop_words) for language, stop_words in _STOP_SETS.items()}
    (best, most), (_, second) = Counter(scores).most_common(2)
    return best if most >= _MIN_STOP_WORDS and most > second else None
