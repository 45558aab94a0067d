"""The look of the texts, whatever their words: capitals, signs and links."""

import re
from collections.abc import Callable, Iterable
from typing import Final

from model.features import Signs, steps
from model.view import Text, View

_MARKUP: Final = ("<a ", "[url", "[link")
_MAIL: Final = re.compile(r"[\w.+\-]+@[\w\-]+\.\w+")
_CURRENCY: Final = re.compile("[$€£¥₽%]")
_MONEY: Final = re.compile(r"[$€£¥₽]\s?\d|\d\s?[$€£¥₽%]")
_PHONE_DIGITS: Final = 8
_PHONE: Final = re.compile(r"\+?\d[\d ()\-]{8,}\d")
_LONG: Final = 20
_RUN: Final = re.compile(rf"[A-Za-z]{{{_LONG},}}")
_UPPER: Final = re.compile(r"[A-ZÀ-ÖØ-ÞА-ЯЁ]")
_DIGIT: Final = re.compile(r"\d")
_SITE_TAIL: Final = re.compile(r" [|–—«»·•:›~-] ")
_ODD_SPACES: Final = re.compile(r"[^\s.!?:;]  +\S|[^\s.!?:;,] \r?\n\w")
_LOST: Final = re.compile(r"\?{3}|\ufffd")
_EMOJI: Final = re.compile("[\u2600-\u27bf\U0001f300-\U0001faff]")
_PICTURED: Final = re.compile(r"[★☆✓✔►▶●■◆❤→]")


def _of_title() -> Callable[[Text], Iterable[str]]:
    digits = steps("title-digits", (1, 4))

    def read(title: Text) -> Iterable[str]:
        plain = title.folded.plain
        yield from digits(len(_DIGIT.findall(plain)))
        tokens = [word for word in plain.split() if word[0].isalpha()]
        if tokens and all(word.islower() for word in tokens):
            yield "title-lower"
        elif len(tokens) > 2 and all(word[0].isupper() for word in tokens):
            yield "title-each-capital"
        if len(plain) > 8 and plain.isupper():
            yield "title-capitals"
        if _SITE_TAIL.search(plain):
            yield "title-parts"
        if plain[-1:] in ("!", "?", "."):
            yield f"title-end={plain[-1]}"
        if _CURRENCY.search(plain) and _MONEY.search(plain):
            yield "title-money"
        if _LOST.search(plain):
            yield "title-lost"
        if not plain.isascii() and (_PICTURED.search(plain) or _EMOJI.search(plain)):
            yield "title-picture"

    return read


def _of_excerpt() -> Callable[[Text], Iterable[str]]:
    links = steps("links", (1, 2, 3, 6))
    exclamations = steps("exclamations", (1, 3))
    capitals = steps("capitals", (0.06, 0.12, 0.3))
    digits = steps("digits", (0.03, 0.1))
    longest = steps("longest-word", (20, 30))
    repeated = steps("repeated", (1.3, 1.7, 2.5))
    emoji = steps("emoji", (1, 4))

    def read(excerpt: Text) -> Iterable[str]:
        folded = excerpt.folded
        plain, raw, count = folded.plain, folded.raw[:1200].lower(), len(excerpt.words)
        yield from links(raw.count("http://") + raw.count("https://") + raw.count(" www."))
        yield from exclamations(plain.count("!"))
        if plain:
            yield from capitals(len(_UPPER.findall(plain)) / len(plain))
            figures = len(_DIGIT.findall(plain))
            yield from digits(figures / len(plain))
            if figures >= _PHONE_DIGITS and _PHONE.search(plain):
                yield "phone"
            yield from repeated(count / max(1, len(set(excerpt.words))) if count > 5 else 0)
        if _is_long(plain):
            yield from longest(max(map(len, _RUN.findall(plain)), default=0))
        yield from emoji(len(_EMOJI.findall(plain)) if not plain.isascii() else 0)
        if ("  " in folded.raw or "\n" in folded.raw) and _ODD_SPACES.search(folded.raw):
            yield "odd-spaces"
        yield from _contents(plain, raw)

    return read


def _contents(plain: str, raw: str) -> Iterable[str]:
    if any(markup in raw for markup in _MARKUP):
        yield "markup"
    if _CURRENCY.search(plain) and _MONEY.search(plain):
        yield "money"
    if "@" in plain and _MAIL.search(plain):
        yield "mail"
    if plain[:1].islower():
        yield "starts-low"
    if plain[:4].lower() in ("http", "www."):
        yield "starts-with-link"
    if plain.count("?") > 2:
        yield "questions"


def _is_long(plain: str) -> bool:
    """May the text hold a run of letters that counts as long? Most hold none, and need not be searched for it."""
    return max(map(len, plain.split()), default=0) >= _LONG


_TITLE: Final = _of_title()
_EXCERPT: Final = _of_excerpt()


def _signs(view: View) -> Iterable[str]:
    yield from _TITLE(view.title)
    yield from _EXCERPT(view.excerpt)
    if view.blog_name.folded.plain.islower():
        yield "name-lower"


FEATURES: Final = (
    Signs(
        "structure",
        _signs,
        {
            "title-digits": "the title holds at least {} digits",
            "title-lower": "the title is in small letters",
            "title-each-capital": "Each Word of the Title Is Capitalised",
            "title-capitals": "the title is in capitals",
            "title-parts": "the title has several parts",
            "title-end": "the title ends in “{}”",
            "title-money": "the title speaks of a price",
            "title-lost": "the title has lost its letters",
            "title-picture": "the title holds pictures",
            "links": "the excerpt holds at least {} links",
            "exclamations": "the excerpt holds at least {} exclamation marks",
            "capitals": "at least {} % of the excerpt are capitals",
            "digits": "at least {} % of the excerpt are digits",
            "longest-word": "the excerpt has a word of at least {} letters",
            "odd-spaces": "the excerpt has spaces where nobody types them",
            "repeated": "each word of the excerpt stands there {} times",
            "emoji": "the excerpt holds at least {} emoji",
            "markup": "the excerpt holds marked-up links",
            "mail": "the excerpt holds a mail address",
            "money": "the excerpt speaks of prices",
            "phone": "the excerpt holds a telephone number",
            "starts-low": "the excerpt starts in the middle of a sentence",
            "starts-with-link": "the excerpt starts with a link",
            "questions": "the excerpt asks much",
            "name-lower": "the blog's name is in small letters",
        },
    ),
)
