"""Folding: what a reader sees, whatever the bytes are. Every feature reads folded text only.

Undone are entities, tags, %XX octets (WordPress takes those out of texts, facts §5), hidden characters, compatibility
forms (NFKC), confusables, accents, look-alike digits and single letters set apart ("v i a g r a"). How much was
undone is kept, since honest writers need little of it.

The confusables are Unicode's, by way of a library, when a model is trained; a model carries its table along, so that
serving needs no library and reads exactly as training did.
"""

import html
import re
import string
import unicodedata
from collections.abc import Mapping
from typing import Final, NamedTuple

HEAD_CHARS: Final = 400  # what stands further down is where padding goes
_RAW_CHARS: Final = 8 * HEAD_CHARS  # enough to reach the head through tags, entities and hidden characters

_TAG: Final = re.compile(r"<[^<>]{0,1000}>|\[/?(?:url|b|i|img|link)\b[^\[\]]{0,500}\]", re.IGNORECASE)
_OCTET: Final = re.compile(r"%[0-9a-fA-F]{2}")
_WRAPPER: Final = re.compile(r"\[\s*(?:…|\.{2,4})\s*\]")
# Fillers, joiners, direction marks, variation selectors, tags: nothing of them is seen. Controls count as hidden too.
_HIDDEN: Final = re.compile(
    "[\u0000-\u0008\u000e-\u001f\u007f-\u0084\u0086-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    "\U000e0000-\U000e0fff]"
)
_HIDDEN_IN_WORD: Final = re.compile(rf"(?<=[A-Za-z]){_HIDDEN.pattern}+(?=[A-Za-z])")
# Greek's lunate sigmas look like "c" and "C", but compatibility makes sigmas of them: Cyrillic ones stand in meanwhile.
_LUNATE: Final = str.maketrans("\u03f2\u03f9", "\u0441\u0421")
_ACCENTS: Final = re.compile("[\u0300-\u036f]+")
_WORD: Final = re.compile(r"[^\W_]+(?:[@$][^\W_]+)*")
_LEET: Final = str.maketrans("0134579@$", "oieastgas")
# Without these there is nothing to be done, and they are found in a quarter of the time.
_LEET_HINT: Final = re.compile("[0-9@$](?:(?=[a-z])|(?<=[a-z].))")
_APART_HINT: Final = re.compile(r"[ .\-_*|/][a-z][ .\-_*|/][a-z]")
# A digit or sign between letters, before two letters, or one digit after four: "v14gr4", "5ex", "casin0". Ordinals,
# units and versions ("14th", "35mm", "h264", "mp3") have theirs elsewhere.
_LEET_WORD: Final = re.compile(
    r"(?<![a-z0-9@$])(?=[a-z0-9@$]{3,30}(?![a-z0-9@$]))"
    r"(?:[0-9@$]?[a-z]+[0-9@$]+[a-z][a-z0-9@$]*|[0-9@$][a-z]{2}[a-z0-9@$]*|[a-z]{4,}[0-9$])(?![a-z0-9@$])"
)
_APART: Final = re.compile(r"(?<!\w)(?:[a-z][ .\-_*|/]){2,}[a-z](?!\w)")
_LATIN: Final = re.compile("[A-Za-z\u0250-\u02af\u1d00-\u1d2b\ua730\ua731]")  # with phonetic and small capitals


class Folded(NamedTuple):  # quicker made than a frozen dataclass, four for each score
    """A text as read. `plain` keeps case and accents, `text` does not; the rest counts what folding undid."""

    text: str
    plain: str
    raw: str
    hidden: int = 0
    lookalikes: int = 0
    compatibility: int = 0
    digits: int = 0
    apart: int = 0
    octets: int = 0


def fold(raw: str, confusables: Mapping[str, str]) -> Folded:
    """The head of `raw` as a reader sees it; `confusables` maps a character to the Latin one that it looks like."""
    source = raw[:_RAW_CHARS]
    if "&" in source:
        source = html.unescape(html.unescape(source))  # feeds escape twice
    shown = " ".join(source.split())
    octets = 0
    if "%" in shown:
        shown, octets = _OCTET.subn("", shown)
    if "<" in shown or "[" in shown:
        shown = _WRAPPER.sub(" ", _TAG.sub(" ", shown))
    if shown.isascii() and shown.isprintable():
        plain = shown.strip()[:HEAD_CHARS]
        return _lowered(plain, source, plain.lower(), (0, 0, 0, octets))
    hidden = 0
    if _HIDDEN.search(shown):
        hidden = len(_HIDDEN_IN_WORD.findall(shown)) if not shown.isascii() else 0
        shown = _HIDDEN.sub("", shown)
    shown = shown.strip()[:HEAD_CHARS]
    if _LATIN.search(shown):
        shown = shown.translate(_LUNATE)
    plain = unicodedata.normalize("NFKC", shown)
    compatibility = sum(map(shown.count, filter(_is_dressed_latin, set(shown)))) if plain != shown else 0
    latin, lookalikes = _as_latin(plain, confusables)
    return _lowered(plain, source, _without_accents(latin).lower(), (hidden, lookalikes, compatibility, octets))


def _lowered(plain: str, raw: str, text: str, counts: tuple[int, int, int, int]) -> Folded:
    digits = apart = 0
    if _LEET_HINT.search(text):
        text, digits = _LEET_WORD.subn(lambda match: match[0].translate(_LEET), text)
    if _APART_HINT.search(text):
        text, apart = _APART.subn(lambda match: match[0][::2], text)
    hidden, lookalikes, compatibility, octets = counts
    return Folded(text, plain, raw, hidden, lookalikes, compatibility, digits, apart, octets)


def _is_dressed_latin(char: str) -> bool:
    """Is this a letter in fancy dress (full-width, bold, circled), rather than an ellipsis or a ligature?"""
    folded = unicodedata.normalize("NFKC", char)
    return folded != char and len(folded) == 1 and folded.isascii() and folded.isalpha()


def _as_latin(text: str, confusables: Mapping[str, str]) -> tuple[str, int]:
    """Look-alikes in words that hold Latin letters become Latin; once such a word was met, whole words do as well."""
    if text.isascii() or confusables.keys().isdisjoint(text) or not _LATIN.search(text):
        return text, 0
    changed = 0

    def mixed(match: re.Match[str]) -> str:
        nonlocal changed
        word = match[0]
        if word.isascii() or not _LATIN.search(word):
            return word
        folded = "".join(confusables.get(char, char) for char in word)
        changed += sum(1 for before, after in zip(word, folded, strict=True) if before != after)
        return folded

    def whole(match: re.Match[str]) -> str:
        word = match[0]
        folded = "".join(confusables.get(char, char) for char in word)
        return folded if folded.isascii() else word

    text = _WORD.sub(mixed, text)
    return (_WORD.sub(whole, text), changed) if changed else (text, 0)


def _without_accents(text: str) -> str:
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFD", text)))


def unicode_confusables() -> dict[str, str]:
    """Every character that Unicode's table of confusables gives for an ASCII letter or digit, and that letter.

    Only training calls this: it takes the library `confusable-homoglyphs` and some 100 ms.
    """
    from confusable_homoglyphs import confusables

    table: dict[str, str] = {}
    for char in confusables.confusables_data:
        if len(char) == 1 and not char.isascii() and unicodedata.normalize("NFKC", char) == char:
            latin = _nearest_latin(char, confusables.confusables_data)
            if latin:
                table[char] = latin
    return table | _small_capitals()


def _small_capitals() -> dict[str, str]:
    """Phonetic small capitals, which Unicode's table gives for one another rather than for letters."""
    return {
        char: letter.lower()
        for letter in string.ascii_uppercase
        for char in [_character_named(f"LATIN LETTER SMALL CAPITAL {letter}")]
        if char
    }


def _character_named(name: str) -> str:
    try:
        return unicodedata.lookup(name)
    except KeyError:
        return ""


def _nearest_latin(char: str, data: Mapping[str, list[dict[str, str]]]) -> str:
    """The ASCII letter (else digit) that `char` looks like, at most two steps away in the table; "" for none."""
    near = [entry["c"] for entry in data.get(char, [])]
    far = [entry["c"] for step in near if len(step) == 1 for entry in data.get(step, [])]
    for reach in (near, far):
        plain = {c for c in reach if len(c) == 1 and c.isascii()}
        letters = sorted((c for c in plain if c.isalpha()), key=lambda c: (c.isupper(), c))
        digits = sorted(c for c in plain if c.isdigit())
        if letters or digits:
            return (letters or digits)[0]
    return ""
